//! How many calls a provider allows.

use relink_sdk::RateBudget;
use serde::Deserialize;

use crate::values::BudgetKey;

/// At most `calls` per `per-s`, counted per `key`, to the given hosts or to all.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Budget {
    pub(crate) calls: u32,
    pub(crate) per_s: u64,
    #[serde(default = "per_authorization")]
    pub(crate) key: BudgetKey,
    pub(crate) hosts: Option<Vec<String>>,
}

fn per_authorization() -> BudgetKey {
    BudgetKey::Authorization
}

impl Budget {
    pub(crate) fn lowered(&self, name: &str, all_hosts: &[String]) -> RateBudget {
        RateBudget {
            name: name.to_owned(),
            calls: self.calls,
            per_ms: self.per_s.saturating_mul(1000),
            hosts: self.hosts.clone().unwrap_or_else(|| all_hosts.to_vec()),
            key: self.key.into(),
        }
    }
}
