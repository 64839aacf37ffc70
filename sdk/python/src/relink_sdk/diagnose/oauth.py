"""What RFC 6749, RFC 6750 and OpenID Connect mean by their error codes, phase by phase."""

from __future__ import annotations

from dataclasses import replace

from relink_sdk.contract.enums import Actor, Blast, Phase, Reason, Remedy
from relink_sdk.contract.failure import Failure
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.verdict import Verdict

_DECLINED = (
    "access_denied",
    "user_denied",
    "user_cancelled",
    "user_canceled",
    "cancelled",
    "canceled",
    "consent_declined",
)


def redirect(failure: Failure) -> Verdict:
    """The redirect came back with an error (RFC 6749 section 4.1.2.1), or nothing is wrong."""
    error = failure.redirect_param("error")
    if failure.redirect_param("denied") is not None or error in _DECLINED:
        return _consent_declined()
    if error is None and failure.redirect_param("code") is not None:
        return Verdict(Reason.NOT_A_FAILURE, "authorized")
    if error is None:
        return Verdict(Reason.UNKNOWN, "redirect-without-code")
    if error == "invalid_request":
        rejected = _start_again(Verdict(Reason.REQUEST_REJECTED, "authorize-rejected"))
        return rejected.acted_on(Actor.OPERATOR, Remedy.OPERATOR)
    return _common(error) or Verdict(Reason.UNKNOWN, "authorize-refused")


def token_endpoint(failure: Failure, grant: Grant) -> Verdict | None:
    """The token endpoint named an error (RFC 6749 section 5.2).

    The status does not count: there are endpoints that answer errors with 200.
    """
    error = failure.body_param("error")
    is_refresh = failure.phase is Phase.REFRESH
    match error:
        case None:
            return None
        case "invalid_grant" if grant is Grant.SECRET:
            return Verdict(Reason.INVALID_CREDENTIALS, "login-refused")
        case "invalid_grant" if is_refresh:
            return Verdict(Reason.INVALID_REFRESH_TOKEN, "grant-refused")
        case "invalid_grant":
            return _start_again(Verdict(Reason.REQUEST_REJECTED, "code-refused"))
        case "invalid_request" | "unsupported_grant_type":
            return Verdict(Reason.REQUEST_REJECTED, "token-request-rejected")
        case "access_denied" if is_refresh:
            return Verdict(Reason.INVALID_REFRESH_TOKEN, "access-withdrawn", doubtful=True)
        case "access_denied":
            return _consent_declined()
        case _:
            return _common(error)


def bearer(failure: Failure, grant: Grant) -> Verdict | None:
    """The data endpoint named an error (RFC 6750 section 3.1), in a header or in the body."""
    challenge = (failure.header("www-authenticate") or "").lower()
    named = failure.body_param("error") or ""

    def says(code: str) -> bool:
        return named == code or f'error="{code}"' in challenge

    if says("insufficient_scope"):
        return _scope_missing()
    if says("invalid_token"):
        description = (failure.body_param("error_description") or "").lower()
        return token_refused(failure, grant, "expired" in description or "expired" in challenge)
    verdict = _common(named)
    return verdict if verdict and verdict.reason is Reason.PROVIDER_OUTAGE else None


def token_refused(failure: Failure, grant: Grant, is_expiry: bool) -> Verdict:
    """The token was not accepted.

    Behind it may be no more than its age, if there is a way to renew it and that was not just done.
    """
    if grant is Grant.SECRET:
        return Verdict(Reason.INVALID_CREDENTIALS, "key-refused")
    may_be_its_age = grant is Grant.REFRESHABLE and failure.facts.just_refreshed is not True
    if may_be_its_age or is_expiry:
        return Verdict(Reason.EXPIRED_TOKEN, "token-expired")
    return Verdict(Reason.INVALID_CREDENTIALS, "token-refused")


def _common(error: str) -> Verdict | None:
    match error:
        case "temporarily_unavailable" | "server_error" | "internal_failure":
            return Verdict(Reason.PROVIDER_OUTAGE, "server-error")
        case "slow_down":
            return Verdict(Reason.RATE_LIMITED, "slow-down")
        case "invalid_client":
            return Verdict(Reason.APP_MISCONFIGURED, "client-refused")
        case "unauthorized_client":
            return Verdict(Reason.APP_MISCONFIGURED, "client-not-allowed")
        case "redirect_uri_mismatch" | "invalid_redirect_uri":
            return Verdict(Reason.APP_MISCONFIGURED, "redirect-uri-mismatch")
        case "unsupported_response_type":
            return Verdict(Reason.APP_MISCONFIGURED, "response-type-refused")
        case "invalid_scope":
            return Verdict(Reason.APP_MISCONFIGURED, "scope-refused")
        case "insufficient_scope":
            return _scope_missing()
        case "consent_required":
            return _login_needed("consent-required")
        case "interaction_required":
            return _login_needed("interaction-required")
        case "login_required" | "account_selection_required":
            return _login_needed("login-required")
        case _:
            return None


def _consent_declined() -> Verdict:
    return (
        Verdict(Reason.ACCOUNT_ACTION_REQUIRED, "consent-declined")
        .acted_on(Actor.CONNECTING_USER, Remedy.REAUTHORIZE)
        .says("The access to {provider} was not granted on its page. Please start again and agree.")
    )


def _login_needed(code: str) -> Verdict:
    return (
        Verdict(Reason.ACCOUNT_ACTION_REQUIRED, code)
        .acted_on(Actor.CONNECTING_USER, Remedy.REAUTHORIZE)
        .says("{provider} wants to see you in person again. Please reconnect and follow its pages.")
    )


def _scope_missing() -> Verdict:
    missing = Verdict(Reason.INSUFFICIENT_PRIVILEGES, "scope-missing")
    return missing.acted_on(Actor.CONNECTING_USER, Remedy.REAUTHORIZE)


def _start_again(verdict: Verdict) -> Verdict:
    """Nobody has to repair anything: the page where the person was offers to start again."""
    return (
        replace(verdict, blast=Blast.REQUEST)
        .acted_on(Actor.NOBODY, Remedy.NONE)
        .says("This attempt to connect to {provider} is no longer valid. Please start again.")
    )
