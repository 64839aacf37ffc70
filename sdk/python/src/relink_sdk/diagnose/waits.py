"""Where a rule finds out how long to wait."""

from __future__ import annotations

from collections.abc import Callable

from relink_sdk import documents, retry_after
from relink_sdk.contract.failure import Failure
from relink_sdk.retry_after import Unit

Wait = Callable[[Failure], int | None]

_DAY_MS = 86_400_000


def fixed(ms: int) -> Wait:
    """So long, unless the answer states a wait in the usual headers."""
    return lambda failure: _stated_or(failure, ms)


def in_header(name: str, unit: Unit) -> Wait:
    """What a header says that is not one of the usual ones."""
    return lambda failure: _parse(failure.header(name), unit, failure)


def in_json(pointer: str, unit: Unit) -> Wait:
    """What the body says."""
    return lambda failure: _parse(
        documents.scalar(documents.at(failure.json(), pointer)), unit, failure
    )


def until_utc_midnight(failure: Failure) -> int | None:
    """Until the quota's new day begins, unless the answer states a wait in the usual headers."""
    return _stated_or(failure, _DAY_MS - failure.now % _DAY_MS)


def _stated_or(failure: Failure, ms: int) -> int:
    stated = failure.retry_after_ms()
    return ms if stated is None else stated


def _parse(value: str | None, unit: Unit, failure: Failure) -> int | None:
    return None if value is None else retry_after.parse(value, unit, failure.now)
