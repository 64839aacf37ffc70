"""Saying how people authorize, and where the host puts what the plugin never sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from relink_sdk.contract.enums import BodyFormat, KeptFrom, Place, TokenAuth

#: The name of the credential use that a request takes unless it says otherwise.
DEFAULT_CREDENTIAL = "default"
#: What the host itself obtains under these names, nobody can type.
_RESERVED_SECRETS = ("access_token", "refresh_token")


@dataclass(frozen=True)
class SecretSlot:
    """A value that a person or the operator supplies; `public` ones may be shown again.

    Nobody has to give what is `optional`; requests go without it then.
    """

    name: str
    label: str
    help_url: str | None = None
    public: bool = False
    optional: bool = False

    def __post_init__(self) -> None:
        if self.name in _RESERVED_SECRETS:
            raise ValueError(
                f'secret "{self.name}" has a name that belongs to what the host obtains by itself; '
                'call it "api_key", for example'
            )


@dataclass(frozen=True)
class Scope:
    """A scope, and what it allows, in the words of the provider's consent page."""

    name: str
    label: str
    required: bool = True


@dataclass(frozen=True)
class Rotation:
    """What becomes of the old refresh token when a new one is issued.

    Use `Rotation.NONE`, `Rotation.STAYS_VALID`, `Rotation.STRICT` or `Rotation.grace_s(60)`.
    """

    name: str
    seconds: int | None = None

    NONE: ClassVar[Rotation]
    STAYS_VALID: ClassVar[Rotation]
    STRICT: ClassVar[Rotation]

    @staticmethod
    def grace_s(seconds: int) -> Rotation:
        """The old one lives for so many seconds."""
        return Rotation("grace-s", seconds)


Rotation.NONE = Rotation("none")
Rotation.STAYS_VALID = Rotation("stays-valid")
Rotation.STRICT = Rotation("strict")


@dataclass(frozen=True)
class KeptValue:
    """A value of the callback or the token answer that becomes a setting of the connection."""

    source: KeptFrom
    name: str
    into_config: str


@dataclass(frozen=True, kw_only=True)
class Oauth2:
    """How a provider speaks OAuth 2: RFC 6749 as written, and where it deviates.

    `refreshed` says that there is a refresh token, and what becomes of the old one when it is used;
    `extended`, that a living access token is exchanged for a longer one instead.
    """

    authorize_url: str
    token_url: str
    revoke_url: str | None = None
    scopes: Sequence[Scope] = ()
    scope_separator: str = " "
    pkce: bool = True
    token_auth: TokenAuth = TokenAuth.BODY
    token_body: BodyFormat = BodyFormat.FORM
    #: The provider's names for parameters: `{"client_id": "client_key"}`.
    param_names: Mapping[str, str] = field(default_factory=dict)
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    #: In addition, when an authorization is renewed: `{"prompt": "consent"}`.
    reconnect_params: Mapping[str, str] = field(default_factory=dict)
    #: The parameter that preselects the account on the provider's page.
    login_hint: str | None = None
    token_params: Mapping[str, str] = field(default_factory=dict)
    refresh_params: Mapping[str, str] = field(default_factory=dict)
    refreshed: Rotation | None = None
    extended: bool = False
    #: Where the values of the token answer lie: `{"access_token": "/data/token"}`.
    token_pointers: Mapping[str, str] = field(default_factory=dict)
    keep: Sequence[KeptValue] = ()
    #: The lifetime of the access token when the provider does not say it.
    assumed_lifetime_s: int | None = None
    #: After so many days a person must authorize again, whatever happens.
    reauthorize_days: int | None = None
    #: What the provider sends as `iss` when it sends the person back (RFC 9207). Whoever comes back
    #: without it is refused, so name it only if the provider always sends it.
    issuer: str | None = None

    def __post_init__(self) -> None:
        if self.refreshed is not None and self.extended:
            raise ValueError("a token is either refreshed or extended, not both")


@dataclass(frozen=True)
class ClientCredentials:
    """RFC 6749 client credentials grant. Requires "auth:oauth2-client-credentials"."""

    oauth2: Oauth2


@dataclass(frozen=True)
class Oauth1:
    """OAuth 1.0a. Requires "auth:oauth1"."""

    request_url: str
    authorize_url: str
    access_url: str
    signature: str


@dataclass(frozen=True)
class StaticSecret:
    """Secrets used as they are: API keys, basic authentication."""


AuthKind = Oauth2 | ClientCredentials | Oauth1 | StaticSecret


