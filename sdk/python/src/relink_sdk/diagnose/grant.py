"""What kind of credential failed: the same answer means different things for each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from relink_sdk.contract.auth import AuthMethod, ClientCredentials, Oauth1, StaticSecret
from relink_sdk.contract.enums import Phase
from relink_sdk.contract.failure import Failure

_TOKEN_PHASES = (Phase.AUTHORIZE, Phase.EXCHANGE, Phase.REFRESH)


class Grant(Enum):
    """What the host can do by itself when an access token has run out."""

    SECRET = "secret"
    """A key or password that a person typed; only a person can replace it."""
    REFRESHABLE = "refreshable"
    """A token with a refresh token behind it: the host renews it and tells nobody."""
    NOT_REFRESHABLE = "not-refreshable"
    """A token without a refresh token: a person must authorize again."""

    @staticmethod
    def of(methods: Sequence[AuthMethod], failure: Failure) -> Grant:
        """Reads it from the facts of the failure and, where these are silent, from the methods."""
        method = _named(methods, failure) or _likeliest(methods, failure.phase)
        match method.kind if method else StaticSecret():
            case StaticSecret():
                return Grant.SECRET
            case ClientCredentials():
                return Grant.REFRESHABLE
            case Oauth1():
                normally = False
            case oauth2:
                normally = oauth2.refreshed is not None
        known = failure.facts.has_refresh_token
        is_refreshable = normally if known is None else known
        return Grant.REFRESHABLE if is_refreshable else Grant.NOT_REFRESHABLE


def _named(methods: Sequence[AuthMethod], failure: Failure) -> AuthMethod | None:
    return next((method for method in methods if method.id == failure.auth_method), None)


def _likeliest(methods: Sequence[AuthMethod], phase: Phase) -> AuthMethod | None:
    """The method that must be meant when none is named: only OAuth has token endpoints."""
    oauth = [method for method in methods if not isinstance(method.kind, StaticSecret)]
    likeliest = [*oauth, *methods] if phase in _TOKEN_PHASES else methods
    return likeliest[0] if likeliest else None
