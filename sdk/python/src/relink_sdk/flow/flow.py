"""Flows in general: nothing, a refusal, one flow after the other.

A flow is built anew at each step from the context and the operation, and only the position in it is
stored. So functions need not be stored, the state is small, and a synchronisation goes on under a
newer version of the plugin.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Sequence

from relink_sdk.contract.exchange import Context, Slice
from relink_sdk.flow.turn import WRONG_STATE, Happened, Position, Turn


class Flow(ABC):
    """What an operation does: nothing, a `Fetch`, a `Report`, an `Each`, or several in order."""

    @staticmethod
    def nothing() -> Flow:
        """Does nothing and is done."""
        return _Sequence([])

    @staticmethod
    def sequence(flows: Iterable[Flow]) -> Flow:
        """One flow after the other."""
        return _Sequence([require_flow("Flow.sequence", flow) for flow in flows])

    @staticmethod
    def refused(why: str) -> Flow:
        """Ends the operation as failed before anything is sent: a bug of the plugin."""
        return _Refused(why)

    @staticmethod
    def unknown_dataset(slice: Slice) -> Flow:
        """What a sync answers to a dataset that it does not have."""
        return _Refused(f'there is no dataset "{slice.dataset}"')

    @abstractmethod
    def start(self, context: Context) -> Turn:
        """Begins."""

    @abstractmethod
    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        """Goes on from a position; a position of another flow is a failure."""


def require_flow(what: str, given: object) -> Flow:
    """What a function of the author gave back; a `TypeError` says why it is no flow."""
    if isinstance(given, Flow):
        return given
    raise TypeError(f"`{what}` must return a Flow, and returned {_described(given)}")


def _described(given: object) -> str:
    if given is None:
        return "nothing: is there a `return`?"
    if isinstance(given, Coroutine):
        # Else Python warns on top that nobody awaited it.
        given.close()
        return "a coroutine: remove `async`, for nothing is waited for here"
    return f"something else: {type(given).__name__}"


class _Refused(Flow):
    def __init__(self, why: str) -> None:
        self._why = why

    def start(self, context: Context) -> Turn:
        return Turn.failed(self._why)

    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        return Turn.failed(WRONG_STATE)


class _Sequence(Flow):
    def __init__(self, flows: Sequence[Flow]) -> None:
        self._flows = flows

    def start(self, context: Context) -> Turn:
        return self._start_from(0, context)

    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        match position:
            case {"index": int(index), "inner": inner} if 0 <= index < len(self._flows):
                turn = self._flows[index].go_on(context, inner, happened)
                turn = turn.nested(lambda inner: {"index": index, "inner": inner})
                return (
                    turn.then(self._start_from(index + 1, context)) if turn.is_finished() else turn
                )
            case {"index": int()}:
                return Turn.failed("the state belongs to a longer flow")
            case _:
                return Turn.failed(WRONG_STATE)

    def _start_from(self, first: int, context: Context) -> Turn:
        """Starts the first flow from there on that has anything to do."""
        turn = Turn.finished()
        for index in range(first, len(self._flows)):
            turn = turn.then(self._started(index, context))
            if not turn.is_finished():
                break
        return turn

    def _started(self, index: int, context: Context) -> Turn:
        turn = self._flows[index].start(context)
        return turn.nested(lambda inner: {"index": index, "inner": inner})
