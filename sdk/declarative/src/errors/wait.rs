//! Where a rule finds out how long to wait, if not in the usual headers.

use relink_sdk::Rule;
use serde::Deserialize;

use crate::values::{Pointer, Unit};

/// One of these. A wait that the answer states in the usual headers beats a constant.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RetryAfter {
    Seconds(u64),
    Header(FromHeader),
    Json(FromJson),
    /// The quota's new day begins then.
    UtcMidnight,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct FromHeader {
    name: String,
    unit: Unit,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct FromJson {
    at: Pointer,
    unit: Unit,
}

impl RetryAfter {
    pub(crate) fn put_on(&self, rule: Rule) -> Rule {
        match self {
            Self::Seconds(seconds) => rule.retry_after_s(*seconds),
            Self::Header(FromHeader { name, unit }) => rule.retry_after_header(name, (*unit).into()),
            Self::Json(FromJson { at, unit }) => rule.retry_after_json(at.as_str(), (*unit).into()),
            Self::UtcMidnight => rule.retry_at_utc_midnight(),
        }
    }
}
