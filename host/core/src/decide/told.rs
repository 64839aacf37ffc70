//! What follows when the provider itself says, with proof, that access ended.
//!
//! Such a message was not caused by a request of ours, so nothing on the way can have spoiled it, and
//! nothing is gained by waiting for a second one: what is certain is believed. Whatever else it means
//! is no more than a reason to look at once.

use super::{Before, Change, Decision, Policy, heal_probe, scope_of};
use crate::reason::{Certainty, Diagnosis};
use crate::time::Timestamp;

/// Decides what follows from `diagnosis`, which explains a proven message.
pub fn decide_told(before: &Before, diagnosis: &Diagnosis, policy: &Policy, now: Timestamp) -> Decision {
    let scope = scope_of(diagnosis);
    let is_known = before.known.is_some_and(|known| known.covers(diagnosis));
    let (change, next_due_at) = match diagnosis.certainty {
        _ if is_known || !diagnosis.is_breakage() => (Change::Unchanged, Some(now)),
        Certainty::Certain => (Change::Broken { scope }, heal_probe(before, diagnosis, policy, now)),
        Certainty::Doubtful => (Change::Suspected { scope, suspicion: before.suspicion_of(scope, now) }, Some(now)),
    };
    Decision { change, next_due_at, delayed_by: None, consecutive_failures: before.consecutive_failures }
}
