"""Puts a plugin behind the functions that a component exports. It runs in the sandbox alone.

It is imported while the component is built. What happens here happens once, before the memory of
the interpreter is frozen into the component; each call then starts from that memory.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOBase
from typing import Any

# Made by componentize-py while the component is built.
from wit_world.imports import diag, types  # type: ignore[import-not-found]

from relink_sdk import log, sealed
from relink_sdk.boundary.from_host import FromHost
from relink_sdk.boundary.to_host import ToHost
from relink_sdk.contract.enums import Phase
from relink_sdk.contract.exchange import Context, Probe, Start
from relink_sdk.contract.failure import Failure
from relink_sdk.plugin import Plugin

#: After so many calls the interpreter has specialized the code for what it meets.
_REHEARSALS = 20
_FROM_HOST, _TO_HOST = FromHost(types), ToHost(types)


def exported(plugin: Plugin) -> type:
    """The class that `componentize-py` looks for in the module of the component."""
    descriptor = _TO_HOST.descriptor(plugin.describe())
    _rehearse(plugin)
    log.send_to(_to_operator)
    sys.stdout = sys.stderr = _Printed()
    # An instance answers one call, so what it leaves behind need not be collected.
    gc.collect()
    gc.freeze()
    gc.disable()

    class Provider:
        def describe(self) -> Any:
            return descriptor

        def classify(self, failure: Any) -> Any:
            sealed.seal()
            return _TO_HOST.diagnosis(plugin.classify(_FROM_HOST.failure(failure)))

        def step(self, context: Any, state: bytes, event: Any) -> Any:
            return _told(lambda: _stepped(plugin, context, state, event))

        def migrate(self, version: str, state: bytes) -> Any:
            return _told(lambda: plugin.take_over(version, state))

        def receive(self, message: Any) -> Any:
            return _told(lambda: _received(plugin, message))

    return Provider


def _stepped(plugin: Plugin, context: Any, state: bytes, event: Any) -> Any:
    taken = _FROM_HOST.context(context), state, _FROM_HOST.event(event)
    return _TO_HOST.step_out(plugin.step(*taken))


def _received(plugin: Plugin, message: Any) -> Any:
    signals = plugin.signals_in(_FROM_HOST.message(message))
    return [_TO_HOST.messages.signal(signal) for signal in signals]


def _told(call: Callable[[], Any]) -> Any:
    """A trap carries no text, so the text goes to the operator's log before it."""
    sealed.seal()
    try:
        return call()
    except Exception as error:
        log.error(log.describe(error))
        raise


def _rehearse(plugin: Plugin) -> None:
    """Fills the interpreter's caches while the component is built, not once more in each call."""
    bodies = (b'{"error":"invalid_token"}', b"<html>", b"error=a&b=%20")
    for _ in range(_REHEARSALS):
        for body in bodies:
            for phase in Phase:
                _TO_HOST.diagnosis(plugin.classify(Failure(phase, status=401, body=body)))
        # A probe may need settings, which there are none of yet; then it is not rehearsed.
        with suppress(Exception):
            _TO_HOST.step_out(plugin.step(Context(now=0), b"", Start(Probe())))


def _to_operator(severity: str, text: str) -> None:
    # Modules lie under this path while the component is built.
    diag.log(diag.Severity[severity.upper()], text.replace(" /0/", " src/"))


class _Printed(TextIOBase):
    """Takes what is printed: in the sandbox there is no stream, and writing to one would trap."""

    def __init__(self) -> None:
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            log.debug(line)
        return len(text)
