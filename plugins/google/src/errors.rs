//! What the errors of Google mean: of the login, of Google Ads, of all other APIs, and of events.

mod ads;
mod apis;
mod login;

use relink_sdk::{ErrorTable, Reason, Rule, rule};

use crate::events;

/// Google Ads comes before the other APIs: its answers have the same envelope and the same outer
/// sentence for different causes, and the code inside decides.
pub(crate) fn table() -> ErrorTable {
    let rules = login::rules().into_iter().chain(ads::rules()).chain(apis::rules()).chain(events::rules());
    ErrorTable::new("google", "Google", rules)
}

/// A rule for data requests whose answer names one of these codes.
///
/// A code stands in `error.errors[].reason`, in `error.details[].reason` or under `errorCode`, and not
/// always in the first entry; in quotes it is found in each place, and in no sentence.
fn named(code: &str, reason: Reason, names: &[&str]) -> Rule {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    rule(code, reason).api().statuses(400, 599).contains(quoted.iter().map(String::as_str))
}

/// A rule for data requests whose answer contains one of these phrases: old APIs and the texts of some
/// new ones have nothing better.
fn phrased(code: &str, reason: Reason, phrases: &[&str]) -> Rule {
    rule(code, reason).api().statuses(400, 599).contains(phrases.iter().copied())
}
