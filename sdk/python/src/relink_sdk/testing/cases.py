"""Makes unit tests of a plugin's fixtures, for whichever runner."""

from __future__ import annotations

import re
import unittest
from collections.abc import Callable
from pathlib import Path

from relink_sdk import log
from relink_sdk.documents import Json
from relink_sdk.plugin import Plugin
from relink_sdk.project import Project
from relink_sdk.testing import coverage, soundness
from relink_sdk.testing.exchange import wrong_exchange
from relink_sdk.testing.expected import wrong_diagnosis
from relink_sdk.testing.fixture import Fixture, read_fixture
from relink_sdk.testing.limit import OverrunError, limited
from relink_sdk.testing.message import wrong_message
from relink_sdk.testing.noise import noise
from relink_sdk.testing.shape import FixtureError

_Test = Callable[["PluginTestCase"], None]


class PluginTestCase(unittest.TestCase):
    """What must hold of every plugin; `plugin_tests` adds a test for each of its fixtures."""

    project: Project
    plugin: Plugin
    longMessage = False

    def setUp(self) -> None:
        """Keeps the lines of the plugin's log for the report of what is wrong."""
        self.logged: list[str] = []
        before = log.send_to(lambda severity, text: self.logged.append(f"{severity}: {text}"))
        self.addCleanup(lambda: log.send_to(before))

    def test_every_rule_and_every_operation_has_a_fixture(self) -> None:
        """The fixtures show all that the plugin says about itself."""
        fixtures = [read_fixture(document) for _, document in self.project.fixtures()]
        self.hold_nothing("there is no fixture for", coverage.missing(self.plugin, fixtures))

    def test_the_descriptor_is_sound_and_agrees_with_the_manifest(self) -> None:
        """What the operator approves is what the code does."""
        wrong = [f"there is no @plugin.{name}" for name in self.plugin.lacks()]
        wrong += soundness.mistakes(self.plugin.describe(), self.project.manifest())
        self.hold_nothing("the descriptor is wrong", wrong)

    def test_classify_answers_any_bytes(self) -> None:
        """The plugin has an answer to noise, and its own rules do not stumble over it."""
        for failure in noise():
            with limited("classify"):
                diagnosis = self.plugin.classify(failure)
            if not diagnosis.message or not diagnosis.code:
                self.fail(f"there is no answer to {failure}")
        stumbled = [line for line in self.logged if line.startswith("error")]
        self.logged = []
        self.hold_nothing("a rule raises an exception", stumbled[:1])

    def hold_nothing(self, what: str, wrong: list[str]) -> None:
        """Fails with all that is wrong."""
        if wrong:
            logged = ["its log:", *self.logged[:5]] if self.logged else []
            lines = "\n".join([*wrong, *logged]).replace("\n", "\n  ")
            self.fail(f"\n{what}:\n  {lines}")


def plugin_tests(folder: str | Path) -> type[PluginTestCase]:
    """A test case with one test for each fixture of the plugin in this folder."""
    project = Project(Path(folder))
    members: dict[str, object] = {"project": project, "plugin": project.plugin()}
    for number, (file, document) in enumerate(project.fixtures(), start=1):
        about = document.get("about") if isinstance(document, dict) else None
        name = re.sub(r"[^a-z0-9]+", "_", str(about or file).lower()).strip("_")
        members[f"test_fixture_{number:03}_{name}"] = _test(file, document)
    return type("PluginTests", (PluginTestCase,), members)


def differences(plugin: Plugin, fixture: Fixture) -> list[str]:
    """What differs from a fixture; nothing if it holds."""
    if fixture.operation is not None:
        return wrong_exchange(plugin, fixture, fixture.operation)
    if fixture.message is not None:
        return wrong_message(plugin, fixture, fixture.message)
    if fixture.failure is None:
        return []
    with limited("classify"):
        diagnosis = plugin.classify(fixture.failure)
    return wrong_diagnosis(fixture.diagnosis, diagnosis)


def _test(file: str, document: Json) -> _Test:
    def test(self: PluginTestCase) -> None:
        try:
            fixture = read_fixture(document)
            wrong = differences(self.plugin, fixture)
        except (FixtureError, OverrunError) as mistake:
            wrong = [str(mistake)]
        about = document.get("about") if isinstance(document, dict) else document
        self.hold_nothing(f"{file}: {about}", wrong)

    return test
