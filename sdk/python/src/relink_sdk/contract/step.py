"""What a step answers: what it found, and what the host is to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relink_sdk.contract.exchange import Found, Throttle
from relink_sdk.contract.request import Request


@dataclass(frozen=True)
class Send:
    """Send this request."""

    request: Request


@dataclass(frozen=True)
class Receive:
    """Give me the next chunk of the answer."""


@dataclass(frozen=True)
class WaitMs:
    """Wake me after so many milliseconds."""

    ms: int


@dataclass(frozen=True)
class Done:
    """The operation is done."""


@dataclass(frozen=True)
class Failed:
    """The last answer is a failure, whatever its status. The text is for the operator's log."""

    why: str


Next = Send | Receive | WaitMs | Done | Failed


@dataclass(frozen=True)
class StepOut:
    """The answer of a step."""

    #: Given back at the next step; at most 64 KiB.
    state: bytes
    found: Sequence[Found]
    throttle: Throttle | None
    next: Next
