"""Takes the arguments of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from relink_sdk.contract import enums, exchange
from relink_sdk.contract.exchange import Context, Event, Field, Operation, Response, Slice
from relink_sdk.contract.failure import Facts, Failure
from relink_sdk.contract.inbound import Message

Wit = Any
E = TypeVar("E", bound=Enum)


class FromHost:
    """Takes the arguments of a call."""

    def __init__(self, types: Wit) -> None:
        """Looks up which generated class stands for which case."""
        self._events: dict[type, Callable[[Wit], Event]] = {
            types.Event_Start: lambda event: exchange.Start(self._operation(event.value)),
            types.Event_Answered: lambda event: exchange.Answered(_response(event.value)),
            types.Event_Unanswered: lambda event: exchange.Unanswered(_transport(event.value)),
            types.Event_Woken: lambda _: exchange.Woken(),
        }
        self._operations: dict[type, Callable[[Wit], Operation]] = {
            types.Operation_Probe: lambda _: exchange.Probe(),
            types.Operation_Identify: lambda _: exchange.Identify(),
            types.Operation_Accounts: lambda _: exchange.Accounts(),
            types.Operation_Sync: lambda operation: exchange.Sync(_slice(operation.value)),
        }

    def context(self, raw: Wit) -> Context:
        """The context of a step."""
        return Context(raw.now, raw.seed, raw.config, raw.auth_method, raw.account or "")

    def event(self, raw: Wit) -> Event:
        """What happened."""
        return self._events[type(raw)](raw)

    def failure(self, raw: Wit) -> Failure:
        """What is to be classified."""
        facts = raw.facts
        return Failure(
            phase=_case(enums.Phase, raw.phase),
            status=raw.status,
            headers=_fields(raw.headers),
            body=raw.body,
            transport=None if raw.transport is None else _transport(raw.transport),
            redirect_query=raw.redirect_query,
            auth_method=raw.auth_method,
            dataset=raw.dataset,
            account=raw.account,
            now=raw.now,
            facts=Facts(
                token_age_s=facts.token_age_s,
                has_refresh_token=facts.has_refresh_token,
                just_refreshed=facts.just_refreshed,
                newer_token_in_store=facts.newer_token_in_store,
                granted_scopes=facts.granted_scopes,
                requested_scopes=facts.requested_scopes,
                consecutive=facts.consecutive,
                fleet_failure_ratio=facts.fleet_failure_ratio,
            ),
        )

    def message(self, raw: Wit) -> Message:
        """What the provider said by itself."""
        return Message(raw.body, _fields(raw.headers), _fields(raw.query), raw.now)

    def _operation(self, raw: Wit) -> Operation:
        return self._operations[type(raw)](raw)


def _case(cases: type[E], raw: Wit) -> E:
    return cases[raw.name]


def _fields(raw: Iterable[Wit]) -> list[Field]:
    return [Field(field.name, field.value) for field in raw]


def _response(raw: Wit) -> Response:
    return Response(raw.status, _fields(raw.headers), raw.body, raw.more)


def _transport(raw: Wit) -> exchange.TransportFailure:
    return exchange.TransportFailure(_case(enums.TransportKind, raw.kind), raw.detail)


def _slice(raw: Wit) -> Slice:
    window = raw.window
    return Slice(
        raw.dataset, None if window is None else exchange.Window(window.since, window.until)
    )
