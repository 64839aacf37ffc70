//! Where a rule finds out how long to wait.

use crate::answer::scalar;
use crate::diagnose::evidence::Evidence;
use crate::retry_after::{self, Unit};

#[derive(Debug)]
pub(super) enum Wait {
    Fixed(u64),
    Header(String, Unit),
    Json(String, Unit),
    NextUtcMidnight,
}

impl Wait {
    /// A wait that the answer states in the usual headers beats a constant.
    pub(super) fn ms(&self, evidence: &Evidence<'_>) -> Option<u64> {
        let failure = evidence.failure;
        match self {
            Self::Fixed(ms) => failure.retry_after_ms().or(Some(*ms)),
            Self::Header(name, unit) => retry_after::parse(failure.header(name)?, *unit, failure.now),
            Self::Json(pointer, unit) => retry_after::parse(&scalar(evidence.at(pointer)?)?, *unit, failure.now),
            Self::NextUtcMidnight => {
                const DAY_MS: u64 = 86_400_000;
                failure.retry_after_ms().or(Some(DAY_MS - failure.now % DAY_MS))
            }
        }
    }
}