@dataclass(frozen=True)
class Placement:
    """Where one secret goes: "access_token", or the name of an app secret or user secret."""

    secret: str
    where: Place
    name: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Signer:
    """A signer that is built into the host, by name: "aws-sigv4", "oauth1", "hmac"."""

    name: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CredentialUse:
    """A named way in which a request may use the secrets; "default" is what requests take."""

    name: str = DEFAULT_CREDENTIAL
    placements: Sequence[Placement] = ()
    signer: Signer | None = None
    #: Hosts that may receive it; empty for every host of the plugin.
    hosts: Sequence[str] = ()

    @staticmethod
    def bearer(secret: str) -> CredentialUse:
        """The default use: `Authorization: Bearer` and this secret."""
        return CredentialUse(
            placements=[Placement(secret, Place.HEADER, "authorization", "Bearer ")]
        )

    @staticmethod
    def placed(
        name: str = DEFAULT_CREDENTIAL,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
        signer: Signer | None = None,
        only_to: Sequence[str] = (),
    ) -> CredentialUse:
        """Puts secrets into headers, parameters of the query, or basic authentication.

        >>> use = CredentialUse.placed(headers={"x-user": "email", "x-key": "api_key"})
        >>> [placement.secret for placement in use.placements]
        ['email', 'api_key']
        """
        placements = [
            Placement(secret, Place.HEADER, name) for name, secret in (headers or {}).items()
        ]
        placements += [
            Placement(secret, Place.QUERY, name) for name, secret in (query or {}).items()
        ]
        if basic is not None:
            user, password = basic
            placements.append(Placement(user, Place.BASIC_USER))
            placements.append(Placement(password, Place.BASIC_PASSWORD))
        return CredentialUse(name, placements, signer, only_to)


@dataclass(frozen=True)
class AuthMethod:
    """A way to authorize: `AuthMethod.oauth2`, `AuthMethod.bearer_key` or `AuthMethod.secrets`."""

    id: str
    label: str
    kind: AuthKind
    #: What the operator supplies once: "client_id", "developer_token".
    app_secrets: Sequence[SecretSlot] = ()
    #: What a person types: "api_key", "email".
    user_secrets: Sequence[SecretSlot] = ()
    uses: Sequence[CredentialUse] = ()

    def __post_init__(self) -> None:
        names = [slot.name for slot in (*self.app_secrets, *self.user_secrets)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'there are two secrets "{twice}"')

    @staticmethod
    def oauth2(
        oauth2: Oauth2,
        *,
        id: str = "oauth",
        label: str = "Log in",
        app_secrets: Iterable[SecretSlot] = (),
        uses: Iterable[CredentialUse] = (),
    ) -> AuthMethod:
        """An OAuth 2 code grant, with the token as `Authorization: Bearer`.

        `app_secrets` come in addition to the client's id and secret; a use named "default" takes
        the place of the usual one.
        """
        client = [
            SecretSlot("client_id", "Client ID", public=True),
            SecretSlot("client_secret", "Client secret"),
        ]
        uses = _last_of_each_name([CredentialUse.bearer("access_token"), *uses])
        return AuthMethod(id, label, oauth2, [*client, *app_secrets], [], uses)

    @staticmethod
    def bearer_key(
        help_url: str,
        *,
        id: str = "api-key",
        label: str = "API key",
        app_secrets: Iterable[SecretSlot] = (),
        uses: Iterable[CredentialUse] = (),
    ) -> AuthMethod:
        """A key that a person types, sent as `Authorization: Bearer`.

        >>> AuthMethod.bearer_key("https://acme.example/help/keys").user_secrets[0].name
        'api_key'
        """
        slot = SecretSlot("api_key", "API key", help_url)
        uses = [CredentialUse.bearer("api_key"), *uses]
        return AuthMethod.secrets([slot], id=id, label=label, app_secrets=app_secrets, uses=uses)

    @staticmethod
    def secrets(
        slots: Iterable[SecretSlot],
        *,
        id: str = "api-key",
        label: str = "API key",
        app_secrets: Iterable[SecretSlot] = (),
        uses: Iterable[CredentialUse],
    ) -> AuthMethod:
        """Secrets that a person types; `uses` says where they go."""
        uses = _last_of_each_name(uses)
        return AuthMethod(id, label, StaticSecret(), list(app_secrets), list(slots), uses)


def _last_of_each_name(uses: Iterable[CredentialUse]) -> list[CredentialUse]:
    kept: dict[str, CredentialUse] = {}
    for use in uses:
        kept.pop(use.name, None)
        kept[use.name] = use
    return list(kept.values())
