"""What a plugin does beyond the suite that all SDKs share."""

from __future__ import annotations

import json
import re
import unittest
from collections.abc import Callable
from typing import Any, cast

from relink_sdk import (
    Account,
    Accounts,
    Actor,
    Answered,
    AuthMethod,
    Column,
    Context,
    Diagnosis,
    Done,
    Event,
    Failed,
    Failure,
    Fetch,
    Field,
    Flow,
    Identify,
    Identity,
    Items,
    Json,
    Pages,
    Phase,
    Plugin,
    Probe,
    RateBudget,
    Reason,
    Report,
    Request,
    Response,
    SecretSlot,
    Send,
    Slice,
    Start,
    StepOut,
    Sync,
    Table,
    Throttle,
    Unit,
    Woken,
    log,
    rule,
)
from tests.toys import THINGS, toy

NOW = Context(now=0)
POST = Request.post("https://toy.example/reports")
SYNC = Start(Sync(Slice("things")))


class Logged(unittest.TestCase):
    def setUp(self) -> None:
        self.lines: list[str] = []
        before = log.send_to(lambda severity, text: self.lines.append(f"{severity}: {text}"))
        self.addCleanup(lambda: log.send_to(before))


class Classifying(Logged):
    def test_a_rule_that_raises_is_passed_over_and_logged(self) -> None:
        broken = rule("broken", Reason.UNKNOWN, when=lambda failure: bool(failure.headers[7]))
        lapsed = rule("lapsed", Reason.PROVIDER_SPECIFIC, status=403)
        diagnosis = toy([broken, lapsed]).classify(Failure(Phase.SYNC, status=403))
        self.assertEqual(diagnosis.code, "toy.lapsed")
        self.assertIn("IndexError", self.lines[0])

    def test_a_plugin_that_breaks_blames_nobody_but_the_operator(self) -> None:
        class Broken(Plugin):
            def diagnose(self, failure: Failure) -> Diagnosis:
                raise RecursionError

        broken = Broken(id="toy", display_name="Toy", version="1.0.0", hosts=[], auth=[])
        diagnosis = broken.classify(Failure(Phase.SYNC, status=401))
        self.assertEqual(diagnosis.code, "toy.classify-failed")
        self.assertEqual(
            (diagnosis.reason, diagnosis.actor), (Reason.REQUEST_REJECTED, Actor.OPERATOR)
        )
        self.assertIn("RecursionError", self.lines[0])

    def test_a_body_of_brackets_is_an_answer_like_any_other(self) -> None:
        for body in (b"[" * 65_536, b'{"a":' * 10_000, b'"' + b"[" * 1_000, b"[]" * 30_000):
            diagnosis = toy().classify(Failure(Phase.SYNC, status=403, body=body))
            self.assertEqual(diagnosis.code, "toy.not-from-the-api")

    def test_half_a_character_is_no_json(self) -> None:
        self.assertFalse(Failure(Phase.SYNC, body=rb'{"a":"\ud800"}').is_json())
        self.assertEqual(Failure(Phase.SYNC, body=rb'["\ud83e\udd80"]').json(), ["🦀"])


