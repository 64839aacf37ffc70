//! What belongs to one call while it runs: the limits it has left, and its log.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wasmtime::{Engine, ResourceLimiter, Store};

use crate::engine;
use crate::limits::Limits;
use crate::text;

/// A line costs at least so much of the quota, so that empty lines are not free.
const LOG_LINE_COST: usize = 64;

/// Says that a guest asked for more memory than it may have.
#[derive(Debug, thiserror::Error)]
#[error("more than {limit_bytes} bytes of memory were asked for")]
pub(crate) struct MemoryRefused {
    pub(crate) limit_bytes: usize,
}

thread_local! {
    /// The last error that a plugin logged while somebody listens.
    static OVERHEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes a call, and hears what the plugin logs as its last error, which is what a panic says before it traps.
///
/// A call runs on the thread of its caller. Such a text may quote data, so nobody listens to calls of customers.
pub(crate) fn overhear<T>(call: impl FnOnce() -> T) -> (T, Option<String>) {
    OVERHEARD.replace(Some(String::new()));
    let outcome = call();
    (outcome, OVERHEARD.take().filter(|text| !text.is_empty()))
}

fn let_hear(text: &str) {
    OVERHEARD.with_borrow_mut(|overheard| {
        if let Some(overheard) = overheard {
            text.clone_into(overheard);
        }
    });
}

/// Which plugin a log line comes from.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) id: Arc<str>,
    pub(crate) version: Arc<str>,
}

/// The most memory that any call of a plugin has asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peak(Arc<AtomicUsize>);

impl Peak {
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn note(&self, bytes: usize) {
        self.0.fetch_max(bytes, Ordering::Relaxed);
    }
}

/// How urgent a line of the plugin's log is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Severity {
    Debug,
    Info,
    Warn,
    Error,
}

/// The data of one store: one call of one plugin.
pub(crate) struct Guest {
    name: Name,
    limits: Limits,
    peak: Peak,
    /// None once the quota is used up and the operator knows.
    log_bytes_left: Option<usize>,
}

/// Makes the store in which one call runs, and is then thrown away.
///
/// A store is never used twice: after a trap its state is undefined, and a plugin could otherwise
/// carry what it saw from one customer's call into the next.
pub(crate) fn store(engine: &Engine, limits: &Limits, of: (&Name, &Peak), deadline: Duration) -> Store<Guest> {
    let (name, peak) = of;
    let log_bytes_left = Some(limits.log_call_bytes);
    let guest = Guest { name: name.clone(), limits: *limits, peak: peak.clone(), log_bytes_left };
    let mut store = Store::new(engine, guest);
    store.limiter(|guest| guest);
    store.set_hostcall_fuel(limits.answer_bytes);
    store.set_max_component_handles(limits.handles);
    store.set_epoch_deadline(engine::ticks(deadline));
    store.epoch_deadline_trap();
    store
}

impl Guest {
    /// Passes a line to the operator's log, until the quota of the call is used up.
    pub(crate) fn log(&mut self, severity: Severity, text: &str) {
        let Some(left) = self.log_bytes_left else { return };
        let cost = text.len().clamp(LOG_LINE_COST, self.limits.log_line_bytes);
        self.log_bytes_left = left.checked_sub(cost);
        if self.log_bytes_left.is_none() {
            tracing::warn!(plugin.name = %self.name.id, "the plugin's log quota is used up");
            return;
        }
        let text = text::line(text, self.limits.log_line_bytes);
        if matches!(severity, Severity::Error) {
            let_hear(&text);
        }
        let Name { id, version } = &self.name;
        match severity {
            Severity::Debug => tracing::debug!(plugin.name = %id, plugin.version = %version, "{text}"),
            Severity::Info => tracing::info!(plugin.name = %id, plugin.version = %version, "{text}"),
            Severity::Warn => tracing::warn!(plugin.name = %id, plugin.version = %version, "{text}"),
            // A plugin's error is its author's matter: nobody needs to be woken.
            Severity::Error => tracing::warn!(plugin.name = %id, plugin.version = %version, failed = true, "{text}"),
        }
    }
}

impl ResourceLimiter for Guest {
    /// Traps instead of answering -1, so that "too little memory" is told from other traps.
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let limit_bytes = self.limits.memory_bytes;
        self.peak.note(desired);
        if desired > limit_bytes { Err(MemoryRefused { limit_bytes }.into()) } else { Ok(true) }
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= self.limits.table_elements)
    }

    fn instances(&self) -> usize {
        self.limits.core_instances
    }

    fn tables(&self) -> usize {
        self.limits.tables
    }

    fn memories(&self) -> usize {
        self.limits.memories
    }
}
