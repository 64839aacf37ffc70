//! How fixtures are written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::expected::{Diagnosed, Found};
use super::failing::Failing;
use crate::{Context, Field, Operation, Response, Slice, TransportFailure, TransportKind, Window};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixture {
    pub(super) about: String,
    pub(super) failure: Option<Failing>,
    pub(super) diagnosis: Option<Diagnosed>,
    pub(super) operation: Option<Operated>,
    #[serde(default)]
    pub(super) context: Surroundings,
    #[serde(default)]
    pub(super) exchange: Vec<Exchanged>,
    #[serde(default)]
    pub(super) found: Found,
    #[serde(default)]
    pub(super) ends: Ends,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Operated {
    Probe,
    Identify,
    Accounts,
    Sync { dataset: String, since: Option<String>, until: Option<String> },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Surroundings {
    account: Option<String>,
    config: Option<Value>,
    #[serde(default)]
    auth_method: String,
    now: Option<String>,
}

/// A request with its answer, an expected wait, or a request that nobody answers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchanged {
    #[serde(default)]
    pub(super) request: Wanted,
    pub(super) answer: Option<Answered>,
    pub(super) unanswered: Option<String>,
    pub(super) wait_ms: Option<u64>,
}

/// What must hold of a request; what is not named may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) method: Option<String>,
    /// Without its query.
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) query: BTreeMap<String, Value>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Option<Value>,
    pub(super) form: Option<BTreeMap<String, String>>,
    pub(super) credential: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answered {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
    /// The body in the pieces in which the host would hand it over.
    chunks: Option<Vec<Value>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ends {
    #[default]
    Done,
    Failed,
}

impl Operated {
    pub(super) fn to_operation(&self) -> Operation {
        match self {
            Self::Probe => Operation::Probe,
            Self::Identify => Operation::Identify,
            Self::Accounts => Operation::Accounts,
            Self::Sync { dataset, since, until } => Operation::Sync(Slice {
                dataset: dataset.clone(),
                window: since.clone().zip(until.clone()).map(|(since, until)| Window { since, until }),
            }),
        }
    }
}

impl Surroundings {
    pub(super) fn to_context(&self) -> Result<Context, String> {
        Ok(Context {
            now: unix_ms(self.now.as_deref())?,
            seed: (0..32).collect(),
            config: self.config.as_ref().map_or_else(|| "{}".to_owned(), Value::to_string),
            auth_method: self.auth_method.clone(),
            account: self.account.clone(),
        })
    }
}

impl Answered {
    /// The answer in the pieces in which the host hands it over.
    pub(super) fn pieces(&self) -> Vec<Response> {
        let whole = std::slice::from_ref(&self.body);
        let bodies = self.chunks.as_deref().unwrap_or(whole);
        let last = bodies.len().saturating_sub(1);
        let piece = |(index, body): (usize, &Value)| Response {
            status: self.status,
            headers: fields(&self.headers),
            body: bytes(body),
            more: index < last,
        };
        bodies.iter().enumerate().map(piece).collect()
    }
}

/// A text stands for itself, null for no body, and anything else for its JSON.
pub(super) fn bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        document => document.to_string().into_bytes(),
    }
}

pub(super) fn fields(headers: &BTreeMap<String, String>) -> Vec<Field> {
    headers.iter().map(|(name, value)| Field { name: name.to_lowercase(), value: value.clone() }).collect()
}

pub(super) fn unix_ms(now: Option<&str>) -> Result<u64, String> {
    let Some(now) = now else {
        return Ok(0);
    };
    let at: jiff::Timestamp = now.parse().map_err(|error| format!("now: {error}"))?;
    u64::try_from(at.as_millisecond()).map_err(|_| "now is before 1970".to_owned())
}

pub(super) fn transport(kind: &str) -> Result<TransportFailure, String> {
    let kind = TransportKind::from_name(kind).ok_or_else(|| format!("there is no transport failure {kind:?}"))?;
    Ok(TransportFailure { kind, detail: "recorded".to_owned() })
}
