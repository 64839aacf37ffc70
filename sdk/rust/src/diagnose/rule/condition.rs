//! What a rule asks of a failure. Each question has an answer for any bytes.

use crate::answer::scalar;
use crate::diagnose::Grant;
use crate::diagnose::evidence::Evidence;
use crate::{Failure, Phase};

#[derive(Debug)]
pub(super) enum Condition {
    Phase(Vec<Phase>),
    Status(u16, u16),
    Json(String, Vec<String>),
    JsonContains(String, String),
    JsonPresent(String),
    Text(Vec<String>),
    Header(String, String),
    Redirect(String, Vec<String>),
    OneGrant(Grant),
    TokenYoungerThan(u64),
    TokenOlderThan(u64),
    EmptyBody,
    When(fn(&Failure) -> bool),
}

impl Condition {
    pub(super) fn holds(&self, evidence: &Evidence<'_>) -> bool {
        let failure = evidence.failure;
        match self {
            Self::Phase(phases) => phases.contains(&failure.phase),
            Self::Status(first, last) => failure.status.is_some_and(|status| (*first..=*last).contains(&status)),
            Self::Json(pointer, values) => evidence
                .at(pointer)
                .and_then(scalar)
                .is_some_and(|found| values.iter().any(|value| value.eq_ignore_ascii_case(&found))),
            Self::JsonContains(pointer, part) => {
                evidence.at(pointer).and_then(scalar).is_some_and(|found| found.to_lowercase().contains(part))
            }
            Self::JsonPresent(pointer) => evidence.at(pointer).is_some_and(|found| !found.is_null()),
            Self::Text(parts) => parts.iter().any(|part| evidence.text().contains(part)),
            Self::Header(name, part) => failure.header(name).is_some_and(|value| value.to_lowercase().contains(part)),
            Self::Redirect(name, values) => {
                failure.redirect_param(name).is_some_and(|found| values.is_empty() || values.contains(&found))
            }
            Self::OneGrant(expected) => evidence.grant == *expected,
            Self::TokenYoungerThan(seconds) => failure.facts.token_age_s.is_some_and(|age| age < *seconds),
            Self::TokenOlderThan(seconds) => failure.facts.token_age_s.is_some_and(|age| age > *seconds),
            Self::EmptyBody => failure.text().trim().is_empty(),
            Self::When(holds) => holds(failure),
        }
    }
}
