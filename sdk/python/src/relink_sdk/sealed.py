"""Says in words what the sandbox lacks: files.

There, whatever asks for one traps inside of libc, and nobody learns which line it was. So it is
refused before, as an exception that a log can show with its place. Tests refuse it too, since they
would find the files of the author's machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder

_is_sealed = False
_is_hooked = False


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
    global _is_sealed, _is_hooked
    if not _is_hooked:
        # Python has no way to take it away again.
        sys.addaudithook(_refuse_files)
    _is_sealed = _is_hooked = True
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    sys.meta_path.append(_NoModules())


@contextmanager
def sealed() -> Iterator[None]:
    """Seals for a while."""
    global _is_sealed
    before = list(sys.meta_path)
    seal()
    try:
        yield
    finally:
        _is_sealed = False
        sys.meta_path[:] = before


def _refuse_files(event: str, given: tuple[object, ...]) -> None:
    if _is_sealed and event in ("open", "os.listdir", "os.scandir"):
        raise OSError(f"there are no files in the sandbox, so {given[0]!r} cannot be read")
