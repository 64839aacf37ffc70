//! The error that is explained, taken from the fixtures of the Ahrefs plugin, in everybody's types.

use anyhow::{Context, Result};
use relink_core::plugin::{Facts, Failure, Phase};
use relink_core::time::Timestamp;
use serde_json::{Value, json};

use super::bare::types;

/// What it means.
pub(crate) const CODE: &str = "ahrefs.subscription-lapsed";

const FIXTURES: &str = include_str!("../../../../plugins/ahrefs/fixtures/diagnoses.json");

/// A refusal by the provider's API, as it comes over the wire.
pub(crate) struct RealError {
    auth_method: String,
    status: u16,
    body: String,
}

impl RealError {
    pub(crate) fn from_fixtures() -> Result<Self> {
        let fixtures: Vec<Value> = serde_json::from_str(FIXTURES)?;
        let fixture = fixtures.iter().find(|fixture| fixture["diagnosis"]["code"] == CODE);
        let failure = &fixture.context("the fixture is gone")?["failure"];
        let status = failure["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Ok(Self {
            auth_method: failure["auth_method"].as_str().context("the fixture has no auth method")?.to_owned(),
            status: status.context("the fixture has no status")?,
            body: failure["body"].to_string(),
        })
    }

    pub(crate) fn for_host(&self) -> Failure {
        Failure {
            now: Timestamp::from_ms(0),
            phase: Phase::Sync,
            auth_method: self.auth_method.clone(),
            status: Some(self.status),
            headers: Vec::new(),
            body: self.body.clone().into(),
            transport: None,
            redirect_query: None,
            dataset: None,
            account: None,
            facts: Facts { consecutive: 1, ..Facts::default() },
        }
    }

    pub(super) fn for_sdk(&self) -> relink_sdk::Failure {
        let failure = relink_sdk::Failure::new(relink_sdk::Phase::Sync);
        relink_sdk::Failure { auth_method: self.auth_method.clone(), ..failure }.answered(
            self.status,
            &[],
            self.body.clone(),
        )
    }

    pub(super) fn for_wasmtime(&self) -> types::Failure {
        types::Failure {
            now: 0,
            phase: types::Phase::Sync,
            auth_method: self.auth_method.clone(),
            status: Some(self.status),
            headers: Vec::new(),
            body: self.body.clone().into(),
            transport: None,
            redirect_query: None,
            dataset: None,
            account: None,
            facts: types::Facts {
                token_age_s: None,
                has_refresh_token: None,
                just_refreshed: None,
                newer_token_in_store: None,
                granted_scopes: Vec::new(),
                requested_scopes: Vec::new(),
                consecutive: 1,
                fleet_failure_ratio: None,
            },
        }
    }

    /// On one line.
    pub(super) fn for_extism(&self) -> String {
        json!({ "auth_method": self.auth_method, "status": self.status, "body": self.body }).to_string()
    }
}
