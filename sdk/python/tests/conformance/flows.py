"""Makes flows of what the suite says about them, and the plugin that they run in."""

from __future__ import annotations

from typing import Any

from relink_sdk import (
    Account,
    Column,
    Context,
    Each,
    Fetch,
    FinishedReport,
    Flow,
    Identity,
    Json,
    Operation,
    Plugin,
    Report,
    Request,
    Response,
    Table,
    documents,
    value_at,
)
from relink_sdk.testing.shape import members
from tests.conformance import blocks

Document = Any

THINGS = Table("things", "Things", [Column.text("id", "/id", key=True), Column.text("of", "/of")])


class Toy(Plugin):
    """The plugin of one flow."""

    def __init__(self, flow: Document, refused_at: str | None) -> None:
        """Takes the flow, and where an answer with status 200 holds an error."""
        super().__init__(
            id="toy",
            display_name="Toy",
            version="1.0.0",
            hosts=["toy.example"],
            auth=[blocks.auth({"bearer_key": "https://toy.example/help"})],
            tables=[THINGS],
        )
        self._made = flow_of(flow)
        self._refused_at = refused_at

    def flow(self, context: Context, operation: Operation) -> Flow:
        """The same flow, whatever the operation."""
        return self._made

    def refusal_in(self, answer: Response) -> str | None:
        """The error inside of a success."""
        if self._refused_at is None:
            return None
        found = value_at(answer.json(), self._refused_at)
        return None if found is None else documents.dump(found)


def flow_of(document: Document) -> Flow:
    """A flow."""
    match document:
        case {"nothing": True}:
            return Flow.nothing()
        case {"refused": why}:
            return Flow.refused(why)
        case {"sequence": flows}:
            return Flow.sequence(flow_of(flow) for flow in flows)
        case {"probe": request}:
            return Fetch.probe(blocks.request(request))
        case {"identity": request}:
            return Fetch.identity(blocks.request(request), _identity)
        case {"rows": _}:
            return _rows(document)
        case {"accounts": _}:
            return _accounts(document)
        case {"report": _}:
            return _report(document)
        case _:
            return _each(document)


def _identity(item: Json) -> Identity:
    return Identity(item["id"], item.get("name") or "")


def _account(item: Json) -> Account:
    return Account(item["id"], item.get("name") or "")


def _rows(document: Document) -> Fetch:
    slots: dict[str, Any] = {"rows": None, "items": None, "pages": None, "with": None}
    slots |= {"expand": None, "in_chunks": None}
    given = members("rows", document, slots)
    unrolled = given["expand"]
    return Fetch.rows(
        THINGS,
        blocks.request(given["rows"]),
        blocks.items(given["items"]),
        pages=blocks.pages(given["pages"]),
        expand=None if unrolled is None else lambda item: value_at(item, unrolled) or [],
        adding=given["with"],
        in_chunks=given["in_chunks"],
    )


def _accounts(document: Document) -> Fetch:
    given = members("accounts", document, {"accounts": None, "items": None, "pages": None})
    request, items = blocks.request(given["accounts"]), blocks.items(given["items"])
    return Fetch.accounts(request, items, _account, pages=blocks.pages(given["pages"]))


def _report(document: Document) -> Report:
    slots: dict[str, Any] = {"report": None, "id": None, "poll": None, "status": None}
    slots |= {"location": None, "poll_every_ms": 10_000, "give_up_after_ms": 3_600_000}
    slots |= {"download": None}
    given = members("report", document, slots)
    status = members("status", given["status"], {"pointer": None, "ready": [], "failed": []})
    download = given["download"]

    def made(report: FinishedReport) -> Fetch:
        return _rows(_replaced(download, "{location}", report.location))

    return Report(
        create=blocks.request(given["report"]),
        id=given["id"],
        poll=lambda job: Request.get(given["poll"].replace("{id}", job)),
        status=status["pointer"],
        ready=status["ready"],
        failed=status["failed"],
        location=given["location"],
        poll_every_ms=given["poll_every_ms"],
        give_up_after_ms=given["give_up_after_ms"],
        download=None if download is None else made,
    )


def _each(document: Document) -> Flow:
    slots: dict[str, Any] = {"each": None, "items": None, "pages": None, "keep": None}
    slots |= {"batches_of": None, "do": None}
    given = members("each", document, slots)
    listed = Each.listed(
        blocks.request(given["each"]),
        blocks.items(given["items"]),
        keep=lambda item: value_at(item, given["keep"]),
        pages=blocks.pages(given["pages"]),
    )
    return listed.batches_of(
        given["batches_of"],
        lambda batch: flow_of(_replaced(given["do"], "{batch}", documents.dump(batch))),
    )


def _replaced(document: Document, mark: str, text: str) -> Document:
    """The document with the mark replaced in all of its texts."""
    match document:
        case str():
            return document.replace(mark, text)
        case list():
            return [_replaced(item, mark, text) for item in document]
        case dict():
            return {name: _replaced(value, mark, text) for name, value in document.items()}
        case _:
            return document
