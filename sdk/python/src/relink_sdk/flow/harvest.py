"""What is made of the items that a fetch brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from relink_sdk import documents, log
from relink_sdk.contract.exchange import Account, Found, Identity, Rows
from relink_sdk.documents import Json
from relink_sdk.table import Table

T = TypeVar("T")
Read = Callable[[Json], T | None]

#: What reading an item of another shape raises: `me["id"]` of a list, or where there is no id.
_OF_ANOTHER_SHAPE = (LookupError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True)
class Crop:
    """What one page brought."""

    found: Sequence[Found] = ()
    #: Values for an `Each` flow.
    values: Sequence[Json] = ()


Harvest = Callable[[Sequence[Json]], Crop]


def nothing(_: Sequence[Json]) -> Crop:
    """That there was an answer is all that counts."""
    return Crop()


def rows(table: Table) -> Harvest:
    """Rows of a dataset."""

    def reap(items: Sequence[Json]) -> Crop:
        lines = [documents.dump(row) for row in map(table.row, items) if row is not None]
        if len(lines) < len(items):
            left_out = len(items) - len(lines)
            log.warn(f"{left_out} items of {table.name} have no key and were left out")
        if not lines:
            return Crop()
        return Crop(found=[Rows(table.name, "\n".join(lines) + "\n")])

    return reap


def identity(read: Read[Identity]) -> Harvest:
    """Who authorized; a `ValueError` if no item says so."""

    def reap(items: Sequence[Json]) -> Crop:
        for item in items:
            identity = _read(read, item)
            if identity is not None and _is_text(identity.subject, identity.label):
                return Crop(found=[identity])
        raise ValueError("the answer does not say who authorized")

    return reap


def accounts(read: Read[Account]) -> Harvest:
    """The accounts that the authorization can see."""

    def reap(items: Sequence[Json]) -> Crop:
        accounts = (_read(read, item) for item in items)
        return Crop(
            found=[found for found in accounts if found and _is_text(found.id, found.label)]
        )

    return reap


def values(read: Read[Json]) -> Harvest:
    """Values for an `Each` flow."""

    def reap(items: Sequence[Json]) -> Crop:
        values = (_read(read, item) for item in items)
        return Crop(values=[value for value in values if value is not None])

    return reap


def _is_text(*values: Json) -> bool:
    """Items come from outside, so what a reader takes from them may be of any type."""
    others = [value for value in values if not isinstance(value, str)]
    if others:
        log.debug(f"an item was left out: {others[0]!r} is no text")
    return not others


def _read(read: Read[T], item: Json) -> T | None:
    """Reads an item; one of another shape gives nothing, so that authors may write `me["id"]`."""
    try:
        return read(item)
    except _OF_ANOTHER_SHAPE as error:
        log.debug(f"an item was left out: {type(error).__name__}: {error}")
        return None
