"""Messages that the provider sends by itself: how they are proven, and what they mean.

The host demands the proof; the plugin sees a message only after it held, and never the secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relink_sdk import documents
from relink_sdk.contract.enums import Encoding, Hash
from relink_sdk.contract.exchange import Field, header
from relink_sdk.documents import Json


@dataclass(frozen=True)
class Source:
    """A header, or one item of a header such as `t=1700000000,v1=9f86d0`."""

    header: str
    item: str | None = None


@dataclass(frozen=True)
class Part:
    """A part of what is hashed: `Part.body()`, `method()`, `url()`, `value(..)` or `text(..)`."""

    kind: str
    content: Source | str | None = None

    @staticmethod
    def body() -> Part:
        """The body as it came."""
        return Part("body")

    @staticmethod
    def method() -> Part:
        """The method of the request."""
        return Part("method")

    @staticmethod
    def url() -> Part:
        """The address with its query, as the provider knows it."""
        return Part("url")

    @staticmethod
    def value(source: Source) -> Part:
        """What the message has there."""
        return Part("value", source)

    @staticmethod
    def text(text: str) -> Part:
        """What stands between two parts."""
        return Part("text", text)


@dataclass(frozen=True)
class SentAt:
    """When the provider says that it sent the message; it must be among what is hashed."""

    source: Source
    tolerance_s: int
    milliseconds: bool = False


@dataclass(frozen=True, kw_only=True)
class Hmac:
    """A keyed hash: of the body with SHA-256 in hex, unless it is said otherwise."""

    #: An app secret.
    secret: str
    signature: Source
    hash: Hash = Hash.SHA256
    #: What stands before the hash: "sha256=".
    prefix: str = ""
    encoding: Encoding = Encoding.HEX
    #: What is hashed, put together in this order.
    content: Sequence[Part] = (Part("body"),)
    sent_at: SentAt | None = None


@dataclass(frozen=True)
class SignedField:
    """A form field that holds `<MAC>.<payload>`, as Meta's `signed_request`."""

    secret: str
    name: str


@dataclass(frozen=True)
class Jws:
    """Security event tokens (RFC 8417) of an issuer, meant for the app secret `audience`."""

    jwks_url: str
    issuer: str
    audience: str


Proof = Hmac | SignedField | Jws


@dataclass(frozen=True)
class Echo:
    """A GET whose challenge is given back, if the token is the one that the operator chose.

    Challenge and token are parameters of the query; the token's value is the app secret.
    """

    challenge: str
    token: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class SignedHandshake:
    """A GET whose challenge is answered in JSON with its HMAC-SHA256."""

    #: Parameter of the query with the challenge.
    challenge: str
    #: An app secret.
    secret: str
    #: Member of the answer that holds the hash.
    answer: str
    #: Member of the answer that repeats the challenge.
    repeat: str | None = None
    prefix: str = ""
    encoding: Encoding = Encoding.BASE64


Handshake = Echo | SignedHandshake


@dataclass(frozen=True)
class Inbound:
    """How the provider tells by itself that something changed.

    >>> proof = Hmac(secret="client_secret", signature=Source("x-hub-signature-256"))
    >>> Inbound("Webhook URL", proof).proof.prefix
    ''
    """

    #: What the provider's console calls the address: "Deauthorize callback URL".
    label: str
    proof: Proof
    #: What the provider asks of the address before it sends anything.
    handshake: Handshake | None = None
    #: Where the operator enters the address.
    help_url: str | None = None


@dataclass(frozen=True)
class Message:
    """A message whose proof held.

    >>> Message(body=b'{"user_id": "42"}').json()["user_id"]
    '42'
    """

    #: What was proven: the body, the payload of a signed field, the claims of a JWS.
    body: bytes = b""
    headers: Sequence[Field] = ()
    query: Sequence[Field] = ()
    now: int = 0

    def json(self) -> Json:
        """The body as a JSON document; none if it is no JSON."""
        return documents.parse_or_none(self.body)

    def text(self) -> str:
        """The body as text; bytes that are no text become `�`."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """The first header of this name, in whatever case it was written."""
        return header(self.headers, name)


@dataclass(frozen=True)
class Signal:
    """What a message means for one login or one account: `Signal.failed`, `Signal.restored`."""

    is_failure: bool
    #: The subject of an identity.
    subject: str | None = None
    #: The id of an account.
    account: str | None = None
    #: When it happened, in unix milliseconds, if the message says so.
    at: int | None = None

    def __post_init__(self) -> None:
        if (self.subject is None) == (self.account is None):
            raise ValueError("a signal is about one subject or one account")

    @staticmethod
    def failed(
        *, subject: str | None = None, account: str | None = None, at: int | None = None
    ) -> Signal:
        """Access ended: the host asks the rules what the message means, in phase `inbound`.

        >>> Signal.failed(subject="42", at=1_700_000_000_000).is_failure
        True
        """
        return Signal(True, subject, account, at)

    @staticmethod
    def restored(
        *, subject: str | None = None, account: str | None = None, at: int | None = None
    ) -> Signal:
        """Something changed for the better: the host looks at once."""
        return Signal(False, subject, account, at)
