"""How one page leads to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from relink_sdk import documents, numerals
from relink_sdk.contract.exchange import Response
from relink_sdk.contract.request import Request
from relink_sdk.documents import Json

#: Which page is to be fetched, and how the paginator calls it; None is the first one. It is a list,
#: since it becomes part of the stored state.
Page = list[str | int] | None


@dataclass(frozen=True)
class _Answered:
    """What a paginator knows when it looks for the next page."""

    page: Page
    response: Response
    document: Json
    items: Sequence[Json]


_FindNext = Callable[["Pages", _Answered], Page]


@dataclass(frozen=True)
class Pages:
    """A way of paging.

    >>> hubspot_like = Pages.token("/paging/next/after", in_query="after")
    >>> copper_like = Pages.number(1, 200, in_body="/page_number")
    >>> linkedin_like = Pages.offset(100, in_query="start", total="/paging/total")
    >>> github_like = Pages.link_header()
    >>> stripe_like = Pages.last_item("/id", in_query="starting_after", only_if="/has_more")

    Of the keywords that they share, `in_query` names the parameter and `in_body` the JSON pointer
    into the body that takes the token, number, offset or id; `only_if` is a pointer at which the
    answer must hold something that is not false, null, empty or zero; `total` is where the number
    of all items stands, and then a short page is not taken for the last one.
    """

    find_next: _FindNext
    in_query: str = ""
    in_body: str | None = None
    only_if: str | None = None
    total: str | None = None

    def __post_init__(self) -> None:
        documents.require_pointers("Pages", self.in_body, self.only_if, self.total)

    @staticmethod
    def one() -> Pages:
        """The answer is complete: there is no next page."""
        return Pages(lambda _, __: None)

    @staticmethod
    def token(
        pointer: str,
        *,
        in_query: str = "page_token",
        in_body: str | None = None,
        only_if: str | None = None,
    ) -> Pages:
        """The answer holds the token of the next page at a JSON pointer."""
        documents.require_pointers("Pages.token", pointer)
        return Pages(lambda _, seen: _named("token", seen, pointer), in_query, in_body, only_if)

    @staticmethod
    def next_url(pointer: str, *, only_if: str | None = None) -> Pages:
        """The answer holds the address of the next page at a JSON pointer."""
        documents.require_pointers("Pages.next_url", pointer)
        return Pages(lambda _, seen: _named("url", seen, pointer), only_if=only_if)

    @staticmethod
    def number(
        first: int,
        size: int,
        *,
        in_query: str = "page",
        in_body: str | None = None,
        only_if: str | None = None,
        total: str | None = None,
    ) -> Pages:
        """Pages are numbered from `first`; a page of fewer than `size` items is the last one."""

        def find_next(pages: Pages, seen: _Answered) -> Page:
            number = _count(seen.page, "number", first)
            is_more = pages._has_more(seen, size, (max(0, number - first) + 1) * size)
            return ["number", number + 1] if is_more else None

        return Pages(find_next, in_query, in_body, only_if, total)

    @staticmethod
    def offset(
        size: int,
        *,
        in_query: str = "offset",
        in_body: str | None = None,
        only_if: str | None = None,
        total: str | None = None,
    ) -> Pages:
        """The next page starts at an offset; a page of fewer than `size` items is the last one."""

        def find_next(pages: Pages, seen: _Answered) -> Page:
            offset = _count(seen.page, "offset", 0) + len(seen.items)
            return ["offset", offset] if pages._has_more(seen, size, offset) else None

        return Pages(find_next, in_query, in_body, only_if, total)

    @staticmethod
    def link_header(*, only_if: str | None = None) -> Pages:
        """The `Link` header names the next page (RFC 8288)."""

        def find_next(_: Pages, seen: _Answered) -> Page:
            url = _next_link(seen.response.header("link") or "")
            return None if url is None else ["url", url]

        return Pages(find_next, only_if=only_if)

    @staticmethod
    def last_item(
        pointer: str,
        *,
        in_query: str = "after",
        in_body: str | None = None,
        only_if: str | None = None,
    ) -> Pages:
        """The next page begins behind the last item, whose id lies at a JSON pointer in it.

        A page without items is the last one; `only_if` saves the request for it.
        """

        documents.require_pointers("Pages.last_item", pointer)

        def find_next(_: Pages, seen: _Answered) -> Page:
            return _behind(seen.items[-1], pointer) if seen.items else None

        return Pages(find_next, in_query, in_body, only_if)

    def request(self, first: Request, page: Page) -> Request:
        """The request for a page, made of the request for the first one."""
        if page is None:
            return first
        kind, value = page
        if kind == "url":
            return replace(first, url=str(value))
        if self.in_body is not None:
            return first.with_body_value(self.in_body, value)
        return first.with_query({self.in_query: value})

    def next(self, page: Page, response: Response, document: Json, items: Sequence[Json]) -> Page:
        """The page after this one, if there is one; a `ValueError` if it is the same again."""
        if self.only_if is not None and not _is_truthy(documents.at(document, self.only_if)):
            return None
        following = self.find_next(self, _Answered(page, response, document, items))
        if following is not None and following == page:
            raise ValueError("the next page is the same page again")
        return following

    def _has_more(self, answered: _Answered, size: int, seen: int) -> bool:
        """An empty page is always the last one, so a wrong total cannot make it run for ever."""
        total: Json = None if self.total is None else documents.at(answered.document, self.total)
        count = len(answered.items)
        return count > 0 and (seen < total if _is_count(total) else count >= size)


def _named(kind: str, answered: _Answered, pointer: str) -> Page:
    text = _token_at(answered.document, pointer)
    return None if text is None else [kind, text]


def _behind(item: Json, pointer: str) -> Page:
    """Pages must not end quietly where an item is not what was expected."""
    text = _token_at(item, pointer)
    if text is None:
        raise ValueError("the last item has no id to go on from")
    return ["token", text]


def _token_at(document: Json, pointer: str) -> str | None:
    text = documents.scalar(documents.at(document, pointer))
    return text if text and text != "false" else None


def _is_truthy(value: Json) -> bool:
    """An object is something, even without members."""
    return isinstance(value, dict) or bool(value)


def _count(page: Page, kind: str, first: int) -> int:
    return page[1] if page is not None and page[0] == kind and isinstance(page[1], int) else first


def _is_count(value: Json) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 <= value <= numerals.U64_MAX


def _next_link(header: str) -> str | None:
    """The target of `rel="next"`; addresses may contain commas, so the brackets delimit them."""
    for link in header.split("<")[1:]:
        url, bracket, parameters = link.partition(">")
        if bracket and any(map(_is_next, parameters.replace(",", ";").split(";"))):
            return url
    return None


def _is_next(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    relations = value.strip().strip('"').split(" ")
    return name.strip().lower() == "rel" and any(rel.lower() == "next" for rel in relations)
