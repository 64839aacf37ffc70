"""One column of a table: where it lies in an item, and what kind of value it holds."""

from __future__ import annotations

from dataclasses import dataclass

from relink_sdk import documents, kinds
from relink_sdk.documents import Json
from relink_sdk.kinds import Kind


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
    kind: Kind
    #: The column belongs to the primary key: an item without it is left out.
    key: bool = False
    factor: float = 1.0

    def __post_init__(self) -> None:
        documents.require_pointers(f'column "{self.name}"', self.pointer)

    @staticmethod
    def text(name: str, pointer: str, *, key: bool = False) -> Column:
        """A text, or an id of whatever type."""
        return Column(name, pointer, kinds.TEXT, key)

    @staticmethod
    def integer(name: str, pointer: str, *, key: bool = False, times: float = 1.0) -> Column:
        """A whole number, multiplied by `times`."""
        return Column(name, pointer, kinds.INTEGER, key, times)

    @staticmethod
    def number(name: str, pointer: str, *, key: bool = False, times: float = 1.0) -> Column:
        """A number with a fraction, such as an amount of money: `times=1e-6` for micros."""
        return Column(name, pointer, kinds.NUMBER, key, times)

    @staticmethod
    def boolean(name: str, pointer: str, *, key: bool = False) -> Column:
        """True or false."""
        return Column(name, pointer, kinds.BOOLEAN, key)

    @staticmethod
    def day(name: str, pointer: str, *, key: bool = False) -> Column:
        """A calendar day, from `2024-05-01`, `20240501`, a date and time, or a unix time in UTC."""
        return Column(name, pointer, kinds.DAY, key)

    @staticmethod
    def time(name: str, pointer: str, *, key: bool = False) -> Column:
        """A moment in RFC 3339, from RFC 3339 or a unix time."""
        return Column(name, pointer, kinds.TIME, key)

    @staticmethod
    def json(name: str, pointer: str, *, key: bool = False) -> Column:
        """Whatever the provider sends, unchanged: lists and objects."""
        return Column(name, pointer, kinds.JSON, key)

    def read(self, item: Json) -> Json:
        """The column's value in an item; None if there is none that fits."""
        return self.kind.read(documents.at(item, self.pointer), self.factor)

    def schema(self) -> dict[str, Json]:
        """The column's JSON Schema."""
        return self.kind.schema(nullable=not self.key)
