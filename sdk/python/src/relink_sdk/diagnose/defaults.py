"""What a failure means when the provider's own rules say nothing about it."""

from __future__ import annotations

from relink_sdk.contract.enums import Phase, Reason, Remedy, TransportKind
from relink_sdk.contract.failure import Failure
from relink_sdk.diagnose import oauth
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.verdict import Verdict

_TOKEN_PHASES = (Phase.AUTHORIZE, Phase.EXCHANGE, Phase.REFRESH)

#: No answer is never a statement about the credential.
_UNANSWERED = {
    TransportKind.TOO_LARGE: Verdict(Reason.REQUEST_REJECTED, "answer-too-large"),
    TransportKind.BLOCKED: Verdict(Reason.REQUEST_REJECTED, "host-blocked"),
    TransportKind.TIMEOUT: Verdict(Reason.PROVIDER_OUTAGE, "timeout"),
    TransportKind.DNS: Verdict(Reason.PROVIDER_OUTAGE, "name-not-found"),
    TransportKind.TLS: Verdict(Reason.PROVIDER_OUTAGE, "tls-failure"),
}
_UNREACHABLE = Verdict(Reason.PROVIDER_OUTAGE, "unreachable")
_EDGE = Verdict(Reason.PROVIDER_OUTAGE, "not-from-the-api", doubtful=True)


def verdict(failure: Failure, grant: Grant) -> Verdict:
    """What OAuth 2 and HTTP say."""
    if failure.transport is not None:
        return _UNANSWERED.get(failure.transport.kind, _UNREACHABLE)
    status = failure.status
    if status is None:
        return _without_status(failure)
    if status == 429:
        return Verdict(Reason.RATE_LIMITED, "too-many-requests")
    if 500 <= status < 600:
        return Verdict(Reason.PROVIDER_OUTAGE, "server-error")
    if failure.is_html():
        # A web page where an API answers was made by a proxy or a firewall in front of it.
        return Verdict(Reason.PROVIDER_OUTAGE, "web-page", doubtful=True)
    if failure.phase in _TOKEN_PHASES:
        return oauth.token_endpoint(failure, grant) or _token_endpoint(failure, status)
    return oauth.bearer(failure, grant) or _api(failure, grant, status)


def _without_status(failure: Failure) -> Verdict:
    match failure.phase:
        case Phase.AUTHORIZE:
            return oauth.redirect(failure)
        case Phase.INBOUND:
            # A message has no status: that something ended is known, and why is not.
            return Verdict(Reason.UNKNOWN, "access-ended")
        case _:
            return Verdict(Reason.UNKNOWN, "no-answer")


def _token_endpoint(failure: Failure, status: int) -> Verdict:
    if 200 <= status < 300 and failure.body_param("access_token") is not None:
        return Verdict(Reason.NOT_A_FAILURE, "success")
    match status:
        case 408 | 425:
            return Verdict(Reason.PROVIDER_OUTAGE, "try-later")
        case 401:
            # RFC 6749 knows 401 for one thing only: the application did not prove who it is.
            return Verdict(Reason.APP_MISCONFIGURED, "client-refused", doubtful=True)
        case 403 | 404 if _is_from_the_edge(failure):
            return _EDGE
        case 404 | 405 | 410 | 415:
            return Verdict(Reason.REQUEST_REJECTED, "token-request-rejected")
        case _:
            return Verdict(Reason.UNKNOWN, "token-refused")


def _api(failure: Failure, grant: Grant, status: int) -> Verdict:
    match status:
        case 401:
            return oauth.token_refused(failure, grant, is_expiry=False)
        case 402:
            return Verdict(Reason.PROVIDER_SPECIFIC, "payment-required", remedy=Remedy.FIX_BILLING)
        case 403 | 404 if _is_from_the_edge(failure):
            return _EDGE
        case 403:
            return Verdict(Reason.INSUFFICIENT_PRIVILEGES, "forbidden", doubtful=True)
        case 407 | 408 | 423 | 425:
            return Verdict(Reason.PROVIDER_OUTAGE, "try-later")
    match status // 100:
        case 2 if _is_broken_json(failure):
            return Verdict(Reason.PROVIDER_OUTAGE, "broken-answer", doubtful=True)
        case 2:
            return Verdict(Reason.NOT_A_FAILURE, "success")
        case 3:
            return Verdict(Reason.PROVIDER_OUTAGE, "redirected", doubtful=True)
        case 4:
            return Verdict(Reason.REQUEST_REJECTED, "rejected")
        case _:
            return Verdict(Reason.UNKNOWN, "odd-status")


def _is_from_the_edge(failure: Failure) -> bool:
    """Something that is no JSON, from an API that speaks JSON, was not said by the API."""
    return bool(failure.text().strip()) and not failure.is_json()


def _is_broken_json(failure: Failure) -> bool:
    declared = "json" in (failure.header("content-type") or "")
    return declared and bool(failure.body) and not failure.is_json()
