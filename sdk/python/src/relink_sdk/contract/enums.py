"""The contract's enums. The value of a case is its name in contract, logs and fixtures."""

from __future__ import annotations

from enum import Enum


def require_enums(what: str, *given: tuple[type[Enum], object]) -> None:
    """Raises a `TypeError` for a plain text where a case is meant; None is no case, and right."""
    for kind, case in given:
        if case is None or isinstance(case, kind):
            continue
        meant = next((f", write {each}" for each in kind if each.value == case), "")
        raise TypeError(f"{what}: {case!r} is no {kind.__name__}{meant}")


class Phase(Enum):
    """What was being done when a failure came."""

    AUTHORIZE = "authorize"
    EXCHANGE = "exchange"
    REFRESH = "refresh"
    PROBE = "probe"
    SYNC = "sync"
    REVOKE = "revoke"
    INBOUND = "inbound"
    """A message of the provider says that access ended."""


class Reason(Enum):
    """Why a connection is broken. Closed on purpose: what grows is the code of a diagnosis."""

    INVALID_CREDENTIALS = "invalid-credentials"
    INVALID_REFRESH_TOKEN = "invalid-refresh-token"
    EXPIRED_TOKEN = "expired-token"
    INSUFFICIENT_PRIVILEGES = "insufficient-privileges"
    ACCOUNT_ACTION_REQUIRED = "account-action-required"
    """Blocked, suspended, new terms, multi-factor, consent."""
    PROVIDER_SPECIFIC = "provider-specific"
    """Code and message say what: a lapsed subscription, a deleted key."""
    APP_MISCONFIGURED = "app-misconfigured"
    """The operator's client id, secret, redirect URI or approval."""
    RATE_LIMITED = "rate-limited"
    PROVIDER_OUTAGE = "provider-outage"
    REQUEST_REJECTED = "request-rejected"
    """A bug of the host or the plugin."""
    NOT_A_FAILURE = "not-a-failure"
    UNKNOWN = "unknown"


class Certainty(Enum):
    """Doubtful failures are confirmed for longer before anybody is told."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"


class Blast(Enum):
    """Who is hit."""

    REQUEST = "request"
    ACCOUNT = "account"
    AUTHORIZATION = "authorization"
    APP = "app"
    PROVIDER = "provider"


class Actor(Enum):
    """Who can repair it."""

    NOBODY = "nobody"
    CONNECTING_USER = "connecting-user"
    ACCOUNT_ADMIN = "account-admin"
    OPERATOR = "operator"


class Remedy(Enum):
    """What repairs it."""

    NONE = "none"
    WAIT = "wait"
    REFRESH = "refresh"
    """The host refreshes the access token by itself."""
    REAUTHORIZE = "reauthorize"
    REPLACE_SECRET = "replace-secret"
    ACT_AT_PROVIDER = "act-at-provider"
    """Something to accept, confirm or recover on the provider's own pages."""
    ASK_ADMIN = "ask-admin"
    FIX_BILLING = "fix-billing"
    OPERATOR = "operator"


class TransportKind(Enum):
    """Why there was no answer."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    TOO_LARGE = "too-large"
    BLOCKED = "blocked"
    OTHER = "other"


class BudgetKey(Enum):
    """What the calls of a rate budget are counted by."""

    APP = "app"
    AUTHORIZATION = "authorization"
    CONNECTION = "connection"


class Place(Enum):
    """Where the host puts a secret."""

    HEADER = "header"
    QUERY = "query"
    FORM_FIELD = "form-field"
    JSON_POINTER = "json-pointer"
    BASIC_USER = "basic-user"
    BASIC_PASSWORD = "basic-password"


class TokenAuth(Enum):
    """How the client proves itself at the token endpoint."""

    BODY = "body"
    BASIC = "basic"
    NONE = "none"


class BodyFormat(Enum):
    """What the token endpoint reads."""

    FORM = "form"
    JSON = "json"


class KeptFrom(Enum):
    """Where a value comes from that becomes a setting of the connection."""

    CALLBACK_QUERY = "callback-query"
    TOKEN_ANSWER = "token-answer"


class Hash(Enum):
    """The hash of an HMAC."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


class Encoding(Enum):
    """How the bytes of a hash are written."""

    HEX = "hex"
    BASE64 = "base64"
    BASE64URL = "base64url"


class SignalEvent(Enum):
    """What happened to a login or an account."""

    FAILED = "failed"
    RESTORED = "restored"
