"""Lines for the operator's log, and the only thing that a plugin can say outside its results.

Natively, where tests run, the lines go to the standard error stream.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

Sink = Callable[[str, str], None]


def _to_stderr(severity: str, text: str) -> None:
    print(f"{severity}: {text}", file=sys.stderr)


_sink: Sink = _to_stderr


def debug(text: str) -> None:
    """Logs what only the plugin's author needs."""
    _sink("debug", text)


def info(text: str) -> None:
    """Logs something ordinary."""
    _sink("info", text)


def warn(text: str) -> None:
    """Logs something odd from which the plugin recovered."""
    _sink("warn", text)


def error(text: str) -> None:
    """Logs something at which somebody must look."""
    _sink("error", text)


def send_to(sink: Sink) -> Sink:
    """Sends all lines elsewhere, and gives back where they went before."""
    global _sink
    before, _sink = _sink, sink
    return before


def describe(error: BaseException) -> str:
    """An exception with the places that it came through.

    The module `traceback` reads source files, which a plugin cannot.
    """
    lines = [f"{type(error).__name__}: {error}"]
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        # How Python imports a module says nothing about the module.
        if not code.co_filename.startswith("<frozen importlib"):
            lines.append(f"  at {code.co_filename}:{trace.tb_lineno} in {code.co_qualname}")
        trace = trace.tb_next
    return "\n".join(lines)
