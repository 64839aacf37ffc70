"""A plugin's folder: `plugin.toml`, `src/plugin.py`, `fixtures/*.json`."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path

from relink_sdk import log
from relink_sdk.documents import Json
from relink_sdk.plugin import Plugin

#: The module and the name in it that hold the plugin.
MODULE, NAME = "plugin", "plugin"


class ProjectError(Exception):
    """The folder holds no plugin that works; the text says what is wrong, and what helps."""

    def __init__(self, what: str, helps: str) -> None:
        super().__init__(f"{what}\n  help: {helps}")


def help_for_missing(module: str) -> str:
    """What helps where a module cannot be found."""
    return (
        f"a component holds the standard library and src/ alone: put {module} into src/ if it is "
        "pure Python and opens no files and no connections, or do without it; "
        "requests are not sent but returned, see Request.get"
    )


@dataclass(frozen=True)
class Project:
    """The folder of one plugin."""

    folder: Path

    @property
    def sources(self) -> Path:
        """The folder of the plugin's modules."""
        return self.folder / "src"

    def manifest(self) -> dict[str, Json]:
        """What the operator approves."""
        path = self.folder / "plugin.toml"
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise ProjectError(
                f"{path} is missing",
                "name the folder of a plugin; a new one is a copy of the SDK's template",
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise ProjectError(f"{path}: {error}", "it holds id, version and hosts") from None

    def plugin(self) -> Plugin:
        """Imports the plugin."""
        if not (self.sources / f"{MODULE}.py").is_file():
            raise ProjectError(
                f"{self.sources / MODULE}.py is missing",
                f"it is the module that says `{NAME} = Plugin(...)`",
            )
        loaded = sys.modules.get(MODULE)
        if loaded is not None and Path(str(loaded.__file__)).parent != self.sources.resolve():
            raise ProjectError(
                f"the plugin of {loaded.__file__} is loaded already", "test one plugin per process"
            )
        sys.path.insert(0, str(self.sources.resolve()))
        try:
            module = importlib.import_module(MODULE)
        except Exception as error:
            raise ProjectError(
                f"{self.sources / MODULE}.py cannot be imported: {log.describe(error)}",
                self._help_for(error),
            ) from error
        plugin = getattr(module, NAME, None)
        if not isinstance(plugin, Plugin):
            raise ProjectError(
                f"{module.__file__} has no `{NAME}` that is a relink_sdk.Plugin",
                f"say `{NAME} = Plugin(...)` in it",
            )
        return plugin

    def _help_for(self, error: Exception) -> str:
        """What helps against what an import raised: the last place in `src/` is the author's."""
        if isinstance(error, ModuleNotFoundError) and error.name is not None:
            return help_for_missing(error.name)
        places = [
            f"src/{Path(frame.filename).relative_to(self.sources.resolve())}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(self.sources.resolve())
        ]
        return f"look at {places[-1]}" if places else f"look at src/{MODULE}.py"

    def fixtures(self) -> list[tuple[str, Json]]:
        """All fixtures with the names of their files, in the order of the names."""
        folder = self.folder / "fixtures"
        found: list[tuple[str, Json]] = []
        for path in sorted(folder.glob("*.json")):
            try:
                document = json.loads(path.read_text("utf-8"))
            except ValueError as error:
                raise ProjectError(f"{path}: {error}", "a fixture is a JSON document") from None
            fixtures = document if isinstance(document, list) else [document]
            found += [(path.name, fixture) for fixture in fixtures]
        if not found:
            raise ProjectError(
                f"{folder} holds no fixture", "write at least one for each operation and each rule"
            )
        return found
