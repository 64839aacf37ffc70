"""One request, its further pages, and what is made of the items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from relink_sdk import items as items_module
from relink_sdk.contract.exchange import Account, Context, Identity, Response
from relink_sdk.contract.request import Chunks, Request
from relink_sdk.contract.step import Receive
from relink_sdk.documents import Json
from relink_sdk.flow import harvest
from relink_sdk.flow.flow import Flow
from relink_sdk.flow.harvest import Crop, Harvest, Read
from relink_sdk.flow.turn import WRONG_STATE, Do, Finished, Happened, Position, Turn
from relink_sdk.items import Items
from relink_sdk.pages import Page, Pages
from relink_sdk.table import Table

Expand = Callable[[Json], Sequence[Json]]
_DOCUMENT = Items.at("")


@dataclass(frozen=True)
class Fetch(Flow):
    """One request and what is made of its answers, page by page.

    Make it with `Fetch.probe`, `Fetch.rows`, `Fetch.identity` or `Fetch.accounts`.
    """

    request: Request
    items: Items
    reap: Harvest
    pages: Pages = field(default_factory=Pages.one)
    expand: Sequence[Expand] = ()

    @staticmethod
    def probe(request: Request) -> Fetch:
        """A request of which only the success counts."""
        return Fetch(request, _DOCUMENT, harvest.nothing)

    @staticmethod
    def rows(
        table: Table,
        request: Request,
        items: Items,
        *,
        pages: Pages | None = None,
        expand: Expand | None = None,
        adding: Mapping[str, Json] | None = None,
        in_chunks: int | None = None,
    ) -> Fetch:
        """Rows of a dataset.

        - `expand` turns each item into those that the table reads: it unrolls lists, or drops an
          item by giving nothing back.
        - `adding` adds members to each of these that only the request knows, such as the account.
        - `in_chunks` lets the host cut a large answer into chunks of at most so many bytes at the
          borders of items. Such an answer has no further pages.
        """
        if in_chunks is not None:
            request = replace(request, deliver=Chunks(items.framing, in_chunks))
            pages = None
        return Fetch(
            request, items, harvest.rows(table), pages or Pages.one(), _steps(expand, adding)
        )

    @staticmethod
    def identity(request: Request, read: Read[Identity]) -> Fetch:
        """Who authorized, read from the JSON document of the answer.

        >>> me = Request.get("https://api.acme.example/me")
        >>> who = Fetch.identity(me, lambda me: Identity(me["id"], me["email"]))
        """
        return Fetch(request, _DOCUMENT, harvest.identity(read))

    @staticmethod
    def accounts(
        request: Request,
        items: Items,
        read: Read[Account],
        *,
        pages: Pages | None = None,
        expand: Expand | None = None,
        adding: Mapping[str, Json] | None = None,
    ) -> Fetch:
        """The accounts that the authorization can see, one per item; `expand` as in `rows`."""
        reap = harvest.accounts(read)
        return Fetch(request, items, reap, pages or Pages.one(), _steps(expand, adding))

    def start(self, context: Context) -> Turn:
        """Sends the first request."""
        return self._send(None)

    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        """Takes an answer."""
        return self.go_on_with_values(position, happened)[0]

    def go_on_with_values(
        self, position: Position, happened: Happened
    ) -> tuple[Turn, Sequence[Json]]:
        """Like `go_on`, and gives the values of a page to an `Each` flow."""
        if not _is_position(position):
            return Turn.failed(WRONG_STATE), []
        if happened is None:
            # The answer of which some chunks were taken is read again from its start: rows have
            # keys, so taking them twice does no harm.
            return self._send(position["page"]), []
        try:
            turn, crop = self._take(position, happened)
        except ValueError as error:
            return Turn.failed(str(error)), []
        return turn, crop.values

    def _send(self, page: Page) -> Turn:
        return Turn.send({"page": page, "header": None}, self.pages.request(self.request, page))

    def _take(self, position: Position, answer: Response) -> tuple[Turn, Crop]:
        if isinstance(self.request.deliver, Chunks):
            return self._take_chunk(position, answer)
        document, items = self._read(answer)
        crop = self.reap(self._expanded(items))
        page = self.pages.next(position["page"], answer, document, items)
        turn = Turn.finished() if page is None else self._send(page)
        return Turn(turn.course, crop.found), crop

    def _take_chunk(self, position: Position, answer: Response) -> tuple[Turn, Crop]:
        items: list[Json] = []
        header = position["header"]
        if answer.body:
            items, header = self.items.decode_chunk(answer.body, header)
        crop = self.reap(self._expanded(items))
        after = Do({"page": position["page"], "header": header}, Receive())
        return Turn(after if answer.more else Finished(), crop.found), crop

    def _read(self, answer: Response) -> tuple[Json, list[Json]]:
        """The document, for the paginator, and its items. An empty answer has none of either."""
        if not answer.body or self.reap is harvest.nothing:
            return None, []
        if not self.items.are_in_a_document():
            return None, self.items.decode(answer.body)
        document = items_module.parse(answer.body)
        return document, self.items.items_of(document)

    def _expanded(self, items: Sequence[Json]) -> Sequence[Json]:
        for expand in self.expand:
            items = [expanded for item in items for expanded in expand(item)]
        return items


def _steps(expand: Expand | None, adding: Mapping[str, Json] | None) -> list[Expand]:
    return [*([expand] if expand else []), *([_adder(adding)] if adding else [])]


def _adder(added: Mapping[str, Json]) -> Expand:
    return lambda item: [{**item, **added} if isinstance(item, dict) else item]


def _is_position(position: Position) -> bool:
    match position:
        case {"page": None | [str(), str() | int()], "header": None | list()}:
            return True
        case _:
            return False
