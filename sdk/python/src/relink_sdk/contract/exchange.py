"""What goes back and forth while a plugin works: contexts, answers, events and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relink_sdk import days, documents
from relink_sdk.contract.enums import TransportKind
from relink_sdk.documents import Json


class Field(NamedTuple):
    """A name and a value: a header."""

    name: str
    value: str


def header(headers: Sequence[Field], name: str) -> str | None:
    """The first header of this name, in whatever case it was written."""
    wanted = documents.ascii_lower(name)
    return next((value for key, value in headers if documents.ascii_lower(key) == wanted), None)


@dataclass(frozen=True)
class Response:
    """An answer, with what is secret taken out. Nothing in it is to be trusted."""

    status: int
    headers: Sequence[Field] = ()
    body: bytes = b""
    #: Another chunk follows; the SDK asks for it.
    more: bool = False

    def json(self) -> Json:
        """The body as a JSON document; none if it is no JSON."""
        return documents.parse_or_none(self.body)

    def text(self) -> str:
        """The body as text; bytes that are no text become `�`."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """The first header of this name, in whatever case it was written."""
        return header(self.headers, name)

    def is_success(self) -> bool:
        """The status says success."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class TransportFailure:
    """Why there was no answer."""

    kind: TransportKind
    detail: str = ""


class MissingSettingError(LookupError):
    """A setting is missing without which there is no request."""


@dataclass(frozen=True)
class Context:
    """What the host says about a call: the time, the settings, the account."""

    now: int
    #: Random bytes from the host, for idempotency keys.
    seed: bytes = b""
    config: str = "{}"
    auth_method: str = ""
    #: The account of the connection, or an empty text if it has none.
    account: str = ""

    def setting(self, name: str) -> str | None:
        """A text among the connection's settings."""
        settings = documents.parse_or_none(self.config.encode())
        return documents.scalar(settings.get(name)) if isinstance(settings, dict) else None

    def require(self, name: str) -> str:
        """A text among the settings without which nothing can be asked.

        Where it is missing or empty, the step fails, and the operator's log says which one it is.
        """
        value = self.setting(name)
        if not value:
            why = f'the connection has no setting "{name}", which the plugin needs'
            raise MissingSettingError(why)
        return value

    def today(self) -> str:
        """The day it is in UTC."""
        return days.of_unix_ms(self.now) or "1970-01-01"


@dataclass(frozen=True)
class Window:
    """Days to fetch; both are included."""

    since: str
    until: str

    def each_day(self) -> list[str]:
        """Every day of the window, in order; none if a border is no day.

        >>> Window("2024-02-28", "2024-03-01").each_day()
        ['2024-02-28', '2024-02-29', '2024-03-01']
        """
        since, until = days.parse(self.since), days.parse(self.until)
        if since is None or until is None:
            return []
        return [days.text(day) for day in range(since, until + 1)]


@dataclass(frozen=True)
class Slice:
    """What to fetch: a dataset, and the days of it, if it has days."""

    dataset: str
    window: Window | None = None

    def days(self) -> tuple[str, str]:
        """The first and the last day to fetch; for a dataset without days both are empty."""
        return (self.window.since, self.window.until) if self.window else ("", "")


@dataclass(frozen=True)
class Probe:
    """Send the cheapest request that proves that the credential works."""


@dataclass(frozen=True)
class Identify:
    """Find out who authorized."""


@dataclass(frozen=True)
class Accounts:
    """Find out what the authorization can see."""


@dataclass(frozen=True)
class Sync:
    """Fetch one slice of one dataset."""

    slice: Slice


Operation = Probe | Identify | Accounts | Sync


@dataclass(frozen=True)
class Start:
    """An operation begins."""

    operation: Operation


@dataclass(frozen=True)
class Answered:
    """The provider answered."""

    response: Response


@dataclass(frozen=True)
class Unanswered:
    """There was no answer."""

    failure: TransportFailure


@dataclass(frozen=True)
class Woken:
    """The wait that was asked for is over."""


Event = Start | Answered | Unanswered | Woken


@dataclass(frozen=True)
class Rows:
    """Rows of a dataset, one JSON object per line."""

    dataset: str
    rows: str


@dataclass(frozen=True)
class Identity:
    """Whose authorization it is. The subject stays the same even when names change."""

    subject: str
    label: str


@dataclass(frozen=True)
class Account:
    """Something that an authorization can see; `parent` is the manager account above it."""

    id: str
    label: str
    kind: str | None = None
    parent: str | None = None


Found = Rows | Identity | Account


@dataclass(frozen=True)
class Throttle:
    """What the provider said about its own limits."""

    budget: str
    remaining: int | None = None
    resets_at: int | None = None
