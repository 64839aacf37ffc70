"""What a flow answers to one event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relink_sdk.contract.exchange import Found, Response
from relink_sdk.contract.request import Request
from relink_sdk.contract.step import Next, Send
from relink_sdk.documents import Json

#: Where a flow stands: a JSON document that is stored between two steps.
Position = Json
#: What happened, as flows see it: an answer, or None when there was none, the wait is over, or the
#: host starts again from the stored state. Then what was asked for last has to be asked for again.
Happened = Response | None

WRONG_STATE = "the state belongs to another flow"


@dataclass(frozen=True)
class Do:
    """The flow goes on from this position when this is done."""

    position: Position
    next: Next


@dataclass(frozen=True)
class Finished:
    """There is nothing left to do."""


@dataclass(frozen=True)
class Stopped:
    """The flow has failed."""

    why: str


Course = Do | Finished | Stopped


@dataclass(frozen=True)
class Turn:
    """What was found, and how the flow goes on."""

    course: Course
    found: Sequence[Found] = ()

    @staticmethod
    def send(position: Position, request: Request) -> Turn:
        """Goes on with the answer to a request."""
        return Turn(Do(position, Send(request)))

    @staticmethod
    def finished() -> Turn:
        """There is nothing left to do."""
        return Turn(Finished())

    @staticmethod
    def failed(why: str) -> Turn:
        """The flow has failed."""
        return Turn(Stopped(why))

    def is_finished(self) -> bool:
        """There is nothing left to do."""
        return isinstance(self.course, Finished)

    def nested(self, outer: Callable[[Position], Position]) -> Turn:
        """Puts the position of an inner flow into that of the outer one."""
        if isinstance(self.course, Do):
            return Turn(Do(outer(self.course.position), self.course.next), self.found)
        return self

    def then(self, turn: Turn) -> Turn:
        """Goes on with another turn, keeping what was found so far."""
        return Turn(turn.course, [*self.found, *turn.found])
