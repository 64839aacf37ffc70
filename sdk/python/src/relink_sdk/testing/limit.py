"""Calls a plugin as the sandbox does: without files, and for two seconds at most.

A loop without an end would hang the tests without a word.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from relink_sdk.sealed import sealed

#: As long as the host lets a step take.
LIMIT_S = 2.0


class OverrunError(BaseException):
    """A call took too long. A plugin catches `Exception` at most, so it cannot catch this."""


@contextmanager
def limited(what: str) -> Iterator[None]:
    """Refuses files, and raises an `OverrunError` with the place where the time was spent.

    Without the signals of Unix, or in another thread than the first, the time is not limited.
    """
    with sealed(), _timed(what):
        yield


@contextmanager
def _timed(what: str) -> Iterator[None]:
    is_first = threading.current_thread() is threading.main_thread()
    if not is_first or not hasattr(signal, "setitimer"):
        yield
        return

    def overrun(_: int, frame: FrameType | None) -> None:
        where = f" at {frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""
        raise OverrunError(
            f"`{what}` was not done after {LIMIT_S:g} s, and the host ends it then; "
            f"is there a loop without an end{where}?"
        )

    before = signal.signal(signal.SIGALRM, overrun)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
