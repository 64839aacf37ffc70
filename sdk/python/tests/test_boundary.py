"""What comes from the host: the other direction is in the suite that all SDKs share."""

from __future__ import annotations

import unittest
from types import SimpleNamespace
from typing import Any

from relink_sdk.boundary.from_host import FromHost
from relink_sdk.contract import exchange
from relink_sdk.contract.enums import Phase, TransportKind
from relink_sdk.contract.exchange import Answered, Field, Slice, Start, Sync, Unanswered, Woken


def case(name: str) -> type:
    """A class per case, whose only field is `value`, as the generated ones are."""

    def keep(self: Any, value: Any = None) -> None:
        self.value = value

    return type(name, (), {"__init__": keep})


NAMES = (
    "Event_Start",
    "Event_Answered",
    "Event_Unanswered",
    "Event_Woken",
    "Operation_Probe",
    "Operation_Identify",
    "Operation_Accounts",
    "Operation_Sync",
)
TYPES: Any = SimpleNamespace(**{name: case(name) for name in NAMES})
FROM_HOST = FromHost(TYPES)


class Lifting(unittest.TestCase):
    def test_events_and_operations(self) -> None:
        window = SimpleNamespace(since="2026-05-01", until="2026-05-02")
        wanted = SimpleNamespace(dataset="clicks", window=window)
        sync = TYPES.Event_Start(TYPES.Operation_Sync(wanted))
        expected = Start(Sync(Slice("clicks", exchange.Window("2026-05-01", "2026-05-02"))))
        self.assertEqual(FROM_HOST.event(sync), expected)
        for name in ("Probe", "Identify", "Accounts"):
            event = FROM_HOST.event(TYPES.Event_Start(getattr(TYPES, f"Operation_{name}")()))
            self.assertEqual(event, Start(getattr(exchange, name)()))
        self.assertEqual(FROM_HOST.event(TYPES.Event_Woken()), Woken())

    def test_answers_and_their_absence(self) -> None:
        header = SimpleNamespace(name="etag", value="7")
        raw = SimpleNamespace(status=200, headers=[header], body=b"{}", more=True)
        answer = exchange.Response(200, [Field("etag", "7")], b"{}", True)
        self.assertEqual(FROM_HOST.event(TYPES.Event_Answered(raw)), Answered(answer))
        kind = SimpleNamespace(name="TOO_LARGE")
        unanswered = TYPES.Event_Unanswered(SimpleNamespace(kind=kind, detail="5 MB"))
        failure = exchange.TransportFailure(TransportKind.TOO_LARGE, "5 MB")
        self.assertEqual(FROM_HOST.event(unanswered), Unanswered(failure))

    def test_failures_with_all_their_facts(self) -> None:
        facts = SimpleNamespace(
            token_age_s=5,
            has_refresh_token=True,
            just_refreshed=False,
            newer_token_in_store=None,
            granted_scopes=["a"],
            requested_scopes=["a", "b"],
            consecutive=2,
            fleet_failure_ratio=0.5,
        )
        raw = SimpleNamespace(
            now=1,
            phase=SimpleNamespace(name="REFRESH"),
            auth_method="oauth",
            status=400,
            headers=[],
            body=b"x",
            transport=None,
            redirect_query="code=1",
            dataset="clicks",
            account="a1",
            facts=facts,
        )
        failure = FROM_HOST.failure(raw)
        self.assertEqual((failure.phase, failure.status, failure.now), (Phase.REFRESH, 400, 1))
        self.assertEqual((failure.dataset, failure.account), ("clicks", "a1"))
        self.assertEqual(failure.facts.requested_scopes, ["a", "b"])
        self.assertEqual(failure.redirect_param("code"), "1")

    def test_messages(self) -> None:
        header = SimpleNamespace(name="x-event", value="ping")
        parameter = SimpleNamespace(name="kind", value="a")
        raw = SimpleNamespace(now=7, headers=[header], query=[parameter], body=b"{}")
        message = FROM_HOST.message(raw)
        self.assertEqual((message.now, message.body, message.json()), (7, b"{}", {}))
        self.assertEqual(message.header("X-Event"), "ping")
        self.assertEqual(list(message.query), [Field("kind", "a")])

    def test_a_connection_without_an_account_has_an_empty_one(self) -> None:
        raw = SimpleNamespace(now=1, seed=b"s", config="{}", auth_method="oauth", account=None)
        self.assertEqual(FROM_HOST.context(raw).account, "")
