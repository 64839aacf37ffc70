"""A report job: ask for it, wait until it is made, download it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from relink_sdk import documents
from relink_sdk.contract.exchange import Context, Response
from relink_sdk.contract.request import Request
from relink_sdk.contract.step import WaitMs
from relink_sdk.flow.fetch import Fetch
from relink_sdk.flow.flow import Flow
from relink_sdk.flow.turn import WRONG_STATE, Do, Happened, Position, Turn


@dataclass(frozen=True)
class FinishedReport:
    """A report that is ready."""

    #: What the provider called the job.
    id: str
    #: Where the report lies, if `Report(location=...)` was named; empty otherwise.
    location: str


@dataclass(frozen=True, kw_only=True)
class Report(Flow):
    """A report that the provider makes in its own time.

    `create` starts the job, and its answer holds the job's id at the pointer `id`; `poll` makes the
    request that asks how far it is, whose answer holds the status at the pointer `status`. A status
    among `ready` or `failed` ends the wait, case does not count; all others mean that the report is
    still being made. `download` makes the fetch of the report once it is ready.

    >>> from relink_sdk import Column, Items, Table
    >>> clicks = Table("clicks", "Clicks", [Column.day("day", "/Day", key=True)])
    >>> report = Report(
    ...     create=Request.post("https://api.acme.example/reports", form={"type": "CLICKS"}),
    ...     id="/report/id",
    ...     poll=lambda id: Request.get(f"https://api.acme.example/reports/{id}"),
    ...     status="/report/status",
    ...     ready=["DONE"],
    ...     failed=["FAILED", "CANCELLED"],
    ...     location="/report/url",
    ...     download=lambda report: Fetch.rows(
    ...         clicks,
    ...         Request.get(report.location, credential=None),
    ...         Items.csv(","),
    ...         in_chunks=256 * 1024,
    ...     ),
    ... )
    """

    create: Request
    id: str
    poll: Callable[[str], Request]
    status: str = "/status"
    ready: Collection[str] = ()
    failed: Collection[str] = ()
    #: Where the poll's answer holds the address of the report.
    location: str | None = None
    poll_every_ms: int = 10_000
    give_up_after_ms: int = 3_600_000
    download: Callable[[FinishedReport], Fetch] | None = None

    def __post_init__(self) -> None:
        documents.require_pointers("Report", self.id, self.status, self.location)

    def start(self, context: Context) -> Turn:
        """Asks for the report."""
        return Turn.send({"creating": True}, self.create)

    def go_on(self, context: Context, position: Position, happened: Happened) -> Turn:
        """Waits, polls and downloads."""
        match position:
            case {"creating": True}:
                return self.start(context) if happened is None else self._created(context, happened)
            case {"job": str(), "since": int(), "polling": True} if happened is not None:
                return self._judge_poll(context, position, happened)
            case {"job": str(job), "since": int(), "polling": bool()}:
                return Turn.send({**position, "polling": True}, self.poll(job))
            case {"job": str(job), "location": str(location), "inner": inner} if self.download:
                report = FinishedReport(job, location)
                turn = self.download(report).go_on(context, inner, happened)
                return turn.nested(lambda inner: _downloading(report, inner))
            case _:
                return Turn.failed(WRONG_STATE)

    def _created(self, context: Context, answer: Response) -> Turn:
        job = _text_at(answer, self.id)
        return self._wait(job, context.now) if job else Turn.failed("the answer names no report")

    def _judge_poll(self, context: Context, position: Position, answer: Response) -> Turn:
        status = _text_at(answer, self.status)
        if _is_one_of(self.ready, status):
            location = "" if self.location is None else _text_at(answer, self.location)
            return self._start_download(context, FinishedReport(position["job"], location))
        if _is_one_of(self.failed, status):
            return Turn.failed(f"the report ended as {status}")
        if context.now - position["since"] >= self.give_up_after_ms:
            return Turn.failed(f"the report is {status} after {self.give_up_after_ms} ms")
        return self._wait(position["job"], position["since"])

    def _wait(self, job: str, since: int) -> Turn:
        position = {"job": job, "since": since, "polling": False}
        return Turn(Do(position, WaitMs(self.poll_every_ms)))

    def _start_download(self, context: Context, report: FinishedReport) -> Turn:
        if self.download is None:
            return Turn.finished()
        turn = self.download(report).start(context)
        return turn.nested(lambda inner: _downloading(report, inner))


def _downloading(report: FinishedReport, inner: Position) -> Position:
    return {"job": report.id, "location": report.location, "inner": inner}


def _is_one_of(names: Collection[str], status: str) -> bool:
    found = documents.ascii_lower(status)
    return any(documents.ascii_lower(name) == found for name in names)


def _text_at(answer: Response, pointer: str) -> str:
    return documents.scalar(documents.at(answer.json(), pointer)) or ""
