"""The border to the contract's `step`: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from relink_sdk import documents, log
from relink_sdk.contract.exchange import (
    Accounts,
    Answered,
    Context,
    Event,
    Identify,
    MissingSettingError,
    Operation,
    Probe,
    Response,
    Slice,
    Start,
    Sync,
    Throttle,
    Unanswered,
    Window,
    Woken,
)
from relink_sdk.contract.step import Done, Failed, StepOut
from relink_sdk.documents import Json
from relink_sdk.flow.flow import Flow
from relink_sdk.flow.turn import Do, Finished, Stopped, Turn

#: What the host stores for us between two steps; at most so many bytes.
_MAX_STATE_BYTES = 64 * 1024

_OPERATIONS: dict[str, Callable[[], Operation]] = {
    "probe": Probe,
    "identify": Identify,
    "accounts": Accounts,
}


class Flowing(Protocol):
    """What a step needs of a plugin."""

    def flow(self, context: Context, operation: Operation) -> Flow:
        """Chooses the flow of an operation."""

    def refusal_in(self, answer: Response) -> str | None:
        """Finds the error inside an answer whose status says success."""

    def throttle_in(self, answer: Response) -> Throttle | None:
        """Reads what the provider says about its own limits."""


def step(plugin: Flowing, context: Context, state: bytes, event: Event) -> StepOut:
    """Runs a plugin's flow one step on; a setting that is missing is a failure and no trap."""
    try:
        return _step(plugin, context, state, event)
    except MissingSettingError as missing:
        log.error(str(missing))
        return _failed(str(missing), state)


def _step(plugin: Flowing, context: Context, state: bytes, event: Event) -> StepOut:
    if isinstance(event, Start):
        turn = plugin.flow(context, event.operation).start(context)
        return _step_out(event.operation, turn, state, None)
    try:
        operation, position = _stored(documents.parse(state))
    except ValueError as error:
        return _failed(f"the state cannot be read: {error}", state)
    why = _refusal(plugin, event)
    if why is not None:
        return _failed(why, state)
    answer = event.response if isinstance(event, Answered) else None
    turn = plugin.flow(context, operation).go_on(context, position, answer)
    throttle = None if answer is None else plugin.throttle_in(answer)
    return _step_out(operation, turn, state, throttle)


def _refusal(plugin: Flowing, event: Event) -> str | None:
    """No answer, a status that is no success, or what the plugin's author says is none."""
    match event:
        case Unanswered(failure):
            return f"no answer: {failure.detail}"
        case Answered(answer) if answer.is_success():
            return plugin.refusal_in(answer)
        case Answered(answer):
            return f"the provider answered {answer.status}"
        case Woken() | Start():
            return None


def _step_out(
    operation: Operation, turn: Turn, old_state: bytes, throttle: Throttle | None
) -> StepOut:
    match turn.course:
        case Finished():
            return StepOut(b"", turn.found, throttle, Done())
        case Stopped(why):
            return StepOut(old_state, [], throttle, Failed(why))
        case Do(position, next):
            stored = {"operation": _operation_document(operation), "position": position}
            state = documents.dump(stored).encode()
            if len(state) > _MAX_STATE_BYTES:
                why = f"the state has grown to {len(state)} bytes"
                return StepOut(old_state, [], throttle, Failed(why))
            return StepOut(state, turn.found, throttle, next)


def _failed(why: str, state: bytes) -> StepOut:
    """A failure keeps the state, so that the same step can be tried again."""
    return StepOut(state, [], None, Failed(why))


def _operation_document(operation: Operation) -> Json:
    if not isinstance(operation, Sync):
        return type(operation).__name__.lower()
    window = operation.slice.window
    days = None if window is None else [window.since, window.until]
    return {"dataset": operation.slice.dataset, "days": days}


def _stored(document: Json) -> tuple[Operation, Json]:
    match document:
        case {"operation": str(name), "position": position} if name in _OPERATIONS:
            return _OPERATIONS[name](), position
        case {"operation": {"dataset": str(dataset), "days": None}, "position": position}:
            return Sync(Slice(dataset)), position
        case {
            "operation": {"dataset": str(dataset), "days": [str(since), str(until)]},
            "position": position,
        }:
            return Sync(Slice(dataset, Window(since, until))), position
        case _:
            raise ValueError("it is not of this SDK")
