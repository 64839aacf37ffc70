//! What follows from the outcome of a run. Pure: whatever it needs is an argument.
//!
//! Nothing is called broken on one observation, and nothing is called healthy that was not proven by
//! a fetch. Trouble of the provider, the network, our app or the plugin never breaks a connection.

mod told;
mod wave;

use serde::{Deserialize, Serialize};

use crate::reason::{Blast, Certainty, Diagnosis, Reason, Remedy};
use crate::schedule::{next_regular, next_retry};
use crate::time::Timestamp;

pub use told::decide_told;
pub use wave::{Breakage, Reports, Wave, WavePolicy, is_over};

/// The spans and counts that decisions are made with; the operator's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long after a certain failure it is tried once more before it is believed.
    pub confirm_after_ms: i64,
    /// How many doubtful failures in a row are believed.
    pub doubtful_failures: u32,
    /// And over which span at least.
    pub doubtful_span_ms: i64,
    pub retry_first_ms: i64,
    pub retry_most_ms: i64,
    /// How often a broken connection that can heal by itself is probed.
    pub heal_probe_ms: i64,
    /// When so many authorizations are called broken that the plugin itself is doubted.
    pub wave: WavePolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            confirm_after_ms: 30_000,
            doubtful_failures: 3,
            doubtful_span_ms: 600_000,
            retry_first_ms: 30_000,
            retry_most_ms: 3_600_000,
            heal_probe_ms: 3_600_000,
            wave: WavePolicy::default(),
        }
    }
}

/// Breakages in a row that are not yet believed. Which they are does not matter: a provider may word one and
/// the same trouble in several ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    pub count: u32,
    pub since: Timestamp,
}

/// What was known before the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub connection_id: String,
    pub interval_ms: i64,
    pub consecutive_failures: u32,
    /// What people were told already.
    pub known: Option<Known>,
    /// Of the connection's authorization.
    pub authorization_suspicion: Option<Suspicion>,
    /// Of the connection alone.
    pub connection_suspicion: Option<Suspicion>,
}

/// The trouble that an open incident tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub scope: Scope,
    pub remedy: Remedy,
}

impl Known {
    /// Whether the incident tells people what to do about `diagnosis` as well.
    pub fn covers(self, diagnosis: &Diagnosis) -> bool {
        self.remedy == diagnosis.remedy && (self.scope == Scope::Authorization || self.scope == scope_of(diagnosis))
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing went wrong. `is_complete` is false while slices are left. Without an answer of the provider, be it
    /// that nothing was asked, nothing is proven.
    Fetched {
        is_complete: bool,
        is_answered: bool,
    },
    /// A report is being made at the provider, or a budget is used up: go on then.
    Waiting {
        until: Timestamp,
    },
    Failed(Diagnosis),
    /// The plugin trapped, ran too long or gave nonsense: never the customer's fault.
    PluginMisbehaved,
}

/// Whom a failure concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Connection,
    Authorization,
}

/// What becomes of the health of a connection or its authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Data came: whatever was suspected or broken is over.
    Proven,
    /// Nothing was learnt about health.
    Unchanged,
    /// Seen, not yet believed.
    Suspected { scope: Scope, suspicion: Suspicion },
    /// Believed: an incident opens, and takes the place of one that told something else.
    Broken { scope: Scope },
    /// What people were told already was found again.
    StillBroken,
    /// It would be believed, were it not one of too many: see [`Wave`].
    HeldBack,
    /// The operator must act; connections only wait.
    OperatorIncident,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub change: Change,
    /// None = not before a person has acted.
    pub next_due_at: Option<Timestamp>,
    /// Why data is late although nothing is broken.
    pub delayed_by: Option<Reason>,
    pub consecutive_failures: u32,
}

/// Decides what follows from `outcome`.
pub fn decide(before: &Before, outcome: &Outcome, policy: &Policy, now: Timestamp) -> Decision {
    match outcome {
        Outcome::Fetched { is_complete, is_answered } => fetched(before, *is_complete, *is_answered, now),
        Outcome::Waiting { until } => waiting(before, *until),
        Outcome::PluginMisbehaved => delayed(before, Reason::RequestRejected, None, policy, now),
        Outcome::Failed(diagnosis) if diagnosis.is_breakage() => suspect(before, diagnosis, policy, now),
        Outcome::Failed(diagnosis) if diagnosis.reason == Reason::AppMisconfigured => {
            let wait = delayed(before, diagnosis.reason, diagnosis.retry_after_ms, policy, now);
            Decision { change: Change::OperatorIncident, ..wait }
        }
        Outcome::Failed(diagnosis) => delayed(before, diagnosis.reason, diagnosis.retry_after_ms, policy, now),
    }
}