class Stepping(Logged):
    def test_the_state_of_another_flow_is_a_failure(self) -> None:
        plugin = toy()
        state = plugin.step(NOW, b"", SYNC).state
        stored = json.loads(state)
        positions: list[Json] = [None, [], {}, {"index": 0}, {"page": 7}, {"creating": True}]
        for position in positions:
            other = json.dumps({**stored, "position": position}).encode()
            out = plugin.step(NOW, other, Answered(Response(200)))
            self.assertIsInstance(out.next, Failed)
            self.assertEqual(out.state, other)
        for junk in (b"", b"\xff", b"{}", b"[" * 9_999):
            self.assertIsInstance(plugin.step(NOW, junk, Woken()).next, Failed)

    def test_a_missing_operation_fails_before_anything_is_sent(self) -> None:
        out = toy().step(NOW, b"", Start(Sync(Slice("other"))))
        self.assertEqual(out.next, Failed('there is no dataset "other"'))

    def test_a_setting_that_is_missing_fails_with_its_name(self) -> None:
        plugin = toy()

        @plugin.probe
        def probe(context: Context) -> Flow:
            shop = context.require("shop")
            return Fetch.probe(Request.get(f"https://{shop}.toy.example/me"))

        why = 'the connection has no setting "shop", which the plugin needs'
        for config in ("{}", '{"shop":""}'):
            out = plugin.step(Context(now=0, config=config), b"", Start(Probe()))
            self.assertEqual(out.next, Failed(why))
        self.assertEqual(self.lines[0], f"error: {why}")
        shop = Context(now=0, config='{"shop":"acme"}')
        sent = plugin.step(shop, b"", Start(Probe())).next
        assert isinstance(sent, Send)
        self.assertEqual(sent.request.url, "https://acme.toy.example/me")

    def test_a_function_that_returns_no_flow_is_named(self) -> None:
        plugin = toy()
        probe = Start(Probe())

        def me(_: Context) -> Any:
            """Forgets its `return`."""

        async def waiting(_: Context) -> Flow:
            return Flow.nothing()

        mistakes: list[tuple[Any, str]] = [
            (me, "`me` must return a Flow, and returned nothing: is there a `return`?"),
            (waiting, "`waiting` must return a Flow, and returned a coroutine: remove `async`"),
            (lambda _: POST, "returned something else: Request"),
            (lambda _: Flow.sequence([cast(Flow, POST)]), "`Flow.sequence` must return a Flow"),
        ]
        for function, message in mistakes:
            plugin.probe(function)
            with self.assertRaisesRegex(TypeError, re.escape(message)):
                plugin.step(NOW, b"", probe)

    def test_a_plugin_may_take_its_steps_by_hand(self) -> None:
        class ByHand(Plugin):
            def step(self, context: Context, state_bytes: bytes, event: Event) -> StepOut:
                if isinstance(event, Start):
                    return StepOut(b"sent", [], None, Send(Request.get("https://toy.example/")))
                return StepOut(b"", [], None, Done())

        plugin = ByHand(id="toy", display_name="Toy", version="1.0.0", hosts=[], auth=[])
        self.assertEqual(plugin.lacks(), [])
        self.assertEqual(plugin.step(NOW, b"", SYNC).state, b"sent")
        self.assertEqual(plugin.step(NOW, b"sent", Woken()).next, Done())

    def test_an_identity_without_a_text_is_none(self) -> None:
        plugin = toy()
        state = plugin.step(NOW, b"", Start(Identify())).state
        for body in (b'{"id":"u1","name":null}', b'{"id":7,"name":"Ann"}', b'{"id":"u1"}', b"[]"):
            out = plugin.step(NOW, state, Answered(Response(200, body=body)))
            self.assertIsInstance(out.next, Failed)
        answer = Answered(Response(200, body=b'{"id":"u1","name":"Ann"}'))
        self.assertEqual(plugin.step(NOW, state, answer).found, [Identity("u1", "Ann")])

    def test_limits_are_read_from_every_answer(self) -> None:
        plugin = toy()

        @plugin.throttle
        def throttle(answer: Response) -> Throttle | None:
            left = answer.header("x-left")
            return None if left is None else Throttle("requests", int(left))

        state = plugin.step(NOW, b"", SYNC).state
        answer = Response(200, [Field("X-Left", "7")], b"[]")
        self.assertEqual(
            plugin.step(NOW, state, Answered(answer)).throttle, Throttle("requests", 7)
        )

    def test_two_functions_for_one_dataset_are_refused(self) -> None:
        self.assertRaises(ValueError, toy().sync, THINGS)

    def test_a_pointer_without_its_slash_is_refused(self) -> None:
        making: list[Callable[[], object]] = [
            lambda: Column.text("event", "event"),
            lambda: Items.at("event"),
            lambda: Pages.token("event"),
            lambda: Pages.number(1, 9, total="event"),
            lambda: rule("plan", Reason.UNKNOWN, json={"event": 7}),
            lambda: rule("plan", Reason.UNKNOWN, quoting="event"),
            lambda: rule("plan", Reason.UNKNOWN, retry_after_json=("event", Unit.SECONDS)),
            lambda: Report(create=POST, id="event", poll=lambda _: POST),
        ]
        for make in making:
            self.assertRaisesRegex(ValueError, '"event" is no JSON pointer; write "/event"', make)

    def test_a_secret_with_a_name_of_the_host_or_of_another_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "belongs to what the host obtains"):
            SecretSlot("access_token", "Token")
        with self.assertRaisesRegex(ValueError, 'two secrets "api_key"'):
            AuthMethod.bearer_key("", app_secrets=[SecretSlot("api_key", "Key")])

    def test_a_table_that_contradicts_itself_is_refused(self) -> None:
        day = Column.day("day", "/day", key=True)
        with self.assertRaisesRegex(ValueError, 'daily names no column: "dayy"; there is day'):
            Table("clicks", "Clicks", [day], daily="dayy")
        with self.assertRaisesRegex(ValueError, 'table "clicks" has two columns "day"'):
            Table("clicks", "Clicks", [day, day])

    def test_a_text_in_place_of_a_case_is_refused(self) -> None:
        plain: Any = "provider-specific"
        meant = "'provider-specific' is no Reason, write Reason.PROVIDER_SPECIFIC"
        with self.assertRaisesRegex(TypeError, meant):
            rule("plan", plain)
        pay: Any = "pay"
        with self.assertRaisesRegex(TypeError, "'pay' is no Remedy$"):
            rule("plan", Reason.UNKNOWN, remedy=pay)
        with self.assertRaisesRegex(TypeError, "is no BudgetKey"):
            RateBudget("requests", 60, 60_000, key=plain)

    def test_accounts_may_be_unrolled_from_items(self) -> None:
        plugin = toy()

        @plugin.accounts
        def accounts(_: Context) -> Flow:
            return Fetch.accounts(
                Request.get("https://toy.example/teams"),
                Items.at(""),
                lambda of: Account(of["id"], of["team"]),
                expand=lambda team: team["members"],
                adding={"team": "A"},
            )

        state = plugin.step(NOW, b"", Start(Accounts())).state
        body = b'[{"members":[{"id":"1"},{"id":"2"}]},{"members":[]}]'
        found = plugin.step(NOW, state, Answered(Response(200, body=body))).found
        self.assertEqual(found, [Account("1", "A"), Account("2", "A")])

    def test_what_lacks_is_named(self) -> None:
        bare = Plugin(id="toy", display_name="Toy", version="1.0.0", hosts=[], auth=[])
        self.assertEqual(bare.lacks(), ["probe", "identify"])
