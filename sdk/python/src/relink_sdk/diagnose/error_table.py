"""What a provider's errors mean: rules that are tried in order, and defaults behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relink_sdk import log
from relink_sdk.contract.enums import Blast, Reason
from relink_sdk.contract.failure import Diagnosis, Failure
from relink_sdk.diagnose import defaults
from relink_sdk.diagnose.grant import Grant
from relink_sdk.diagnose.rule import Rule
from relink_sdk.diagnose.verdict import Verdict


@dataclass(frozen=True)
class ErrorTable:
    """The rules of a plugin, and behind them what OAuth 2 and HTTP say.

    Write a rule only where the provider deviates: the defaults know RFC 6749, RFC 6750, statuses,
    waits, transport failures and error pages that come from a proxy and not from the provider.
    """

    id: str
    display_name: str
    rules: Sequence[Rule]

    def diagnose(self, failure: Failure, grant: Grant) -> Diagnosis:
        """Says what a failure means; it never raises."""
        verdict = self._verdict(failure, grant).corrected_by_facts(failure)
        return verdict.diagnosis(failure, grant, self.id, self.display_name)

    def broken_plugin(self, failure: Failure) -> Diagnosis:
        """What is said when the plugin itself broke.

        It is the operator's matter, and breaks no connection.
        """
        verdict = Verdict(
            Reason.REQUEST_REJECTED,
            "classify-failed",
            doubtful=True,
            blast=Blast.REQUEST,
            message=(
                "{provider} answered with something that we did not understand. "
                "Our operators have to look at this; reconnecting does not help."
            ),
        )
        return verdict.diagnosis(failure, Grant.SECRET, self.id, self.display_name)

    def codes(self) -> list[str]:
        """The codes of all rules, so that a test can ask for a fixture for each."""
        return [f"{self.id}.{rule.verdict.code}" for rule in self.rules]

    def reasons(self) -> list[Reason]:
        """The reasons that the rules give."""
        return [rule.verdict.reason for rule in self.rules]

    def _verdict(self, failure: Failure, grant: Grant) -> Verdict:
        for rule in self.rules:
            try:
                if rule.matches(failure, grant):
                    return rule.verdict_on(failure)
            except Exception as error:  # noqa: BLE001
                # A condition of the author's own may raise anything; the other rules still count.
                log.error(f"rule {rule.verdict.code}: {log.describe(error)}")
        return defaults.verdict(failure, grant)
