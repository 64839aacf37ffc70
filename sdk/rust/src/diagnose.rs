//! From a failure to a diagnosis: the provider's own rules first, then what OAuth 2 and HTTP say.
//!
//! Everything here is total: it never panics, whatever the bytes.

mod defaults;
mod evidence;
mod grant;
mod oauth;
mod rule;
mod text;
mod verdict;

pub use grant::Grant;
pub use rule::{Rule, rule};

use evidence::Evidence;
use verdict::Verdict;

use crate::{Diagnosis, Failure, Reason};

/// What a provider's errors mean: rules that are tried in order, and defaults behind them.
///
/// Write a rule only where the provider deviates: the defaults know RFC 6749, RFC 6750, statuses,
/// waits, transport failures and error pages that come from a proxy and not from the provider.
///
/// ```
/// use relink_sdk::{Actor, ErrorTable, Failure, Grant, Phase, Reason, Remedy, rule};
///
/// let errors = ErrorTable::new("acme", "Acme", [
///     rule("plan-too-small", Reason::ProviderSpecific)
///         .status(403)
///         .json("/error/code", ["PLAN_LIMIT"])
///         .remedy(Remedy::FixBilling)
///         .message("Your Acme plan does not include the API. Ask your Acme admin to upgrade it."),
/// ]);
///
/// let failure =
///     Failure::new(Phase::Sync).answered(403, &[], r#"{"error":{"code":"PLAN_LIMIT"}}"#);
/// let diagnosis = errors.diagnose(&failure, Grant::Secret);
/// assert_eq!(diagnosis.code, "acme.plan-too-small");
/// assert_eq!(diagnosis.actor, Actor::AccountAdmin);
///
/// let unavailable = errors.diagnose(&Failure::new(Phase::Sync).answered(503, &[], ""), Grant::Secret);
/// assert_eq!(unavailable.reason, Reason::ProviderOutage);
/// ```
#[derive(Debug)]
pub struct ErrorTable {
    id: String,
    display_name: String,
    rules: Vec<Rule>,
}

impl ErrorTable {
    /// Makes the table of the plugin `id`; codes of rules are prefixed with it.
    pub fn new(id: &str, display_name: &str, rules: impl IntoIterator<Item = Rule>) -> Self {
        Self { id: id.to_owned(), display_name: display_name.to_owned(), rules: rules.into_iter().collect() }
    }

    /// Says what a failure means.
    pub fn diagnose(&self, failure: &Failure, grant: Grant) -> Diagnosis {
        self.verdict(failure, grant).correct_by_facts(failure).into_diagnosis(
            failure,
            grant,
            &self.id,
            &self.display_name,
        )
    }

    /// The codes of all rules, so that a test can ask for a fixture for each.
    pub fn codes(&self) -> impl Iterator<Item = String> + '_ {
        self.rules.iter().map(|rule| format!("{}.{}", self.id, rule.code()))
    }

    /// The reasons that the rules give.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> + '_ {
        self.rules.iter().map(Rule::reason)
    }

    fn verdict(&self, failure: &Failure, grant: Grant) -> Verdict {
        let evidence = Evidence::new(failure, grant);
        match self.rules.iter().find(|rule| rule.matches(&evidence)) {
            Some(rule) => rule.verdict(&evidence),
            None => defaults::verdict(failure, grant),
        }
    }
}

#[cfg(test)]
mod tests;
