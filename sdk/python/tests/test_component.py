"""The component says what the plugin says natively.

It needs `componentize-py` beside this Python, and the host in the variable `RELINK_BIN`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from relink_sdk.build import build
from relink_sdk.project import Project
from relink_sdk.testing.fixture import read_fixture

SDK = Path(__file__).parents[1]
EXAMPLE, TEMPLATE = SDK / "examples" / "ahrefs", SDK / "template"
HOST = os.environ.get("RELINK_BIN")


@unittest.skipUnless(HOST, "RELINK_BIN does not name the host")
class Component(unittest.TestCase):
    folder: Path
    project: Project

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.project = Project(EXAMPLE)
        build(cls.project, cls.folder / "ahrefs.wasm")

    def host(self, *arguments: str | Path) -> str:
        command = [str(HOST), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_host_accepts_it(self) -> None:
        said = self.host("plugin", "check", self.folder / "ahrefs.wasm")
        self.assertIn("ahrefs 0.1.0 is a valid plugin", said)

    def test_what_a_component_does_not_have_is_named(self) -> None:
        project = self.folder / "acme"
        shutil.copytree(TEMPLATE, project)
        module = project / "src" / "plugin.py"
        module.write_text("import pip\n" + module.read_text("utf-8"), "utf-8")
        command = [sys.executable, "-m", "relink_sdk", "build", str(project)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('"src/plugin.py", line 1', done.stderr)
        self.assertIn("put pip into src/, or do without it", done.stderr)

    def test_it_diagnoses_as_the_plugin_does_natively(self) -> None:
        documents = [each for _, each in self.project.fixtures() if "failure" in each]
        # A batch cannot say that there was no answer.
        documents = [each for each in documents if "unanswered" not in each["failure"]]
        batch = self.folder / "batch.jsonl"
        batch.write_text("".join(_line(*each) for each in enumerate(documents)), "utf-8")
        lines = self.host("diagnose", "--plugins", self.folder, "--batch", batch).splitlines()
        self.assertEqual(len(lines), len(documents))
        plugin = self.project.plugin()
        for document, line in zip(documents, lines, strict=True):
            failure = read_fixture(document).failure
            assert failure is not None
            expected, found = plugin.classify(failure), json.loads(line)
            for name in ("code", "cause", "message"):
                self.assertEqual(found.get(name), getattr(expected, name), document["about"])


def _line(number: int, document: Any) -> str:
    failure = document["failure"]
    facts = failure.get("facts", {})
    named = {name: failure[name] for name in ("auth_method", "account", "now") if name in failure}
    case = {
        "id": number,
        "provider": "ahrefs",
        "phase": failure["phase"],
        "http_status": failure.get("status"),
        "headers": failure.get("headers"),
        "body": failure.get("body"),
        "redirect_query": failure.get("redirect_query"),
        "context": {**facts, **named},
    }
    return json.dumps(case) + "\n"
