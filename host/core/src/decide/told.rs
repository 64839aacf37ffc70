//! What follows when the provider itself says, with proof, that access ended.
//!
//! Such a message was not caused by a request of ours, so nothing on the way can have spoiled it, and
//! nothing is gained by waiting for a second one: what is certain is believed. Whatever else it means
//! is no more than a reason to look at once.

use super::{Before, Change, Decision, Policy, Suspicion, heal_probe, scope_of};
use crate::reason::{Certainty, Diagnosis};
use crate::time::Timestamp;

/// Decides what follows from `diagnosis`, which explains a proven message.
pub fn decide_told(before: &Before, diagnosis: &Diagnosis, policy: &Policy, now: Timestamp) -> Decision {
    let scope = scope_of(diagnosis);
    let (change, next_due_at) = match diagnosis.certainty {
        _ if before.is_broken || !diagnosis.is_breakage() => (Change::Unchanged, Some(now)),
        Certainty::Certain => (Change::Broken { scope }, heal_probe(before, diagnosis, policy, now)),
        Certainty::Doubtful => {
            let earlier = before.authorization_suspicion.as_ref();
            let suspicion = Suspicion {
                code: diagnosis.code.clone(),
                count: earlier.map_or(1, |earlier| earlier.count.saturating_add(1)),
                since: earlier.map_or(now, |earlier| earlier.since),
            };
            (Change::Suspected { scope, suspicion }, Some(now))
        }
    };
    Decision { change, next_due_at, delayed_by: None, consecutive_failures: before.consecutive_failures }
}
