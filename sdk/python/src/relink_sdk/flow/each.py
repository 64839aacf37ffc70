"""A list first, and then a flow for each part of it: campaigns, then statistics of 20 at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relink_sdk.contract.exchange import Context
from relink_sdk.contract.request import Request
from relink_sdk.documents import Json
from relink_sdk.flow import harvest
from relink_sdk.flow.fetch import Fetch
from relink_sdk.flow.flow import Flow
from relink_sdk.flow.harvest import Read
from relink_sdk.flow.turn import WRONG_STATE, Happened, Position, Turn
from relink_sdk.items import Items
from relink_sdk.pages import Pages


@dataclass(frozen=True)
class Each(Flow):
    """Lists values, and then runs a flow for every so many of them.

    The values wait in the state, which holds 64 KiB, so keep no more of an item than its id.

    >>> from relink_sdk import Column, Table
    >>> stats = Table("stats", "Statistics", [Column.text("id", "/id", key=True)])
    >>> flow = Each.listed(
    ...     Request.get("https://api.acme.example/campaigns"),
    ...     Items.at("/data"),
    ...     keep=lambda campaign: campaign["id"],
    ... ).batches_of(
    ...     20,
    ...     lambda ids: Fetch.rows(
    ...         stats,
    ...         Request.get("https://api.acme.example/stats", query={"ids": ",".join(ids)}),
    ...         Items.at("/data"),
    ...     ),
    ... )
    """

    list: Fetch
    size: int
    make: Callable[[Sequence[Json]], Flow]

    @staticmethod
    def listed(
        request: Request, items: Items, keep: Read[Json], *, pages: Pages | None = None
    ) -> Listed:
        """Says what to list, and what to keep of each item."""
        return Listed(Fetch(request, items, harvest.values(keep), pages or Pages.one()))

    def start(self, context: Context) -> Turn:
        """Asks for the list."""
        return self.list.start(context).nested(lambda inner: {"list": inner, "waiting": []})

    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        """Goes on listing, or with the flow of a batch."""
        match position:
            case {"list": listing, "waiting": [*waiting]}:
                turn, values = self.list.go_on_with_values(listing, happened)
                waiting = [*waiting, *values]
                if turn.is_finished():
                    return turn.then(self._run_next(context, waiting))
                return turn.nested(lambda inner: {"list": inner, "waiting": waiting})
            case {"batch": [*batch], "waiting": [*waiting], "inner": inner}:
                turn = self.make(batch).go_on(context, inner, happened)
                if turn.is_finished():
                    return turn.then(self._run_next(context, waiting))
                return turn.nested(lambda inner: _running(batch, waiting, inner))
            case _:
                return Turn.failed(WRONG_STATE)

    def _run_next(self, context: Context, waiting: Sequence[Json]) -> Turn:
        """Starts the flow of the next batch; a batch with nothing to do is skipped."""
        turn = Turn.finished()
        while waiting and turn.is_finished():
            batch, waiting = waiting[: self.size], waiting[self.size :]
            turn = turn.then(self._started(context, batch, waiting))
        return turn

    def _started(self, context: Context, batch: Sequence[Json], waiting: Sequence[Json]) -> Turn:
        turn = self.make(batch).start(context)
        return turn.nested(lambda inner: _running(batch, waiting, inner))


@dataclass(frozen=True)
class Listed:
    """The first half of an `Each`: what to list."""

    list: Fetch

    def batches_of(self, size: int, make: Callable[[Sequence[Json]], Flow]) -> Each:
        """What to do with every `size` of the values."""
        return Each(self.list, max(1, size), make)

    def one_by_one(self, make: Callable[[Json], Flow]) -> Each:
        """What to do with each value."""
        return self.batches_of(1, lambda batch: make(batch[0]))


def _running(batch: Sequence[Json], waiting: Sequence[Json], inner: Position) -> Position:
    return {"batch": batch, "waiting": waiting, "inner": inner}
