//! The failures that go into `classify`: those of fixtures, and noise.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::fixture::{bytes, fields, transport, unix_ms};
use crate::{Facts, Failure, Phase, TransportKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    phase: String,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
    unanswered: Option<String>,
    redirect_query: Option<String>,
    #[serde(default)]
    auth_method: String,
    account: Option<String>,
    dataset: Option<String>,
    now: Option<String>,
    #[serde(default)]
    facts: KnownFacts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownFacts {
    token_age_s: Option<u64>,
    has_refresh_token: Option<bool>,
    just_refreshed: Option<bool>,
    newer_token_in_store: Option<bool>,
    #[serde(default)]
    granted_scopes: Vec<String>,
    #[serde(default)]
    requested_scopes: Vec<String>,
    consecutive: Option<u32>,
    fleet_failure_ratio: Option<f64>,
}

impl Failing {
    pub(super) fn to_failure(&self) -> Result<Failure, String> {
        let phase = Phase::from_name(&self.phase).ok_or_else(|| format!("there is no phase {:?}", self.phase))?;
        let facts = &self.facts;
        Ok(Failure {
            now: unix_ms(self.now.as_deref())?,
            phase,
            auth_method: self.auth_method.clone(),
            status: self.status,
            headers: fields(&self.headers),
            body: bytes(&self.body),
            transport: self.unanswered.as_deref().map(transport).transpose()?,
            redirect_query: self.redirect_query.clone(),
            dataset: self.dataset.clone(),
            account: self.account.clone(),
            facts: Facts {
                token_age_s: facts.token_age_s,
                has_refresh_token: facts.has_refresh_token,
                just_refreshed: facts.just_refreshed,
                newer_token_in_store: facts.newer_token_in_store,
                granted_scopes: facts.granted_scopes.clone(),
                requested_scopes: facts.requested_scopes.clone(),
                consecutive: facts.consecutive.unwrap_or(1),
                fleet_failure_ratio: facts.fleet_failure_ratio,
            },
        })
    }
}

/// Pieces from which noise is made: what confuses readers of JSON, forms, dates and texts.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "1e999",
    "-0",
    "\\u0000",
    "\"error\"",
    "invalid_grant",
    "\u{0130}",
    "é",
    "\u{1F980}",
    "<html>",
    "%",
    "&",
    "=",
    "\r\n",
    "\u{feff}",
    "9999999999999999999999",
    "Retry",
];

/// Failures of every phase and many statuses, with bodies and headers that make no sense. The same
/// ones at each call, so that a failing test fails again.
pub(super) fn noise() -> impl Iterator<Item = Failure> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    (0..500).map(move |_| {
        let phase = random.pick(Phase::ALL);
        let status = random.below(700) as u16;
        let wait = random.text();
        let headers = [("retry-after", wait.as_str()), ("www-authenticate", "Bearer error=")];
        let body = if random.below(2) == 0 { random.text().into_bytes() } else { random.bytes() };
        let mut failure = Failure::new(phase).answered(status, &headers, body);
        match random.below(4) {
            0 => failure.status = None,
            1 => failure = failure.unanswered(random.pick(TransportKind::ALL)),
            2 => failure.redirect_query = Some(random.text()),
            _ => failure.account = Some(random.text()),
        }
        failure
    })
}

/// Xorshift: noise needs to be repeatable, and no more.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn text(&mut self) -> String {
        (0..self.below(12)).map(|_| self.pick(&PIECES)).collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(64)).map(|_| self.below(256) as u8).collect()
    }
}
