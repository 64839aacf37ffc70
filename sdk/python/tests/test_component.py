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
#: A plugin that reads messages, and its fixtures.
MESSENGER = """
from relink_sdk import (
    AuthMethod, Echo, Fetch, Hmac, Identity, Inbound, Message, Part, Plugin, Request, SecretSlot,
    SentAt, Signal, Source,
)

SECRETS = [SecretSlot("webhook_secret", "Secret"), SecretSlot("verify_token", "Token")]
SENT_AT = Source("x-sent-at")

plugin = Plugin(
    id="messenger",
    display_name="Messenger",
    version="0.1.0",
    hosts=["toy.example"],
    auth=[AuthMethod.bearer_key("https://toy.example/help", app_secrets=SECRETS)],
    inbound=Inbound(
        "Webhook URL",
        Hmac(
            secret="webhook_secret",
            signature=Source("x-signature", "v1"),
            content=[Part.value(SENT_AT), Part.text("."), Part.body()],
            sent_at=SentAt(SENT_AT, 300),
        ),
        Echo("challenge", "token", "verify_token"),
    ),
)
plugin.probe(lambda _: Fetch.probe(Request.get("https://toy.example/me")))
plugin.identify(
    lambda _: Fetch.identity(
        Request.get("https://toy.example/me"), lambda me: Identity(me["id"], me["id"])
    )
)


@plugin.receive
def receive(message: Message) -> list[Signal]:
    body, account = message.json(), message.query[0].value
    return [Signal.failed(subject=body["user"], at=message.now), Signal.restored(account=account)]


@plugin.migrate
def migrate(version: str, state: bytes) -> bytes | None:
    return state if version == "0.0.9" else None
"""
MESSAGES = [
    {
        "about": "it is alive",
        "operation": "probe",
        "exchange": [{"answer": {"status": 200, "body": {}}}],
    },
    {
        "about": "Ann",
        "operation": "identify",
        "exchange": [{"answer": {"status": 200, "body": {"id": "u1"}}}],
        "found": {"identity": {"subject": "u1", "label": "u1"}},
    },
    {
        "about": "access ended",
        "message": {
            "query": {"account": "a1"},
            "body": {"user": "u1"},
            "now": "2026-05-08T06:00:00Z",
        },
        "signals": [
            {"subject": "u1", "event": "failed", "at": 1_778_220_000_000},
            {"account": "a1", "event": "restored"},
        ],
        "diagnosis": {"reason": "unknown", "code": "messenger.access-ended"},
    },
]


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

    def test_messages_reach_it(self) -> None:
        project = self.folder / "messenger"
        (project / "src").mkdir(parents=True)
        (project / "fixtures").mkdir()
        (project / "src" / "plugin.py").write_text(MESSENGER, "utf-8")
        (project / "fixtures" / "all.json").write_text(json.dumps(MESSAGES), "utf-8")
        manifest = 'id = "messenger"\nversion = "0.1.0"\nhosts = ["toy.example"]\n'
        (project / "plugin.toml").write_text(manifest, "utf-8")
        # One plugin is loaded per process, so this one is built in a process of its own.
        command = [sys.executable, "-m", "relink_sdk", "build", str(project)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        component = project / "dist" / "messenger.wasm"
        self.assertIn("messenger 0.1.0 is a valid plugin", self.host("plugin", "check", component))
        said = self.host("plugin", "test", component, "--fixtures", project / "fixtures")
        self.assertIn("3 of 3 fixtures hold", said)

    def test_what_a_component_does_not_have_is_named(self) -> None:
        project = self.folder / "acme"
        shutil.copytree(TEMPLATE, project)
        module = project / "src" / "plugin.py"
        module.write_text("import pip\n" + module.read_text("utf-8"), "utf-8")
        command = [sys.executable, "-m", "relink_sdk", "build", str(project)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('"src/plugin.py", line 1', done.stderr)
        self.assertIn("put pip into src/ if it is pure Python", done.stderr)

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
