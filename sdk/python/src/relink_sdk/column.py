"""One column of a table: where it lies in an item, and what kind of value it holds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from relink_sdk import days, documents, numerals
from relink_sdk.documents import Json

#: A unix time from here on counts milliseconds, since it is too large for seconds.
_FIRST_MS = 100_000_000_000
_MS_NANOS, _SECOND_NANOS = 1_000_000, 1_000_000_000
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class _Kind(Enum):
    """The kind of a column: JSON Schema's type and format."""

    TEXT = ("string", None)
    INTEGER = ("integer", None)
    NUMBER = ("number", None)
    BOOLEAN = ("boolean", None)
    DAY = ("string", "date")
    TIME = ("string", "date-time")
    JSON = (None, None)


@dataclass(frozen=True)
class Column:
    """One column of a `Table`.

    Providers write numbers as texts, ids as numbers and days in five ways; a column makes one form
    of them. What does not fit becomes null.

    >>> Column.integer("n", "/n").read({"n": "12"})
    12
    >>> Column.day("day", "/at").read({"at": 1_700_000_000})
    '2023-11-14'
    """

    name: str
    pointer: str
    kind: _Kind
    #: The column belongs to the primary key: an item without it is left out.
    key: bool = False
    factor: float = 1.0

    @staticmethod
    def text(name: str, pointer: str, *, key: bool = False) -> Column:
        """A text, or an id of whatever type."""
        return Column(name, pointer, _Kind.TEXT, key)

    @staticmethod
    def integer(name: str, pointer: str, *, key: bool = False, times: float = 1.0) -> Column:
        """A whole number, multiplied by `times`."""
        return Column(name, pointer, _Kind.INTEGER, key, times)

    @staticmethod
    def number(name: str, pointer: str, *, key: bool = False, times: float = 1.0) -> Column:
        """A number with a fraction, such as an amount of money: `times=1e-6` for micros."""
        return Column(name, pointer, _Kind.NUMBER, key, times)

    @staticmethod
    def boolean(name: str, pointer: str, *, key: bool = False) -> Column:
        """True or false."""
        return Column(name, pointer, _Kind.BOOLEAN, key)

    @staticmethod
    def day(name: str, pointer: str, *, key: bool = False) -> Column:
        """A calendar day, from `2024-05-01`, `20240501`, a date and time, or a unix time in UTC."""
        return Column(name, pointer, _Kind.DAY, key)

    @staticmethod
    def time(name: str, pointer: str, *, key: bool = False) -> Column:
        """A moment in RFC 3339, from RFC 3339 or a unix time."""
        return Column(name, pointer, _Kind.TIME, key)

    @staticmethod
    def json(name: str, pointer: str, *, key: bool = False) -> Column:
        """Whatever the provider sends, unchanged: lists and objects."""
        return Column(name, pointer, _Kind.JSON, key)

    def read(self, item: Json) -> Json:
        """The column's value in an item; None if there is none that fits."""
        value = documents.at(item, self.pointer)
        if self.kind is _Kind.JSON or value is None:
            return value
        text = documents.scalar(value)
        return None if text is None else _READERS[self.kind](text, self.factor)

    def schema(self) -> dict[str, Json]:
        """The column's JSON Schema."""
        type_name, type_format = self.kind.value
        if type_name is None:
            return {}
        schema: dict[str, Json] = {"type": type_name if self.key else [type_name, "null"]}
        if type_format is not None:
            schema["format"] = type_format
        return schema


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


_READERS: dict[_Kind, Callable[[str, float], Json]] = {
    _Kind.TEXT: _text,
    _Kind.INTEGER: _integer,
    _Kind.NUMBER: _number,
    _Kind.BOOLEAN: _boolean,
    _Kind.DAY: _day,
    _Kind.TIME: _time,
}
