"""Messages of the provider, and what they have to mean."""

from __future__ import annotations

from relink_sdk import forms
from relink_sdk.contract.enums import Phase
from relink_sdk.contract.failure import Failure
from relink_sdk.contract.inbound import Message, Signal
from relink_sdk.documents import Json
from relink_sdk.plugin import Plugin
from relink_sdk.testing.diff import differences
from relink_sdk.testing.expected import wrong_diagnosis
from relink_sdk.testing.fixture import Fixture
from relink_sdk.testing.limit import limited


def wrong_message(plugin: Plugin, fixture: Fixture, message: Message) -> list[str]:
    """What differs. Of a failed signal the host asks the rules, as here."""
    with limited("receive"):
        signals = plugin.signals_in(message)
    wrong = differences("signals", list(fixture.signals), [_shown(signal) for signal in signals])
    if fixture.diagnosis is None:
        return wrong
    failed = next((signal for signal in signals if signal.is_failure), None)
    if failed is None:
        return [*wrong, "there is a diagnosis, but no signal is failed"]
    with limited("classify"):
        diagnosis = plugin.classify(_failure(message, failed))
    return wrong + wrong_diagnosis(fixture.diagnosis, diagnosis)


def _shown(signal: Signal) -> dict[str, Json]:
    return {
        "subject": signal.subject,
        "account": signal.account,
        "event": "failed" if signal.is_failure else "restored",
        "at": signal.at,
    }


def _failure(message: Message, signal: Signal) -> Failure:
    """The failure that the host makes of a message."""
    query = forms.encode([(field.name, field.value) for field in message.query])
    return Failure(
        Phase.INBOUND,
        headers=message.headers,
        body=message.body,
        redirect_query=query or None,
        account=signal.account,
        now=message.now,
    )
