"""Says in words what the sandbox lacks. It runs there alone.

There, whatever asks for a file traps inside of libc, and nobody learns which line it was. So it is
refused before, as an exception that a log can show with its place.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder


class _NoModules:
    """Finds no module: those that were imported when the component was built need no finder."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        raise ModuleNotFoundError(
            f"`{name}` is imported too late, there are no files in the sandbox; "
            "import it at the top of a module",
            name=name,
        )


def seal() -> None:
    """Refuses files, and modules that would come from files, from here on."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    sys.meta_path.append(_NoModules())
    sys.addaudithook(_refuse_files)


def _refuse_files(event: str, given: tuple[object, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir"):
        raise OSError(f"there are no files in the sandbox, so {given[0]!r} cannot be read")