fn fetched(before: &Before, is_complete: bool, is_answered: bool, now: Timestamp) -> Decision {
    let next = if is_complete { next_regular(&before.connection_id, now, before.interval_ms) } else { now };
    Decision {
        change: if is_answered { Change::Proven } else { Change::Unchanged },
        next_due_at: Some(next),
        delayed_by: None,
        consecutive_failures: if is_answered { 0 } else { before.consecutive_failures },
    }
}

fn waiting(before: &Before, until: Timestamp) -> Decision {
    Decision {
        change: Change::Unchanged,
        next_due_at: Some(until),
        delayed_by: None,
        consecutive_failures: before.consecutive_failures,
    }
}

fn delayed(before: &Before, by: Reason, retry_after_ms: Option<u64>, policy: &Policy, now: Timestamp) -> Decision {
    let failures = before.consecutive_failures.saturating_add(1);
    let retry = next_retry(&before.connection_id, now, failures, policy.retry_first_ms, policy.retry_most_ms);
    let asked = retry_after_ms.map(|ms| now.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX).min(DAY_MS)));
    Decision {
        change: Change::Unchanged,
        next_due_at: Some(asked.map_or(retry, |asked| asked.max(retry.min(asked.plus_ms(policy.retry_first_ms))))),
        delayed_by: Some(by),
        consecutive_failures: failures,
    }
}

/// The longest that a provider's wish to be left alone is followed without another look.
const DAY_MS: i64 = 86_400_000;

fn suspect(before: &Before, diagnosis: &Diagnosis, policy: &Policy, now: Timestamp) -> Decision {
    let scope = scope_of(diagnosis);
    let (change, next_due_at) = if before.known.is_some_and(|known| known.covers(diagnosis)) {
        (Change::StillBroken, heal_probe(before, diagnosis, policy, now))
    } else {
        let suspicion = before.suspicion_of(scope, now);
        if is_believed(&suspicion, diagnosis.certainty, policy, now) {
            (Change::Broken { scope }, heal_probe(before, diagnosis, policy, now))
        } else {
            let look_again = now.plus_ms(confirm_delay(diagnosis.certainty, policy));
            (Change::Suspected { scope, suspicion }, Some(look_again))
        }
    };
    Decision {
        change,
        next_due_at,
        delayed_by: None,
        consecutive_failures: before.consecutive_failures.saturating_add(1),
    }
}

impl Before {
    /// What is suspected after one more breakage.
    fn suspicion_of(&self, scope: Scope, now: Timestamp) -> Suspicion {
        let earlier = match scope {
            Scope::Connection => self.connection_suspicion.as_ref(),
            Scope::Authorization => self.authorization_suspicion.as_ref(),
        };
        earlier.map_or(Suspicion { count: 1, since: now }, |earlier| Suspicion {
            count: earlier.count.saturating_add(1),
            since: earlier.since,
        })
    }
}

fn is_believed(suspicion: &Suspicion, certainty: Certainty, policy: &Policy, now: Timestamp) -> bool {
    let span = now.since_ms(suspicion.since);
    match certainty {
        Certainty::Certain => suspicion.count >= 2 && span >= policy.confirm_after_ms,
        Certainty::Doubtful => suspicion.count >= policy.doubtful_failures && span >= policy.doubtful_span_ms,
    }
}

fn confirm_delay(certainty: Certainty, policy: &Policy) -> i64 {
    match certainty {
        Certainty::Certain => policy.confirm_after_ms,
        Certainty::Doubtful => policy.doubtful_span_ms / i64::from(policy.doubtful_failures.max(2) - 1),
    }
}

/// What a person repairs at the provider (a plan, a role, terms) heals without a new grant, so it is
/// looked for; a dead grant is left alone until somebody reconnects.
fn heal_probe(before: &Before, diagnosis: &Diagnosis, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let heals_at_provider =
        matches!(diagnosis.remedy, Remedy::FixBilling | Remedy::AskAdmin | Remedy::ActAtProvider | Remedy::None)
            || diagnosis.is_retryable()
            || diagnosis.reason == Reason::Unknown;
    heals_at_provider.then(|| next_regular(&before.connection_id, now, policy.heal_probe_ms))
}

/// Whom the diagnosis concerns; a plugin cannot make one account's trouble everybody's.
fn scope_of(diagnosis: &Diagnosis) -> Scope {
    match diagnosis.blast {
        Blast::Request | Blast::Account => Scope::Connection,
        Blast::Authorization | Blast::App | Blast::Provider => Scope::Authorization,
    }
}

#[cfg(test)]
mod tests;
