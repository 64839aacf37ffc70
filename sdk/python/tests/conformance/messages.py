"""Makes the plugins of messages and states of what the suite says about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relink_sdk import (
    Flow,
    Hmac,
    Inbound,
    Message,
    Plugin,
    Signal,
    Source,
    documents,
    value_at,
)
from relink_sdk.testing.shape import members
from tests.conformance import blocks
from tests.conformance.rules import rule_of

Document = Any


def messenger(receive: Document, rules: Document) -> Plugin:
    """The plugin of a message; without `receive`, no message means anything to it."""
    inbound = Inbound("Webhook URL", Hmac(secret="secret", signature=Source("x-signature")))
    plugin = _toy(errors=[rule_of(rule) for rule in rules], inbound=receive and inbound)
    if receive is not None:
        plugin.receive(lambda message: _signals(receive, message))
    return plugin


def migrating(marks: dict[str, str] | None) -> Plugin:
    """The plugin that takes over states of some versions, each with a mark before it."""
    plugin = _toy()
    if marks is not None:
        known = marks

        @plugin.migrate
        def migrate(version: str, state: bytes) -> bytes | None:
            return known[version].encode() + state if version in known else None

    return plugin


def _toy(**more: Any) -> Plugin:
    auth = [blocks.auth({"bearer_key": "https://toy.example/help"})]
    hosts = ["toy.example"]
    plugin = Plugin(id="toy", display_name="Toy", version="1.0.0", hosts=hosts, auth=auth, **more)
    plugin.probe(lambda _: Flow.nothing())
    return plugin


def _signals(receive: Document, message: Message) -> Iterator[Signal]:
    for document in receive:
        slots = {"subject": None, "account": None, "event": None, "at": None}
        given = members("receive", document, slots)
        about = "account" if given["subject"] is None else "subject"
        found = documents.scalar(value_at(message.json(), given[about]))
        at = None if given["at"] is None else value_at(message.json(), given["at"])
        make = Signal.failed if given["event"] == "failed" else Signal.restored
        if found is not None:
            yield make(**{about: found}, at=at)
