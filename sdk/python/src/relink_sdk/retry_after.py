"""How long to wait, in all the forms in which providers say it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from relink_sdk import days, numerals

#: Headers that carry the reset of a limit, the most authoritative first. Some providers send them
#: with every answer, so they say to wait only where the limit is what failed.
_RESETS = (
    "x-rate-limit-reset",
    "x-ratelimit-reset",
    "x-ratelimit-reset-after",
    "ratelimit-reset",
    "x-rate-limit-time-reset-ms",
    "x-ratelimit-reset-ms",
)
_REMAINING = ("x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining")

#: Numbers from here on cannot be a number of seconds to wait; they are moments.
_FIRST_EPOCH_SECOND, _FIRST_EPOCH_MS = 1e9, 1e12


class Unit(Enum):
    """The unit of a number that says how long to wait."""

    SECONDS = 1_000
    """As in `Retry-After: 30`."""
    MILLISECONDS = 1
    """As in `x-rate-limit-time-reset-ms: 15000`."""
    MINUTES = 60_000
    """As in Meta's `estimated_time_to_regain_access`."""


def from_headers(status: int | None, headers: Sequence[tuple[str, str]], now: int) -> int | None:
    """Finds a wait in the headers of an answer, in milliseconds from `now`."""
    asked = _value_of(headers, "retry-after")
    wait = None if asked is None else parse(asked, Unit.SECONDS, now)
    if wait is None and _is_limited(status, headers):
        return _from_resets(headers, now)
    return wait


def parse(text: str, unit: Unit, now: int) -> int | None:
    """Reads one value: a number, a number with a unit letter, or a date."""
    text = text.strip()
    digits = text
    if text.endswith("ms"):
        digits, unit = text[:-2], Unit.MILLISECONDS
    elif text.endswith("s"):
        digits, unit = text[:-1], Unit.SECONDS
    number = numerals.finite(digits.strip())
    if number is None:
        at_ms = _moment(text)
        return None if at_ms is None else max(0, at_ms - now)
    return _wait_of_number(number, unit, now) if number >= 0 else None


def _wait_of_number(number: float, unit: Unit, now: int) -> int:
    if number >= _FIRST_EPOCH_MS:
        wait = _as_u64(number) - now
    elif number >= _FIRST_EPOCH_SECOND:
        wait = _as_u64(number * 1000) - now
    else:
        wait = numerals.rounded(number * unit.value)
    return max(0, wait)


def _as_u64(number: float) -> int:
    """A huge finite number may overflow when it is multiplied; the largest moment is far enough."""
    return int(min(number, float(numerals.U64_MAX)))


def _moment(text: str) -> int | None:
    """A date as RFC 9110 or ISO 8601 write it, in unix milliseconds; None before 1970."""
    nanos = days.parse_moment(text)
    at_ms = days.parse_http_date(text) if nanos is None else nanos // 1_000_000
    return at_ms if at_ms is not None and at_ms >= 0 else None


def _from_resets(headers: Sequence[tuple[str, str]], now: int) -> int | None:
    for name in _RESETS:
        unit = Unit.MILLISECONDS if name.endswith("-ms") else Unit.SECONDS
        value = _value_of(headers, name)
        wait = None if value is None else parse(value, unit, now)
        if wait is not None:
            return wait
    return None


def _is_limited(status: int | None, headers: Sequence[tuple[str, str]]) -> bool:
    """Some providers answer a used-up limit with 403 instead of 429 (RFC 6585)."""
    return status in (403, 429) or any(_value_of(headers, name) == "0" for name in _REMAINING)


def _value_of(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    return next((value.strip() for key, value in headers if key.lower() == name), None)
