"""The template, the example and the commands that authors type."""

from __future__ import annotations

import doctest
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import relink_sdk

SDK = Path(__file__).parents[1]
TEMPLATE, EXAMPLE = SDK / "template", SDK / "examples" / "ahrefs"
#: These exist only in a component, or are a command.
NOT_IMPORTABLE = ("relink_sdk.component", "relink_sdk.__main__")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of the SDK, as an author does."""
    command = [sys.executable, "-m", "relink_sdk", *map(str, arguments)]
    environment = {"PYTHONPATH": str(SDK / "src"), "PATH": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Projects(unittest.TestCase):
    def test_the_template_and_the_example_pass_their_tests(self) -> None:
        for project in (TEMPLATE, EXAMPLE):
            done = run("test", project)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("OK", done.stderr)

    def test_the_template_holds_under_every_name(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "big-data"
            shutil.copytree(TEMPLATE, project)
            for path in (*project.rglob("*.py"), *project.rglob("*.json"), project / "plugin.toml"):
                text = (
                    path.read_text("utf-8").replace("Acme", "BigData").replace("acme", "big-data")
                )
                path.write_text(text, "utf-8")
            done = run("test", project)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_examples_in_the_documentation_hold(self) -> None:
        modules = pkgutil.walk_packages(relink_sdk.__path__, "relink_sdk.")
        names = [module.name for module in modules if module.name not in NOT_IMPORTABLE]
        tried = 0
        for name in names:
            result = doctest.testmod(sys.modules.get(name) or __import__(name, fromlist=["_"]))
            self.assertEqual(result.failed, 0, name)
            tried += result.attempted
        self.assertGreater(tried, 10)


class Mistakes(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = Path(folder.name) / "acme"
        shutil.copytree(TEMPLATE, self.project)
        self.module = self.project / "src" / "plugin.py"

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), "utf-8")

    def said(self, command: str) -> str:
        done = run(command, self.project)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_a_folder_without_a_plugin_is_named(self) -> None:
        self.module.unlink()
        self.assertIn("plugin.py is missing", self.said("test"))
        shutil.rmtree(self.project)
        self.assertIn("plugin.py is missing", self.said("build"))

    def test_an_error_in_the_plugin_is_shown_with_its_place(self) -> None:
        self.edit(self.module, "daily=", "dayly=")
        said = self.said("build")
        self.assertIn("unexpected keyword argument 'dayly'", said)
        self.assertIn("src/plugin.py:", said)

    def test_a_package_that_is_missing_is_named_without_the_steps_of_importing(self) -> None:
        self.module.write_text("import nowhere\n" + self.module.read_text("utf-8"), "utf-8")
        said = self.said("test")
        self.assertIn("No module named 'nowhere'", said)
        self.assertIn("put nowhere into src/ if it is pure Python", said)
        self.assertNotIn("importlib._bootstrap", said)

    def test_an_error_in_the_standard_library_names_the_last_place_in_src(self) -> None:
        self.edit(self.module, "Reason.PROVIDER_SPECIFIC", 'Reason("provider")')
        said = self.said("test")
        line = 1 + self.module.read_text("utf-8").partition('Reason("provider")')[0].count("\n")
        self.assertIn("'provider' is not a valid Reason", said)
        self.assertIn(f"help: look at src/plugin.py:{line}", said)

    def test_a_module_without_a_plugin_says_what_it_needs(self) -> None:
        self.module.write_text("plugin = 7\n", "utf-8")
        self.assertIn("say `plugin = Plugin(...)`", self.said("build"))

    def test_a_manifest_that_disagrees_stops_the_build(self) -> None:
        self.edit(self.project / "plugin.toml", "0.1.0", "0.2.0")
        self.assertIn("version is '0.2.0', and '0.1.0' in the code", self.said("build"))

    def test_a_tool_that_is_missing_is_named_with_its_command(self) -> None:
        program = (
            "import sys; sys.executable = '/nowhere/python'; import relink_sdk.__main__ as it; "
        )
        program += f"sys.exit(it.main(['build', {str(self.project)!r}]))"
        command = [sys.executable, "-c", program]
        environment = {"PYTHONPATH": str(SDK / "src"), "PATH": ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("componentize-py is not installed", done.stderr)
        self.assertIn("python -m pip install", done.stderr)

    def test_a_fixture_that_does_not_hold_shows_both_values(self) -> None:
        self.edit(self.project / "fixtures" / "operations.json", '"spend": 2.5', '"spend": 3.5')
        said = self.said("test")
        self.assertIn("operations.json: two pages of clicks", said)
        self.assertIn("expected  3.5", said)
        self.assertIn("found     2.5", said)

    def test_what_the_plugin_logged_is_shown_with_what_is_wrong(self) -> None:
        self.edit(self.module, 'account["name"]', 'account["label"]')
        said = self.said("test")
        self.assertIn("the accounts that the login can see", said)
        self.assertIn("KeyError: 'label'", said)

    def test_a_loop_without_an_end_is_named_and_the_tests_go_on(self) -> None:
        self.edit(self.module, "    since, until = slice.days()", "    while True:\n        pass")
        said = self.said("test")
        self.assertIn("`sync of clicks` was not done after 2 s", said)
        self.assertIn("src/plugin.py:", said)
        self.assertIn("two pages of clicks", said)

    def test_a_file_that_the_sandbox_lacks_is_not_found_in_the_tests_either(self) -> None:
        self.edit(self.module, "    since, until =", "    open(__file__)\n    since, until =")
        said = self.said("test")
        self.assertIn("there are no files in the sandbox", said)

    def test_a_rule_without_a_fixture_is_named(self) -> None:
        self.edit(self.module, '"plan-too-small"', '"plan-too-big"')
        self.assertIn("rule acme.plan-too-big", self.said("test"))
