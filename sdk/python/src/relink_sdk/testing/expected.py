"""What a fixture expects to come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from relink_sdk import documents
from relink_sdk.contract.exchange import Account, Found, Identity, Rows
from relink_sdk.contract.failure import Diagnosis
from relink_sdk.documents import Json
from relink_sdk.testing.diff import differences
from relink_sdk.testing.shape import members

_DIAGNOSIS = {**{field.name: None for field in fields(Diagnosis)}, "message_contains": None}


def wrong_diagnosis(expected: Json, found: Diagnosis) -> list[str]:
    """What differs from a diagnosis; what is not named may be anything."""
    wanted = members("diagnosis", expected, dict(_DIAGNOSIS))
    document = {field.name: _plain(getattr(found, field.name)) for field in fields(Diagnosis)}
    part = wanted.pop("message_contains")
    wrong = [
        difference
        for name, value in wanted.items()
        if value is not None
        for difference in differences(name, value, document[name])
    ]
    if part is not None and part not in found.message:
        wrong += [f"message:\n  expected  … {part} …\n  found     {found.message}"]
    return wrong


def wrong_findings(expected: dict[str, Json], found: Iterable[Found]) -> list[str]:
    """What differs from what a flow has to find."""
    rows: list[Json] = []
    accounts: list[Json] = []
    identity: Json = None
    for finding in found:
        match finding:
            case Rows():
                rows += [documents.parse(line.encode()) for line in finding.rows.splitlines()]
            case Identity():
                identity = _members(finding)
            case Account():
                accounts.append(_members(finding))
    return [
        *differences("rows", expected["rows"], rows),
        *differences("identity", expected["identity"], identity),
        *differences("accounts", expected["accounts"], accounts),
    ]


def _members(finding: Identity | Account) -> dict[str, Json]:
    return {field.name: getattr(finding, field.name) for field in fields(finding)}


def _plain(value: Json) -> Json:
    """An enum by its name in the contract."""
    return getattr(value, "value", value)
