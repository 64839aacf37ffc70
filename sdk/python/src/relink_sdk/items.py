"""From the bytes of an answer to items."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from relink_sdk import documents
from relink_sdk.contract.request import Csv, Framing, JsonItems, Lines
from relink_sdk.documents import Json

_UTF_8_MARK = b"\xef\xbb\xbf"

# An answer is bounded by the host; a limit of cells would only lose data.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Items:
    r"""How the items lie in an answer: `Items.at("/data")`, `Items.lines()` or `Items.csv(",")`.

    >>> Items.at("/data/deals").decode(b'{"data":{"deals":[{"id":1},{"id":2}]}}')
    [{'id': 1}, {'id': 2}]
    >>> Items.csv(",").decode(b"id,name\n1,Ann\n")
    [{'id': '1', 'name': 'Ann'}]
    """

    framing: Framing

    @staticmethod
    def at(pointer: str) -> Items:
        """The JSON array at this pointer; `""` is the document itself.

        A document that is no array there counts as one item if it is an object, and as none if it
        is null or missing.
        """
        documents.require_pointers("Items.at", pointer)
        return Items(JsonItems(pointer))

    @staticmethod
    def lines() -> Items:
        """One JSON object per line."""
        return Items(Lines())

    @staticmethod
    def csv(delimiter: str = ",", *, skipping_lines: int = 0) -> Items:
        """Lines of a table with a header; each item is an object of texts.

        `skipping_lines` leaves out so many lines that stand before the header.
        """
        return Items(Csv(delimiter, True, skipping_lines))

    def decode(self, body: bytes) -> list[Json]:
        """Reads the items of a whole answer; a `ValueError` says why there are none."""
        match self.framing:
            case JsonItems():
                return self.items_of(parse(body))
            case Csv(delimiter=delimiter, skip_lines=lines):
                return _decode_csv(_after_lines(body, lines), delimiter, None)[0]
            case _:
                return [parse(line) for line in body.split(b"\n") if line.strip()]

    def decode_chunk(
        self, body: bytes, header: list[str] | None
    ) -> tuple[list[Json], list[str] | None]:
        """Reads the items of one chunk, and gives back the header for the next one.

        A CSV header is remembered from the first chunk on, so it may or may not be repeated in the
        later ones.
        """
        match self.framing:
            case JsonItems():
                items = parse(body)
                if not isinstance(items, list):
                    raise ValueError("the answer has no list where one was expected")
                return items, header
            case Csv(delimiter=delimiter):
                return _decode_csv(body, delimiter, header)
            case _:
                return self.decode(body), header

    def are_in_a_document(self) -> bool:
        """The items are part of one JSON document, in which the next page may be named too."""
        return isinstance(self.framing, JsonItems)

    def items_of(self, document: Json) -> list[Json]:
        """The items of a document."""
        if not isinstance(self.framing, JsonItems):
            return []
        found = documents.at(document, self.framing.pointer)
        if isinstance(found, list):
            return found
        return [found] if isinstance(found, dict) else []


def parse(body: bytes) -> Json:
    """Reads a document of an answer; a `ValueError` says in the log's words why it is none."""
    try:
        return documents.parse(body)
    except ValueError as error:
        raise ValueError(f"the answer is no JSON: {error}") from error


def _after_lines(body: bytes, lines: int) -> bytes:
    for _ in range(lines):
        body = body.partition(b"\n")[2]
    return body


def _decode_csv(
    body: bytes, delimiter: str, header: list[str] | None
) -> tuple[list[Json], list[str] | None]:
    if len(delimiter) != 1 or not delimiter.isascii():
        raise ValueError("the delimiter is no ASCII character")
    text = body.removeprefix(_UTF_8_MARK).decode("utf-8", "replace")
    items: list[Json] = []
    for cells in _records(text, delimiter):
        if header is None:
            header = cells
        elif header != cells:
            items.append(dict(zip(header, cells, strict=False)))
    return items, header


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        # Empty lines are no records.
        yield from filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(f"the answer is no CSV: {error}") from error
