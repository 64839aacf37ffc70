//! The evidence that a plugin is asked to explain.

use serde::{Deserialize, Serialize};

use super::{Field, TransportFailure};
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub now: Timestamp,
    pub phase: Phase,
    pub auth_method: String,
    pub status: Option<u16>,
    pub headers: Vec<Field>,
    pub body: Vec<u8>,
    pub transport: Option<TransportFailure>,
    pub redirect_query: Option<String>,
    pub dataset: Option<String>,
    pub account: Option<String>,
    pub facts: Facts,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub token_age_s: Option<u64>,
    pub has_refresh_token: Option<bool>,
    pub just_refreshed: Option<bool>,
    pub newer_token_in_store: Option<bool>,
    pub granted_scopes: Vec<String>,
    pub requested_scopes: Vec<String>,
    pub consecutive: u32,
    pub fleet_failure_ratio: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Authorize,
    Exchange,
    Refresh,
    Probe,
    Sync,
    Revoke,
    Inbound,
}
