"""How fixtures are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import Enum

from relink_sdk import days, documents
from relink_sdk.contract.enums import (
    Actor,
    Blast,
    Certainty,
    Phase,
    Reason,
    Remedy,
    TransportKind,
)
from relink_sdk.contract.exchange import (
    Accounts,
    Context,
    Field,
    Identify,
    Operation,
    Probe,
    Response,
    Slice,
    Sync,
    TransportFailure,
    Window,
)
from relink_sdk.contract.failure import Facts, Failure
from relink_sdk.contract.inbound import Message
from relink_sdk.documents import Json
from relink_sdk.testing.shape import FixtureError, members

_OPERATIONS: dict[str, type[Probe | Identify | Accounts]] = {
    "probe": Probe,
    "identify": Identify,
    "accounts": Accounts,
}


@dataclass(frozen=True)
class Exchanged:
    """A request with its answer, an expected wait, or a request that nobody answers."""

    wanted: dict[str, Json]
    #: The answer in the pieces in which the host hands it over.
    pieces: Sequence[Response] | None
    unanswered: TransportFailure | None
    wait_ms: int | None


@dataclass(frozen=True)
class Fixture:
    """One fixture: a failure, an operation or a message, and what becomes of it."""

    about: str
    failure: Failure | None
    operation: Operation | None
    message: Message | None
    context: Context
    exchange: Sequence[Exchanged]
    found: dict[str, Json]
    ends: str
    signals: Sequence[dict[str, Json]]
    diagnosis: dict[str, Json] | None


_FIXTURE: dict[str, Json] = {
    "about": None,
    "failure": None,
    "diagnosis": None,
    "operation": None,
    "message": None,
    "signals": [],
    "context": {},
    "exchange": [],
    "found": {},
    "ends": "done",
}
_CONTEXT: dict[str, Json] = {"account": None, "config": {}, "auth_method": "", "now": None}
_EXCHANGED: dict[str, Json] = {"request": {}, "answer": None, "unanswered": None, "wait_ms": None}
_WANTED: dict[str, Json] = {
    "method": None,
    "url": None,
    "query": {},
    "headers": {},
    "body": None,
    "form": {},
    "credential": None,
}
#: Members of a diagnosis that have a fixed set of names.
_NAMES: dict[str, type[Enum]] = {
    "reason": Reason,
    "certainty": Certainty,
    "blast": Blast,
    "actor": Actor,
    "remedy": Remedy,
}
_ANSWER: dict[str, Json] = {"status": None, "headers": {}, "body": None, "chunks": None}
_MESSAGE: dict[str, Json] = {"headers": {}, "query": {}, "body": None, "now": None}
_SIGNAL: dict[str, Json] = {"subject": None, "account": None, "event": None, "at": None}
_FOUND: dict[str, Json] = {"rows": [], "identity": None, "accounts": []}
_FAILURE: dict[str, Json] = {
    "phase": None,
    "status": None,
    "headers": {},
    "body": None,
    "unanswered": None,
    "redirect_query": None,
    "auth_method": "",
    "account": None,
    "dataset": None,
    "now": None,
    "facts": {},
}


def read_fixture(document: Json) -> Fixture:
    """Reads one fixture."""
    given = members("the fixture", document, _FIXTURE)
    if not isinstance(given["about"], str):
        raise FixtureError("the fixture does not say what it is about")
    kinds = ("failure", "operation", "message")
    if sum(given[kind] is not None for kind in kinds) != 1:
        raise FixtureError("a fixture has one of a failure, an operation and a message")
    if given["failure"] is not None and given["diagnosis"] is None:
        raise FixtureError("a fixture with a failure needs a diagnosis")
    if given["ends"] not in ("done", "failed"):
        raise FixtureError(f'it ends "done" or "failed", not {given["ends"]!r}')
    _check_diagnosis(given["diagnosis"] or {})
    return Fixture(
        about=given["about"],
        failure=None if given["failure"] is None else read_failure(given["failure"]),
        operation=None if given["operation"] is None else read_operation(given["operation"]),
        message=None if given["message"] is None else read_message(given["message"]),
        context=read_context(given["context"]),
        exchange=[_read_exchanged(exchanged) for exchanged in given["exchange"]],
        found=members("found", given["found"], _FOUND),
        ends=given["ends"],
        signals=[members("signal", signal, _SIGNAL) for signal in given["signals"]],
        diagnosis=given["diagnosis"],
    )


def _check_diagnosis(document: Json) -> None:
    for name, kind in _NAMES.items():
        written = document.get(name) if isinstance(document, dict) else None
        known = [case.value for case in kind]
        if written is None or written in known:
            continue
        near = get_close_matches(str(written), known, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise FixtureError(f'there is no {name} "{written}"; there is {", ".join(known)}{hint}')


def read_operation(document: Json) -> Operation:
    """Reads an operation: a name, or `{"sync": {"dataset", "since", "until"}}`."""
    if isinstance(document, str) and document in _OPERATIONS:
        return _OPERATIONS[document]()
    if not isinstance(document, dict) or list(document) != ["sync"]:
        raise FixtureError(f"there is no operation {document!r}")
    slots: dict[str, Json] = {"dataset": None, "since": None, "until": None}
    given = members("sync", document["sync"], slots)
    since, until = given["since"], given["until"]
    window = None if since is None or until is None else Window(since, until)
    return Sync(Slice(given["dataset"], window))


def read_context(document: Json) -> Context:
    """Reads what surrounds an operation."""
    given = members("context", document, _CONTEXT)
    return Context(
        now=unix_ms(given["now"]),
        seed=bytes(range(32)),
        config=documents.dump(given["config"]),
        auth_method=given["auth_method"],
        account=given["account"] or "",
    )


def read_failure(document: Json) -> Failure:
    """Reads a failure."""
    given = members("failure", document, _FAILURE)
    facts = members("facts", given["facts"], {field.name: None for field in fields(Facts)})
    known = {name: value for name, value in facts.items() if value is not None}
    return Failure(
        phase=_read_phase(given["phase"]),
        status=given["status"],
        headers=_headers(given["headers"]),
        body=_body(given["body"]),
        transport=None if given["unanswered"] is None else _transport(given["unanswered"]),
        redirect_query=given["redirect_query"],
        auth_method=given["auth_method"],
        dataset=given["dataset"],
        account=given["account"],
        now=unix_ms(given["now"]),
        facts=Facts(**known),
    )


def read_message(document: Json) -> Message:
    """Reads a message, whose proof held already."""
    given = members("message", document, _MESSAGE)
    query = [Field(name, value) for name, value in given["query"].items()]
    return Message(_body(given["body"]), _headers(given["headers"]), query, unix_ms(given["now"]))


def unix_ms(now: str | None) -> int:
    """A moment in RFC 3339 as unix milliseconds; without one, the beginning of 1970."""
    if now is None:
        return 0
    nanos = days.parse_moment(now)
    if nanos is None or nanos < 0:
        raise FixtureError(f"now: {now!r} is no moment in RFC 3339 after 1970")
    return nanos // 1_000_000


def _read_exchanged(document: Json) -> Exchanged:
    given = members("exchange", document, _EXCHANGED)
    answer = given["answer"]
    return Exchanged(
        wanted=members("request", given["request"], _WANTED),
        pieces=None if answer is None else _pieces(members("answer", answer, _ANSWER)),
        unanswered=None if given["unanswered"] is None else _transport(given["unanswered"]),
        wait_ms=given["wait_ms"],
    )


def _pieces(answer: dict[str, Json]) -> list[Response]:
    bodies = [answer["body"]] if answer["chunks"] is None else answer["chunks"]
    last, headers = len(bodies) - 1, _headers(answer["headers"])
    return [
        Response(answer["status"], headers, _body(body), index < last)
        for index, body in enumerate(bodies)
    ]


def _body(body: Json) -> bytes:
    """A text stands for itself, null for no body, and anything else for its JSON."""
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else documents.dump(body).encode()


def _headers(headers: dict[str, str]) -> list[Field]:
    return [Field(name.lower(), value) for name, value in sorted(headers.items())]


def _read_phase(name: Json) -> Phase:
    try:
        return Phase(name)
    except ValueError:
        raise FixtureError(f"there is no phase {name!r}") from None


def _transport(kind: Json) -> TransportFailure:
    try:
        return TransportFailure(TransportKind(kind), "recorded")
    except ValueError:
        raise FixtureError(f"there is no transport failure {kind!r}") from None
