"""A diagnosis in the making: a reason, and what deviates from what the reason implies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from relink_sdk.contract.enums import Actor, Blast, Certainty, Phase, Reason, Remedy
from relink_sdk.contract.failure import Diagnosis, Failure
from relink_sdk.diagnose import text
from relink_sdk.diagnose.grant import Grant

_ABOUT_THE_TOKEN = (
    Reason.EXPIRED_TOKEN,
    Reason.INVALID_CREDENTIALS,
    Reason.INVALID_REFRESH_TOKEN,
)
_WAITING = (Reason.RATE_LIMITED, Reason.PROVIDER_OUTAGE)


@dataclass(frozen=True)
class Verdict:
    """What is known so far; None stands for what the reason implies."""

    reason: Reason
    #: Without the prefix of the plugin.
    code: str
    cause: str | None = None
    doubtful: bool = False
    blast: Blast | None = None
    actor: Actor | None = None
    remedy: Remedy | None = None
    retry_after_ms: int | None = None
    message: str | None = None
    help_url: str | None = None

    def acted_on(self, actor: Actor, remedy: Remedy) -> Verdict:
        """Who repairs it, and how."""
        return replace(self, actor=actor, remedy=remedy)

    def says(self, message: str) -> Verdict:
        """What a person reads."""
        return replace(self, message=message)

    def corrected_by_facts(self, failure: Failure) -> Verdict:
        """A refusal of a token that is no longer the one in the store proves nothing.

        Another worker has renewed it meanwhile, and the next attempt takes the new one.
        """
        if self.reason not in _ABOUT_THE_TOKEN or failure.facts.newer_token_in_store is not True:
            return self
        return Verdict(
            Reason.EXPIRED_TOKEN,
            "token-superseded",
            doubtful=True,
            blast=Blast.REQUEST,
            actor=Actor.NOBODY,
            remedy=Remedy.REFRESH,
            message=(
                "The access to {provider} was renewed in the meantime; the next attempt uses it."
            ),
        )

    def diagnosis(self, failure: Failure, grant: Grant, id: str, display_name: str) -> Diagnosis:
        """Fills in what follows from the reason."""
        remedy = self.remedy or _usual_remedy(self.reason, failure, grant)
        message = text.usual_message(self.reason, remedy) if self.message is None else self.message
        is_doubtful = self.doubtful or self.reason is Reason.UNKNOWN
        wait = self.retry_after_ms
        if wait is None and self.reason in _WAITING:
            wait = failure.retry_after_ms()
        return Diagnosis(
            reason=self.reason,
            code=f"{id}.{self.code}",
            cause=self.cause,
            certainty=Certainty.DOUBTFUL if is_doubtful else Certainty.CERTAIN,
            blast=self.blast or _usual_blast(self.reason, remedy, failure),
            actor=self.actor or _USUAL_ACTORS[remedy],
            remedy=remedy,
            retry_after_ms=wait,
            message=text.fill(message, display_name, failure),
            help_url=self.help_url,
        )


_USUAL_REMEDIES = {
    Reason.EXPIRED_TOKEN: Remedy.REAUTHORIZE,
    Reason.INVALID_CREDENTIALS: Remedy.REAUTHORIZE,
    Reason.INVALID_REFRESH_TOKEN: Remedy.REAUTHORIZE,
    Reason.UNKNOWN: Remedy.REAUTHORIZE,
    Reason.INSUFFICIENT_PRIVILEGES: Remedy.ASK_ADMIN,
    Reason.ACCOUNT_ACTION_REQUIRED: Remedy.ACT_AT_PROVIDER,
    Reason.PROVIDER_SPECIFIC: Remedy.ACT_AT_PROVIDER,
    Reason.APP_MISCONFIGURED: Remedy.OPERATOR,
    Reason.REQUEST_REJECTED: Remedy.OPERATOR,
    Reason.RATE_LIMITED: Remedy.WAIT,
    Reason.PROVIDER_OUTAGE: Remedy.WAIT,
    Reason.NOT_A_FAILURE: Remedy.NONE,
}

_USUAL_ACTORS = {
    Remedy.NONE: Actor.NOBODY,
    Remedy.WAIT: Actor.NOBODY,
    Remedy.REFRESH: Actor.NOBODY,
    Remedy.REAUTHORIZE: Actor.CONNECTING_USER,
    Remedy.REPLACE_SECRET: Actor.CONNECTING_USER,
    Remedy.ACT_AT_PROVIDER: Actor.CONNECTING_USER,
    Remedy.ASK_ADMIN: Actor.ACCOUNT_ADMIN,
    Remedy.FIX_BILLING: Actor.ACCOUNT_ADMIN,
    Remedy.OPERATOR: Actor.OPERATOR,
}

_USUAL_BLASTS = {
    Reason.INVALID_CREDENTIALS: Blast.AUTHORIZATION,
    Reason.INVALID_REFRESH_TOKEN: Blast.AUTHORIZATION,
    Reason.EXPIRED_TOKEN: Blast.AUTHORIZATION,
    Reason.ACCOUNT_ACTION_REQUIRED: Blast.AUTHORIZATION,
    Reason.PROVIDER_SPECIFIC: Blast.AUTHORIZATION,
    Reason.APP_MISCONFIGURED: Blast.APP,
    Reason.PROVIDER_OUTAGE: Blast.PROVIDER,
    Reason.REQUEST_REJECTED: Blast.REQUEST,
    Reason.NOT_A_FAILURE: Blast.REQUEST,
}


def _usual_remedy(reason: Reason, failure: Failure, grant: Grant) -> Remedy:
    is_refused = reason in (Reason.EXPIRED_TOKEN, Reason.INVALID_CREDENTIALS)
    if is_refused and grant is Grant.SECRET:
        return Remedy.REPLACE_SECRET
    may_refresh = failure.facts.just_refreshed is not True and failure.phase is not Phase.REFRESH
    if reason is Reason.EXPIRED_TOKEN and grant is Grant.REFRESHABLE and may_refresh:
        return Remedy.REFRESH
    return _USUAL_REMEDIES[reason]


def _usual_blast(reason: Reason, remedy: Remedy, failure: Failure) -> Blast:
    """Missing rights that a new consent would give belong to the authorization.

    A role that an admin took away belongs to the account for which it was needed.
    """
    if reason is Reason.INSUFFICIENT_PRIVILEGES and remedy is Remedy.REAUTHORIZE:
        return Blast.AUTHORIZATION
    nearest = Blast.AUTHORIZATION if failure.account is None else Blast.ACCOUNT
    return _USUAL_BLASTS.get(reason, nearest)
