//! How often a provider may be called, by what its plugin declared and what it said itself.
//!
//! Nobody sleeps here for long: who has no room is told when to come back, so that a full budget
//! holds no task, no connection and no lease.

mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relink_core::plugin::{Budget, BudgetKey, Descriptor, Throttle};
use relink_core::time::Timestamp;
use tokio::time::Instant;

use crate::hosts;
use window::Window;

/// Keys after which idle ones are looked for, at the least.
const FIRST_SWEEP: usize = 1024;

/// A provider that wants to be left alone for longer is asked again after this time; some send
/// absurd values.
const LONGEST_HOLD: Duration = Duration::from_hours(24);

/// Whose budget a request uses up.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub authorization: &'a str,
    pub connection: &'a str,
}

/// The budgets of all plugins. Clones share them.
#[derive(Clone)]
pub(crate) struct Budgets {
    epoch: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    windows: HashMap<Key, Window>,
    /// Hosts that sent Retry-After, and until when.
    holds: HashMap<Key, u64>,
    sweep_at: usize,
}

/// Plugin, then budget or host, then authorization or connection.
type Key = (String, String, String);

impl Budgets {
    pub(crate) fn new() -> Self {
        Self { epoch: Instant::now(), state: Arc::default() }
    }

    /// Takes a call out of every budget that covers `host`, or out of none and says how long to
    /// wait.
    pub(crate) fn take(&self, descriptor: &Descriptor, scope: Scope<'_>, host: &str) -> Result<(), Duration> {
        let now_ms = self.now_ms();
        let mut state = self.state();
        state.sweep(now_ms);
        if let Some(until) = state.holds.get(&hold_key(descriptor, scope, host)).filter(|until| **until > now_ms) {
            return Err(Duration::from_millis(until - now_ms));
        }
        let covering: Vec<_> = descriptor.budgets.iter().filter(|budget| covers(budget, host)).collect();
        let wait_ms = covering.iter().map(|budget| state.window(descriptor, budget, scope).wait_ms(now_ms)).max();
        if let Some(wait_ms) = wait_ms.filter(|wait_ms| *wait_ms > 0) {
            return Err(Duration::from_millis(wait_ms));
        }
        for budget in covering {
            state.window(descriptor, budget, scope).take(now_ms);
        }
        Ok(())
    }

    /// Remembers what the plugin read out of an answer. A budget that the descriptor does not name
    /// is none of ours.
    pub(crate) fn note(&self, descriptor: &Descriptor, scope: Scope<'_>, throttle: &Throttle, now: Timestamp) {
        let Some(budget) = descriptor.budgets.iter().find(|budget| budget.name == throttle.budget) else {
            return;
        };
        let wait_ms = match throttle.resets_at {
            Some(resets_at) => u64::try_from(resets_at.since_ms(now)).unwrap_or(0),
            None => budget.per_ms,
        };
        let until_ms = self.now_ms() + wait_ms.min(as_ms(LONGEST_HOLD));
        let remaining = throttle.remaining.unwrap_or(0);
        self.state().window(descriptor, budget, scope).allow_only(remaining, until_ms);
    }

    /// Leaves `host` alone on behalf of this authorization.
    pub(crate) fn hold(&self, descriptor: &Descriptor, scope: Scope<'_>, host: &str, wait: Duration) {
        let until = self.now_ms() + as_ms(wait.min(LONGEST_HOLD));
        self.state().holds.insert(hold_key(descriptor, scope, host), until);
    }

    fn now_ms(&self) -> u64 {
        as_ms(self.epoch.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn window(&mut self, descriptor: &Descriptor, budget: &Budget, scope: Scope<'_>) -> &mut Window {
        let whose = match budget.key {
            BudgetKey::App => "",
            BudgetKey::Authorization => scope.authorization,
            BudgetKey::Connection => scope.connection,
        };
        let key = (descriptor.id.clone(), budget.name.clone(), whose.to_owned());
        let window = self.windows.entry(key).or_default();
        window.adapt(budget);
        window
    }

    /// Forgets who was not heard of for so long that nothing of it counts any more.
    fn sweep(&mut self, now_ms: u64) {
        if self.windows.len() + self.holds.len() < self.sweep_at.max(FIRST_SWEEP) {
            return;
        }
        self.windows.retain(|_, window| !window.is_idle(now_ms));
        self.holds.retain(|_, until| *until > now_ms);
        self.sweep_at = 2 * (self.windows.len() + self.holds.len());
    }
}

fn covers(budget: &Budget, host: &str) -> bool {
    budget.hosts.is_empty() || hosts::allows(&budget.hosts, host)
}

fn hold_key(descriptor: &Descriptor, scope: Scope<'_>, host: &str) -> Key {
    (descriptor.id.clone(), host.to_owned(), scope.authorization.to_owned())
}

fn as_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
