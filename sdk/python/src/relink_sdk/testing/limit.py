"""Ends a call of a plugin that would never end, which would hang the tests without a word."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: As long as the host lets a step take.
LIMIT_S = 2.0


class OverrunError(BaseException):
    """A call took too long. A plugin catches `Exception` at most, so it cannot catch this."""


@contextmanager
def limited(what: str) -> Iterator[None]:
    """Raises an `OverrunError` with the place in the code where the time was spent.

    Without the signals of Unix, or in another thread than the first, nothing is limited.
    """
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
