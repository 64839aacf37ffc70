"""The test kit names every kind of difference. A kit that cannot fail proves nothing."""

from __future__ import annotations

import unittest
from typing import Any

from relink_sdk import Plugin, Request
from relink_sdk.testing import coverage, soundness
from relink_sdk.testing.cases import differences
from relink_sdk.testing.fixture import read_fixture
from relink_sdk.testing.shape import FixtureError
from tests.toys import toy


def said(fixture: dict[str, Any]) -> str:
    """What the kit says about a fixture that is made wrong on purpose."""
    return "\n".join(differences(toy(), read_fixture({"about": "things", **fixture})))


def sync(wanted: dict[str, Any], rows: list[Any], **more: Any) -> dict[str, Any]:
    answer = {"status": 200, "body": [{"id": 1}]}
    return {
        "operation": {"sync": {"dataset": "things"}},
        "exchange": [{"request": wanted, "answer": answer}],
        "found": {"rows": rows},
        **more,
    }


class Kit(unittest.TestCase):
    def test_a_fixture_that_holds_has_no_differences(self) -> None:
        url = "https://toy.example/things"
        wanted = {"method": "GET", "url": url, "query": {"size": 5}, "credential": "default"}
        self.assertEqual(said(sync(wanted, [{"id": "1"}])), "")

    def test_every_kind_of_difference_is_named(self) -> None:
        row = [{"id": "1"}]
        self.assertEqual(
            said(sync({}, [{"id": "2"}])), 'rows[0].id:\n  expected  "2"\n  found     "1"'
        )
        self.assertIn("request method", said(sync({"method": "POST"}, row)))
        self.assertIn("request query size", said(sync({"query": {"size": 6}}, row)))
        self.assertIn("request body", said(sync({"body": {"a": 1}}, row)))
        self.assertIn("request form a", said(sync({"form": {"a": "1"}}, row)))
        self.assertIn("request header x", said(sync({"headers": {"x": "1"}}, row)))
        twice = sync({}, row)["exchange"] * 2
        self.assertIn("were not asked for", said(sync({}, row, exchange=twice)))
        self.assertIn("not recorded", said(sync({}, [], exchange=[])))
        self.assertIn("expected  failed", said(sync({}, row, ends="failed")))
        self.assertIn("expected a wait", said(sync({}, [], exchange=[{"wait_ms": 5}])))

    def test_a_request_that_the_host_would_not_send_is_named(self) -> None:
        probe = said({"operation": "probe", "exchange": [{"answer": {"status": 200}}]})
        self.assertIn("does not allow https://elsewhere.example/me", probe)
        self.assertIn('add "elsewhere.example" to hosts in plugin.toml and in Plugin', probe)
        self.assertIn('no credential use "unknown"', probe)
        plain = Request.get("http://toy.example/")
        self.assertIn("go to https://", str(soundness.wrong_request(toy().describe(), plain)))

    def test_a_wrong_diagnosis_is_named(self) -> None:
        wrong = said(
            {
                "failure": {"phase": "sync", "status": 429},
                "diagnosis": {"reason": "unknown", "actor": "nobody", "retry_after_ms": 5},
            }
        )
        self.assertIn('expected  "unknown"', wrong)
        self.assertIn("retry_after_ms", wrong)
        self.assertNotIn("actor", wrong)

    def test_a_slip_of_the_pen_in_a_fixture_is_no_pass(self) -> None:
        for slip in (
            {"failure": {"phase": "sync"}},
            {"failure": {"phase": "sink"}, "diagnosis": {}},
            {"operation": "prove"},
            {"operation": "probe", "exchanges": []},
            {"operation": "probe", "context": {"now": "noon"}},
            sync({"methods": "GET"}, []),
        ):
            self.assertRaises(FixtureError, said, slip)

    def test_a_reason_that_does_not_exist_is_named_with_the_one_that_was_meant(self) -> None:
        failure = {"phase": "sync"}
        meant = 'no reason "invalid-credential"; .*did you mean "invalid-credentials"?'
        with self.assertRaisesRegex(FixtureError, meant):
            said({"failure": failure, "diagnosis": {"reason": "invalid-credential"}})
        with self.assertRaisesRegex(FixtureError, 'no remedy "pay"; there is none, wait'):
            said({"failure": failure, "diagnosis": {"remedy": "pay"}})

    def test_what_has_no_fixture_is_named(self) -> None:
        owed = ["dataset things", "operation probe", "operation identify"]
        self.assertEqual(coverage.missing(toy(), []), owed)

    def test_a_manifest_that_disagrees_is_named(self) -> None:
        manifest = {"id": "toy", "version": "2.0.0", "hosts": ["toy.example", "x.example"]}
        wrong = soundness.mistakes(toy().describe(), manifest)
        self.assertEqual(len(wrong), 2, wrong)

    def test_a_descriptor_without_hosts_is_wrong(self) -> None:
        bare = Plugin(id="toy", display_name="Toy", version="1.0.0", hosts=[], auth=[])
        manifest = {"id": "toy", "version": "1.0.0", "hosts": []}
        self.assertEqual(len(soundness.mistakes(bare.describe(), manifest)), 1)
