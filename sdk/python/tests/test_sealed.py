"""What a plugin reads when it asks for what the sandbox lacks."""

from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

SDK = Path(__file__).parents[1]
#: A process of its own, since the hook stays.
PROGRAM = """
import math, sys
from pathlib import Path
from relink_sdk import sealed

def said(ask):
    try:
        ask()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
    else:
        print("fine")

def late():
    import wave

def frozen():
    import math

with sealed.sealed():
    said(lambda: open("notes.txt"))
    said(lambda: list(Path(".").iterdir()))
    said(late)
    said(frozen)
said(late)
said(lambda: open("/dev/null").close())
"""


class Sealed(unittest.TestCase):
    def test_files_and_late_imports_are_refused_in_words(self) -> None:
        command = [sys.executable, "-c", PROGRAM]
        environment = {"PYTHONPATH": str(SDK / "src"), "PATH": ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        file, folder, late, loaded, *afterwards = done.stdout.splitlines()
        self.assertIn("OSError: there are no files in the sandbox, so 'notes.txt'", file)
        self.assertIn("OSError: there are no files in the sandbox", folder)
        self.assertIn("ModuleNotFoundError: `wave` is imported too late", late)
        self.assertIn("import it at the top of a module", late)
        self.assertEqual(loaded, "fine")
        self.assertEqual(afterwards, ["fine", "fine"])
