"""This SDK does what every SDK must do: each file of the suite is a test."""

from __future__ import annotations

import unittest
from collections import deque
from typing import Any

from relink_sdk import AuthMethod, ErrorTable, Grant, day_plus, documents, log
from relink_sdk.boundary.to_host import ToHost
from relink_sdk.contract.exchange import Window
from relink_sdk.contract.step import Failed
from relink_sdk.testing.diff import differences
from relink_sdk.testing.exchange import Run, wrong_exchange
from relink_sdk.testing.expected import wrong_diagnosis
from relink_sdk.testing.fixture import read_context, read_failure, read_fixture, read_message
from relink_sdk.testing.message import wrong_message
from tests.conformance import blocks
from tests.conformance.cases import FOLDER, Case, cases, exact
from tests.conformance.flows import Toy
from tests.conformance.messages import messenger, migrating
from tests.conformance.rules import rule_of
from tests.conformance.wit_types import WIT_TYPES

TO_HOST = ToHost(WIT_TYPES)


class Conformance(unittest.TestCase):
    """The suite in `sdk/conformance`."""

    def setUp(self) -> None:
        before = log.send_to(lambda _, __: None)
        self.addCleanup(lambda: log.send_to(before))

    def same(self, case: Case, expected: Any, found: Any) -> None:
        wrong = differences("found", expected, found)
        self.assertFalse(wrong, "\n".join([f"{case['about']}:", *wrong]))

    def test_every_file_has_a_runner(self) -> None:
        tested = {name.removeprefix("test_") for name in dir(self) if name.startswith("test_")}
        self.assertLessEqual({path.stem for path in FOLDER.glob("*.json")}, tested)

    def test_columns(self) -> None:
        known = ("column", "item", "item_text", "value", "value_text")
        for case in cases("columns.json", *known):
            with self.subTest(case["about"]):
                found = blocks.read_by(case["column"], exact(case, "item"))
                self.same(case, exact(case, "value"), found)

    def test_tables(self) -> None:
        for case in cases("tables.json", "table", "items", "rows", "dataset"):
            with self.subTest(case["about"]):
                table = blocks.table(case["table"])
                if case["items"] is not None:
                    rows = [row for row in map(table.row, case["items"]) if row is not None]
                    self.same(case, case["rows"], rows)
                if case["dataset"] is not None:
                    self.same(case, case["dataset"], _dataset(TO_HOST.dataset(table.dataset())))

    def test_items(self) -> None:
        for case in cases("items.json", "items", "body", "chunks", "found", "fails"):
            with self.subTest(case["about"]):
                if case["fails"]:
                    self.assertRaises(ValueError, _decoded, case)
                else:
                    self.same(case, case["found"], _decoded(case))

    def test_requests(self) -> None:
        for case in cases("requests.json", "request", "sent"):
            with self.subTest(case["about"]):
                sent = TO_HOST.request(blocks.request(case["request"]))
                self.same(case, case["sent"], {**sent, "body": _body(sent["body"])})

    def test_flows(self) -> None:
        fixture = ("operation", "context", "exchange", "found", "ends", "diagnosis")
        for case in cases("flows.json", "flow", "refusal", "why", *fixture):
            with self.subTest(case["about"]):
                toy = Toy(case["flow"], case["refusal"])
                members = {name: case[name] for name in fixture if name in case["has"]}
                members.setdefault("operation", {"sync": {"dataset": "things"}})
                recorded = read_fixture({"about": case["about"], **members})
                assert recorded.operation is not None
                wrong = wrong_exchange(toy, recorded, recorded.operation)
                self.assertFalse(wrong, "\n".join([f"{case['about']}:", *wrong]))
                if case["why"] is not None:
                    again = Run(toy, recorded.operation, recorded.context, deque(recorded.exchange))
                    end = again.drive()
                    assert isinstance(end, Failed)
                    self.assertIn(case["why"], end.why)

    def test_waits(self) -> None:
        for case in cases("waits.json", "failure", "ms"):
            with self.subTest(case["about"]):
                self.same(case, case["ms"], read_failure(case["failure"]).retry_after_ms())

    def test_readings(self) -> None:
        readings = ("json", "body_param", "redirect_param", "header", "is_html")
        for case in cases("readings.json", "failure", *readings):
            with self.subTest(case["about"]):
                failure = read_failure(case["failure"])
                if "json" in case["has"]:
                    self.same(case, case["json"], failure.json())
                if "is_html" in case["has"]:
                    self.same(case, case["is_html"], failure.is_html())
                for reading in ("body_param", "redirect_param", "header"):
                    for name, expected in (case[reading] or {}).items():
                        self.same(case, expected, getattr(failure, reading)(name))

    def test_diagnoses(self) -> None:
        for case in cases("diagnoses.json", "rules", "grant", "failure", "diagnosis"):
            with self.subTest(case["about"]):
                errors = ErrorTable("acme", "Acme", [rule_of(rule) for rule in case["rules"] or []])
                grant = Grant(case["grant"] or "secret")
                diagnosis = errors.diagnose(read_failure(case["failure"]), grant)
                wrong = wrong_diagnosis(case["diagnosis"], diagnosis)
                self.assertFalse(wrong, "\n".join([f"{case['about']}:", *wrong]))

    def test_grants(self) -> None:
        for case in cases("grants.json", "auth", "failure", "grant"):
            with self.subTest(case["about"]):
                methods: list[AuthMethod] = [blocks.auth(method) for method in case["auth"]]
                found = Grant.of(methods, read_failure(case["failure"]))
                self.same(case, case["grant"], found.value)

    def test_descriptors(self) -> None:
        for case in cases("descriptors.json", "plugin", "descriptor"):
            with self.subTest(case["about"]):
                found = TO_HOST.descriptor(blocks.plugin(case["plugin"]).describe())
                found["config_schema"] = documents.parse(found["config_schema"].encode())
                found["datasets"] = [_dataset(dataset) for dataset in found["datasets"]]
                self.same(case, case["descriptor"], found)

    def test_messages(self) -> None:
        fixture = ("message", "signals", "diagnosis")
        for case in cases("messages.json", "receive", "rules", "json", "text", "header", *fixture):
            with self.subTest(case["about"]):
                members = {name: case[name] for name in fixture if name in case["has"]}
                recorded = read_fixture({"about": case["about"], **members})
                assert recorded.message is not None
                plugin = messenger(case["receive"], case["rules"] or [])
                wrong = wrong_message(plugin, recorded, recorded.message)
                self.assertFalse(wrong, "\n".join([f"{case['about']}:", *wrong]))
                message = read_message(case["message"])
                for reading in ("json", "text"):
                    if reading in case["has"]:
                        self.same(case, case[reading], getattr(message, reading)())
                for name, expected in (case["header"] or {}).items():
                    self.same(case, expected, message.header(name))

    def test_migrations(self) -> None:
        for case in cases("migrations.json", "takes_over", "version", "state", "migrated"):
            with self.subTest(case["about"]):
                plugin = migrating(case["takes_over"])
                migrated = plugin.take_over(case["version"], case["state"].encode())
                found = None if migrated is None else migrated.decode()
                self.same(case, case["migrated"], found)

    def test_context(self) -> None:
        known = ("context", "today", "setting", "day_plus", "day", "window", "days")
        for case in cases("context.json", *known):
            with self.subTest(case["about"]):
                context = read_context(case["context"] or {})
                if "today" in case["has"]:
                    self.same(case, case["today"], context.today())
                for name, expected in (case["setting"] or {}).items():
                    self.same(case, expected, context.setting(name))
                if case["day_plus"] is not None:
                    self.same(case, case["day"], day_plus(*case["day_plus"]))
                if case["window"] is not None:
                    window = Window(*case["window"])
                    self.same(case, case["days"], window.each_day())


def _dataset(record: Any) -> Any:
    return {**record, "row_schema": documents.parse(record["row_schema"].encode())}


def _body(body: bytes | None) -> Any:
    if body is None:
        return None
    document = documents.parse_or_none(body)
    return body.decode() if document is None else document


def _decoded(case: Case) -> list[Any]:
    items = blocks.items(case["items"])
    if case["chunks"] is None:
        return items.decode(case["body"].encode())
    found: list[Any] = []
    header = None
    for chunk in case["chunks"]:
        decoded, header = items.decode_chunk(chunk.encode(), header)
        found += decoded
    return found
