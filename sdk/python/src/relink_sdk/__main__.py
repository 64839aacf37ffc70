"""`python -m relink_sdk build` and `test`: the commands of a plugin's author."""

from __future__ import annotations

import argparse
import sys
import unittest
from pathlib import Path

from relink_sdk.build import build
from relink_sdk.project import Project, ProjectError
from relink_sdk.testing import plugin_tests


def main(arguments: list[str] | None = None) -> int:
    """Runs a command, and gives back its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "test":
            return _test(options.folder)
        path = build(Project(options.folder), options.output)
        print(f"{path} has {path.stat().st_size / 1e6:.1f} MB")
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m relink_sdk", description="Test and build a plugin.")
    commands = parser.add_subparsers(dest="command", required=True)
    test = commands.add_parser("test", help="run the plugin's fixtures, and the tests in tests/")
    build = commands.add_parser("build", help="make the component")
    build.add_argument("-o", "--output", type=Path, help="the file (default: dist/ID.wasm)")
    for command in (test, build):
        command.add_argument("folder", nargs="?", type=Path, default=Path(), help="default: here")
    return parser


def _test(folder: Path) -> int:
    cases = plugin_tests(folder)
    suite = unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(cases)])
    if (folder / "tests").is_dir():
        suite.addTests(unittest.defaultTestLoader.discover(str(folder / "tests")))
    result = unittest.TextTestRunner(stream=sys.stderr).run(suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
