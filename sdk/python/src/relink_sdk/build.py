"""Makes a component of a plugin's folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from relink_sdk.project import MODULE, NAME, Project, ProjectError, help_for_missing
from relink_sdk.testing import soundness

_TOOL = "componentize-py"
_INSTALL = "python -m pip install 'componentize-py>=0.25.1,<0.26'"
#: What a plugin does not need at run time; `testing` reads files, which a component cannot.
_NOT_IN_THE_COMPONENT = ("testing", "build.py", "project.py", "__main__.py", "wit", "__pycache__")
_TRACEBACK = "Traceback (most recent call last)"
_ENTRY = "relink_component"
_ENTRY_TEXT = f"""\
from {MODULE} import {NAME}

from relink_sdk.component import exported

Provider = exported({NAME})
"""


def build(project: Project, output: Path | None = None) -> Path:
    """Makes the component, and gives back where it lies."""
    plugin = project.plugin()
    wrong = [f"there is no @plugin.{name}" for name in plugin.lacks()]
    wrong += soundness.mistakes(plugin.describe(), project.manifest())
    if wrong:
        raise ProjectError("\n  ".join(["the plugin is wrong:", *wrong]), "repair this first")
    tool = _find_tool()
    path = output or project.folder / "dist" / f"{plugin.describe().id}.wasm"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as staging:
        modules = _stage(project, Path(staging))
        _componentize(tool, modules, path)
    return path


def _find_tool() -> str:
    """The tool beside this Python, or else on the path."""
    beside = Path(sys.executable).parent
    tool = shutil.which(_TOOL, path=str(beside)) or shutil.which(_TOOL)
    if tool is None:
        raise ProjectError(f"{_TOOL} is not installed", _INSTALL)
    return tool


def _stage(project: Project, staging: Path) -> Path:
    """Puts together what goes into the component, and nothing that happens to be installed."""
    modules = staging / "modules"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project.sources, modules, ignore=ignore)
    sdk = Path(str(files("relink_sdk")))
    shutil.copytree(
        sdk, modules / "relink_sdk", ignore=shutil.ignore_patterns(*_NOT_IN_THE_COMPONENT)
    )
    (modules / f"{_ENTRY}.py").write_text(_ENTRY_TEXT, "utf-8")
    return modules


def _componentize(tool: str, modules: Path, output: Path) -> None:
    with as_file(files("relink_sdk") / "wit") as wit:
        command = [tool, "--quiet", "--wit-path", str(wit), "--world", "plugin"]
        command += ["componentize", "--stub-wasi", "--python-path", str(modules)]
        command += ["--output", str(output), _ENTRY]
        # Without this the tool would add the packages of the author's own environment.
        nothing = modules.parent / "no-packages"
        (nothing / "lib" / "python" / "site-packages").mkdir(parents=True)
        environment = {**os.environ, "VIRTUAL_ENV": str(nothing)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = _readable(done.stderr or done.stdout, modules)
        raise ProjectError(f"{_TOOL} failed:\n  {said}", _help_for(said))


def _readable(said: str, modules: Path) -> str:
    """The part that concerns the author: the innermost Python error, with their own file names.

    Around it are traces of the tool, and inside of these the path under which it reads `src/`.
    """
    text = said.replace(f"{modules}/", "src/").replace('"/0/', '"src/')
    innermost = text[max(0, text.rfind(_TRACEBACK)) :].partition("\nCaused by")[0]
    return innermost.strip().replace("\n", "\n  ")


def _help_for(said: str) -> str:
    missing = re.search(r"No module named '([^']+)'", said)
    if missing:
        return help_for_missing(missing[1])
    return "what a module does when it is imported is done while the component is built"
