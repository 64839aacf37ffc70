//! Why a call of a plugin gave no answer.

use std::time::Duration;

use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::guest::MemoryRefused;
use crate::text;

/// Why a call of a plugin gave no answer.
///
/// A fault is never shown as the customer's: a connection keeps its state whatever is said here. The
/// texts name places in the plugin and figures of the sandbox, and no data of the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the plugin trapped: {what}")]
    Trap { what: String },
    #[error("the plugin was stopped after {} ms", .limit.as_millis())]
    Deadline { limit: Duration },
    #[error("the plugin asked for more than {limit_bytes} bytes of memory")]
    Memory { limit_bytes: usize },
    #[error("the plugin's answer is unusable: {what}")]
    BadOutput { what: String },
    /// The plugin was built for a contract that has no word for what it was asked.
    #[error("{what} is not in the contract that the plugin was built for")]
    NotInContract { what: &'static str },
    /// Too many calls wait already. The plugin did nothing wrong; try again later.
    #[error("too many plugin calls are waiting")]
    Busy,
    /// The host failed at its own work. The plugin did nothing wrong; try again later.
    #[error("the host could not call the plugin")]
    Host,
}

impl Fault {
    pub(crate) fn bad_output(what: impl Into<String>) -> Self {
        Self::BadOutput { what: what.into() }
    }

    /// Whether the plugin is to blame, rather than the load or a failure of the host.
    pub const fn is_plugins_fault(&self) -> bool {
        match self {
            Self::Trap { .. } | Self::Deadline { .. } | Self::Memory { .. } | Self::BadOutput { .. } => true,
            Self::NotInContract { .. } | Self::Busy | Self::Host => false,
        }
    }

    /// A stable code for logs, metrics and the database.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Trap { .. } => "trap",
            Self::Deadline { .. } => "deadline",
            Self::Memory { .. } => "memory",
            Self::BadOutput { .. } => "bad-output",
            Self::NotInContract { .. } => "not-in-contract",
            Self::Busy => "busy",
            Self::Host => "host",
        }
    }

    /// Reads what wasmtime says about a failed call that had `deadline`.
    ///
    /// An error without a trap arises when an answer is read from the guest's memory: a text that is
    /// not UTF-8, a pointer outside of the memory, a case that does not exist.
    pub(crate) fn from_wasmtime(error: &wasmtime::Error, deadline: Duration) -> Self {
        if error.is::<PoolConcurrencyLimitError>() {
            return Self::Busy;
        }
        if let Some(MemoryRefused { limit_bytes }) = error.downcast_ref() {
            return Self::Memory { limit_bytes: *limit_bytes };
        }
        // What the bindings themselves refuse to say is passed on as it is.
        if let Some(fault) = error.downcast_ref::<Self>() {
            return fault.clone();
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Self::Deadline { limit: deadline },
            Some(_) => Self::Trap { what: text::line(&chain(error), 600) },
            None => Self::bad_output(text::line(&chain(error), 300)),
        }
    }
}

/// The causes of an error, the root first, since wasmtime puts the backtrace on the outside.
fn chain(error: &wasmtime::Error) -> String {
    let mut causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.reverse();
    causes.join("; ")
}
