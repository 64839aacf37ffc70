"""A failure, and what it means. Every reading has an answer for any bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from relink_sdk import documents, forms, retry_after
from relink_sdk.contract.enums import Actor, Blast, Certainty, Phase, Reason, Remedy
from relink_sdk.contract.exchange import Field, TransportFailure, header
from relink_sdk.documents import Json

_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the host knows and the answer does not say."""

    token_age_s: int | None = None
    has_refresh_token: bool | None = None
    just_refreshed: bool | None = None
    newer_token_in_store: bool | None = None
    granted_scopes: Sequence[str] = ()
    requested_scopes: Sequence[str] = ()
    #: Failures of this kind in a row, this one included.
    consecutive: int = 1
    #: Of the authorizations of this plugin that reported last, the share that it called broken.
    fleet_failure_ratio: float | None = None


@dataclass(frozen=True)
class Failure:
    """What came back in place of what was wanted.

    >>> failure = Failure(Phase.REFRESH, status=400, body=b'{"error":"invalid_grant"}')
    >>> failure.body_param("error")
    'invalid_grant'
    """

    phase: Phase
    status: int | None = None
    headers: Sequence[Field] = ()
    #: The first 64 KiB, with what is secret taken out.
    body: bytes = b""
    transport: TransportFailure | None = None
    #: The query that came back on the redirect, in phase authorize.
    redirect_query: str | None = None
    auth_method: str = ""
    dataset: str | None = None
    account: str | None = None
    now: int = 0
    facts: Facts = field(default_factory=Facts)

    def json(self) -> Json:
        """The body as a JSON document; an array of errors gives its first one."""
        return self._document[0]

    def is_json(self) -> bool:
        """The body is a JSON document, be it only `null`."""
        return self._document[1]

    @cached_property
    def _document(self) -> tuple[Json, bool]:
        try:
            document = documents.parse(self.body)
        except ValueError:
            return None, False
        if isinstance(document, list) and document and isinstance(document[0], dict):
            return document[0], True
        return document, True

    def text(self) -> str:
        """The body as text; bytes that are no text become `�`."""
        return self._text

    @cached_property
    def _text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """The first header of this name, in whatever case it was written."""
        return header(self.headers, name)

    def redirect_param(self, name: str) -> str | None:
        """A parameter of the query that came back on the redirect."""
        if self.redirect_query is None:
            return None
        return forms.value_of(self.redirect_query.lstrip("?#"), name)

    def body_param(self, name: str) -> str | None:
        """A top-level value of the body as text, be the body JSON or a form."""
        if self.is_json():
            document = self.json()
            return documents.scalar(document.get(name)) if isinstance(document, dict) else None
        return forms.value_of(self.text(), name) if self._looks_like_form() else None

    def retry_after_ms(self) -> int | None:
        """How long the provider wants to be left alone, in whichever of the usual ways."""
        return retry_after.from_headers(self.status, self.headers, self.now)

    def is_html(self) -> bool:
        """The body is a web page, whatever its content type says."""
        return self._is_html

    @cached_property
    def _is_html(self) -> bool:
        start = self.text().lstrip("\ufeff").lstrip()[:15].lower()
        declared = "text/html" in (self.header("content-type") or "")
        return start.startswith(_HTML_STARTS) or (declared and start.startswith("<"))

    def _looks_like_form(self) -> bool:
        text = self.text()
        return "=" in text and not any(mark in text for mark in " <{\n")


@dataclass(frozen=True)
class Diagnosis:
    """What a failure means, and who must do what next."""

    reason: Reason
    #: Stable and specific, for people who support and count: "ahrefs.subscription-lapsed".
    code: str
    cause: str | None
    certainty: Certainty
    blast: Blast
    actor: Actor
    remedy: Remedy
    retry_after_ms: int | None
    #: What happened, in plain words for the person who reconnects.
    message: str
    help_url: str | None
