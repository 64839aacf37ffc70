"""The kinds of columns: what each one reads from a value, and what its JSON Schema says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from relink_sdk import days, documents, numerals
from relink_sdk.documents import Json

#: A unix time from here on counts milliseconds, since it is too large for seconds.
_FIRST_MS = 100_000_000_000
_MS_NANOS, _SECOND_NANOS = 1_000_000, 1_000_000_000
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

#: Makes a value of a text and the factor of the column; None if the text does not fit.
_Reader = Callable[[str, float], Json]


@dataclass(frozen=True)
class Kind:
    """What kind of value a column holds."""

    #: JSON Schema's type and format; without a type, the value is taken unchanged.
    type_name: str | None
    type_format: str | None
    reader: _Reader
    #: Values of this type have the form of the column already, as most values have.
    fitting: type | None = None

    def read(self, value: Json, factor: float) -> Json:
        """The value in the form of the column; None if it does not fit."""
        if value is None or self.type_name is None:
            return value
        if type(value) is self.fitting and factor == 1.0 and _is_short(value):
            return value
        text = documents.scalar(value)
        return None if text is None else self.reader(text, factor)

    def schema(self, *, nullable: bool) -> dict[str, Json]:
        """The JSON Schema of a column of this kind."""
        if self.type_name is None:
            return {}
        schema: dict[str, Json] = {"type": [self.type_name, "null"] if nullable else self.type_name}
        if self.type_format is not None:
            schema["format"] = self.type_format
        return schema


def _is_short(value: Json) -> bool:
    """Whole numbers have 64 bits; Python's may have more."""
    return type(value) is not int or numerals.I64_MIN <= value <= numerals.I64_MAX


def _text(text: str, _: float) -> str:
    return text


def _integer(text: str, factor: float) -> int | None:
    """Whole numbers keep all their digits; a float is rounded."""
    exact = numerals.integer(text.strip())
    if exact is not None and abs(factor - 1.0) <= sys.float_info.epsilon:
        return exact
    number = _number(text, factor)
    if number is None:
        return None
    return numerals.clamped(numerals.rounded(number), numerals.I64_MIN, numerals.I64_MAX)


def _number(text: str, factor: float) -> float | None:
    number = numerals.finite(text.strip().rstrip("%").replace(",", ""))
    product = None if number is None else number * factor
    return product if product is not None and abs(product) <= sys.float_info.max else None


def _boolean(text: str, _: float) -> bool | None:
    return _TRUTHS.get(text.lower())


def _day(text: str, _: float) -> str | None:
    text = text.strip()
    if len(text) == 8 and text.isascii() and text.isdigit():
        number = days.parse(text)
        return None if number is None else days.text(number)
    nanos = _unix_nanos(text)
    moment = None if nanos is None else days.moment_text(nanos)
    if moment is not None:
        return moment.partition("T")[0]
    # The day as the provider writes it, in the account's own time zone.
    number = days.parse(text[:10]) if len(text) >= 10 else None
    return None if number is None else days.text(number)


def _time(text: str, _: float) -> str | None:
    text = text.strip()
    nanos = _unix_nanos(text)
    moment = None if nanos is None else days.moment_text(nanos)
    if moment is not None:
        return moment
    nanos = days.parse_moment(text)
    return None if nanos is None else days.moment_text(nanos)


def _unix_nanos(text: str) -> int | None:
    """Nanoseconds since 1970, from seconds or, where these would be too many, milliseconds."""
    number = numerals.integer(text)
    if number is None:
        return None
    return number * (_MS_NANOS if abs(number) >= _FIRST_MS else _SECOND_NANOS)


TEXT = Kind("string", None, _text, str)
INTEGER = Kind("integer", None, _integer, int)
NUMBER = Kind("number", None, _number, float)
BOOLEAN = Kind("boolean", None, _boolean, bool)
DAY = Kind("string", "date", _day)
TIME = Kind("string", "date-time", _time)
JSON = Kind(None, None, _text)
