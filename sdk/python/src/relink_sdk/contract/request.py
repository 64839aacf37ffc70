"""Building requests. The host sends them; a credential is named and never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relink_sdk import documents, forms
from relink_sdk.contract.auth import DEFAULT_CREDENTIAL
from relink_sdk.contract.exchange import Field
from relink_sdk.documents import Json

#: The largest body that is taken whole unless the request says otherwise.
DEFAULT_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Lines:
    """Chunks end where lines end."""


@dataclass(frozen=True)
class Csv:
    """Chunks end where records of a CSV file end."""

    delimiter: str
    header: bool = True
    skip_lines: int = 0


@dataclass(frozen=True)
class JsonItems:
    """Each chunk is a JSON array of items of the array at this pointer."""

    pointer: str


@dataclass(frozen=True)
class Raw:
    """Chunks end anywhere."""


Framing = Lines | Csv | JsonItems | Raw


@dataclass(frozen=True)
class Whole:
    """The body at once; a larger one is a failure."""

    max_bytes: int = DEFAULT_MAX_BYTES


@dataclass(frozen=True)
class Chunks:
    """The host decodes the body and cuts it at item borders."""

    framing: Framing
    max_bytes: int


@dataclass(frozen=True)
class Discard:
    """Status and headers only."""


Delivery = Whole | Chunks | Discard

Pairs = Mapping[str, object] | Sequence[tuple[str, object]]


class _Unset:
    """Tells an argument that was left out from one that is None."""


_UNSET: Any = _Unset()


@dataclass(frozen=True)
class Request:
    """A request. It does not change: each method gives back another one.

    >>> request = Request.get("https://api.acme.example/v1/deals", query={"limit": 100})
    >>> request.url, request.credential
    ('https://api.acme.example/v1/deals?limit=100', 'default')
    """

    method: str
    url: str
    headers: Sequence[Field] = ()
    body: bytes | None = None
    #: Name of a credential use; none sends nothing secret.
    credential: str | None = DEFAULT_CREDENTIAL
    deliver: Delivery = Whole()
    timeout_ms: int | None = None
    #: Safe to send again when the answer was lost.
    idempotent: bool = False

    @staticmethod
    def get(
        url: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        credential: str | None = DEFAULT_CREDENTIAL,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_ms: int | None = None,
    ) -> Request:
        """A GET request; parameters of the query take the place of those in the address."""
        request = Request("GET", url, (), None, credential, Whole(max_bytes), timeout_ms, True)
        return request.with_query(query).with_headers(headers)

    @staticmethod
    def post(
        url: str,
        *,
        query: Pairs = (),
        headers: Pairs = (),
        json: Json = _UNSET,
        form: Pairs | None = None,
        body: tuple[str, bytes] | None = None,
        credential: str | None = DEFAULT_CREDENTIAL,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_ms: int | None = None,
        repeatable: bool = False,
    ) -> Request:
        """A POST request with a JSON document, a form, or a content type and bytes.

        The host does not send it twice unless it is `repeatable`, as a search is.
        """
        request = Request(
            "POST", url, (), None, credential, Whole(max_bytes), timeout_ms, repeatable
        )
        request = request.with_query(query).with_headers(headers)
        if json is not _UNSET:
            request = request.with_json(json)
        if form is not None:
            text = forms.encode(_pairs(form))
            request = request.with_body("application/x-www-form-urlencoded", text.encode())
        return request if body is None else request.with_body(*body)

    def with_query(self, query: Pairs) -> Request:
        """Sets parameters of the query, each in place of one of the same name."""
        url = self.url
        for name, value in _pairs(query):
            address, _, old = url.partition("?")
            kept = [pair for pair in forms.decode(old) if pair[0] != name]
            url = f"{address}?{forms.encode([*kept, (name, value)])}"
        return replace(self, url=url)

    def with_headers(self, headers: Pairs) -> Request:
        """Adds headers."""
        added = [Field(name, value) for name, value in _pairs(headers)]
        return replace(self, headers=(*self.headers, *added)) if added else self

    def with_json(self, document: Json) -> Request:
        """Sends a JSON document."""
        return self.with_body("application/json", documents.dump(document).encode())

    def with_body(self, content_type: str, body: bytes) -> Request:
        """Sends these bytes."""
        kept = [field for field in self.headers if field.name.lower() != "content-type"]
        headers = (*kept, Field("content-type", content_type))
        return replace(self, headers=headers, body=body)

    def with_body_value(self, pointer: str, value: Json) -> Request:
        """Sets a value inside the JSON document that the request sends."""
        document = documents.parse_or_none(self.body or b"")
        return self.with_json(documents.with_value(document, pointer, value))


def _pairs(pairs: Pairs) -> list[tuple[str, str]]:
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [(name, _as_text(value)) for name, value in items]


def _as_text(value: object) -> str:
    """`True` is written as other programs write it; everything else as Python does."""
    return str(value).lower() if isinstance(value, bool) else str(value)
