"""Runs an operation against recorded answers, as the host would run it against the provider."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from relink_sdk import documents, forms
from relink_sdk.contract.enums import Phase
from relink_sdk.contract.exchange import (
    Answered,
    Context,
    Event,
    Found,
    Operation,
    Response,
    Start,
    Sync,
    TransportFailure,
    Unanswered,
    Woken,
)
from relink_sdk.contract.failure import Failure
from relink_sdk.contract.request import Request
from relink_sdk.contract.step import Done, Failed, Receive, Send, StepOut, WaitMs
from relink_sdk.documents import Json
from relink_sdk.plugin import Plugin
from relink_sdk.testing import soundness
from relink_sdk.testing.diff import differences
from relink_sdk.testing.expected import wrong_diagnosis, wrong_findings
from relink_sdk.testing.fixture import Exchanged, Fixture
from relink_sdk.testing.limit import limited

#: More steps than any fixture needs; beyond it, the flow runs in a circle.
_MAX_STEPS = 10_000


class UnfittingError(Exception):
    """The recording does not fit, so the run cannot go on."""


@dataclass
class Run:
    """An operation on its way through a recording."""

    plugin: Plugin
    operation: Operation
    context: Context
    expected: deque[Exchanged]
    #: What is left of an answer that comes in chunks.
    pieces: deque[Response] = field(default_factory=deque)
    last_answer: Response | None = None
    last_transport: TransportFailure | None = None
    found: list[Found] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def drive(self) -> Done | Failed:
        """Runs the operation to its end."""
        state = b""
        event: Event = Start(self.operation)
        for _ in range(_MAX_STEPS):
            out = self._step(state, event)
            self.found += out.found
            state = out.state
            match out.next:
                case Done() | Failed():
                    return out.next
                case Send(request):
                    self._check_restart(state, request)
                    event = self._answer(request)
                case Receive():
                    event = self._next_piece()
                case WaitMs(ms):
                    event = self._wait(ms)
        raise UnfittingError(f"it is not done after {_MAX_STEPS} steps")

    def failure(self) -> Failure:
        """The failure that the host would make of the last answer."""
        is_sync = isinstance(self.operation, Sync)
        failure = Failure(
            Phase.SYNC if is_sync else Phase.PROBE,
            transport=self.last_transport,
            auth_method=self.context.auth_method,
            account=self.context.account or None,
            dataset=self.operation.slice.dataset if isinstance(self.operation, Sync) else None,
            now=self.context.now,
        )
        answer = self.last_answer
        if answer is None:
            return failure
        return replace(failure, status=answer.status, headers=answer.headers, body=answer.body)

    def _step(self, state: bytes, event: Event) -> StepOut:
        with limited(_name(self.operation)):
            return self.plugin.step(self.context, state, event)

    def _check_restart(self, state: bytes, request: Request) -> None:
        again = self._step(state, Woken()).next
        if again != Send(request):
            self.wrong.append(f"after a restart of the host, {again} comes in place of {request}")

    def _answer(self, request: Request) -> Event:
        self.wrong += soundness.wrong_request(self.plugin.describe(), request)
        if not self.expected:
            raise UnfittingError(
                f"asked for something not recorded: {request.method} {request.url}"
            )
        exchanged = self.expected.popleft()
        self.wrong += wrong_parts(exchanged.wanted, request)
        if exchanged.unanswered is not None:
            self.last_answer, self.last_transport = None, exchanged.unanswered
            return Unanswered(exchanged.unanswered)
        if exchanged.pieces is None:
            raise UnfittingError(f"expected a wait, found {request.method} {request.url}")
        self.pieces = deque(exchanged.pieces)
        return self._next_piece()

    def _next_piece(self) -> Event:
        if not self.pieces:
            raise UnfittingError("asked for a chunk after the last one")
        self.last_transport = None
        self.last_answer = self.pieces.popleft()
        return Answered(self.last_answer)

    def _wait(self, ms: int) -> Event:
        expected = self.expected.popleft().wait_ms if self.expected else None
        if expected != ms:
            raise UnfittingError(f"wait_ms:\n  expected  {expected}\n  found     {ms}")
        self.context = replace(self.context, now=self.context.now + ms)
        return Woken()


def wrong_exchange(plugin: Plugin, fixture: Fixture, operation: Operation) -> list[str]:
    """What differs from the recording; nothing if it holds."""
    run = Run(plugin, operation, fixture.context, deque(fixture.exchange))
    try:
        run.wrong += _wrong_end(fixture, run.drive())
        if run.expected and not run.wrong:
            run.wrong.append(f"{len(run.expected)} recorded exchanges were not asked for")
    except UnfittingError as unfitting:
        run.wrong.append(str(unfitting))
    run.wrong += wrong_findings(fixture.found, run.found)
    run.wrong += soundness.wrong_rows(plugin.describe(), operation, run.found)
    if fixture.diagnosis is not None:
        with limited("classify"):
            diagnosis = plugin.classify(run.failure())
        run.wrong += wrong_diagnosis(fixture.diagnosis, diagnosis)
    return run.wrong


def wrong_parts(wanted: dict[str, Json], request: Request) -> list[str]:
    """What a request has to be and is not; what is not named may be anything."""
    url, _, query = request.url.partition("?")
    sent = dict(forms.decode(query))
    headers = {name.lower(): value for name, value in reversed(request.headers)}
    body = request.body or b""
    wrong: list[str] = []

    def compare(what: str, expected: Json, found: Json) -> None:
        if expected is not None:
            wrong.extend(differences(f"request {what}", expected, found))

    compare("method", wanted["method"], request.method)
    compare("url", wanted["url"], url)
    compare("credential", wanted["credential"], request.credential)
    for name, value in wanted["query"].items():
        compare(f"query {name}", documents.scalar(value) or "", sent.get(name))
    for name, value in wanted["headers"].items():
        compare(f"header {name}", value, headers.get(name.lower()))
    document = documents.parse_or_none(body)
    compare(
        "body", wanted["body"], body.decode("utf-8", "replace") if document is None else document
    )
    form = dict(forms.decode(body.decode("utf-8", "replace")))
    for name, value in wanted["form"].items():
        compare(f"form {name}", value, form.get(name))
    return wrong


def _name(operation: Operation) -> str:
    """As the author named the function: the dataset, or the operation."""
    if isinstance(operation, Sync):
        return f"sync of {operation.slice.dataset}"
    return type(operation).__name__.lower()


def _wrong_end(fixture: Fixture, end: Done | Failed) -> list[str]:
    if fixture.ends == "done" and isinstance(end, Failed):
        return [f"ends:\n  expected  done\n  found     failed: {end.why}"]
    if fixture.ends == "failed" and isinstance(end, Done):
        return ["ends:\n  expected  failed\n  found     done"]
    return []
