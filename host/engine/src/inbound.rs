//! Messages that providers send by themselves, so that access that ended is known at once, and not when
//! the next sync happens to be due.
//!
//! `receive` demands the proof and enters the message; only then is the provider thanked, and nothing is
//! lost any more. `work` asks the plugin what it means, as often as it takes; `signal` finds whom it is
//! about, and `settle` writes what follows.

mod receive;
mod signal;
mod work;

use relink_egress::Unproven;
use relink_store::StoreError;
use relink_store::seal::SealError;

pub use receive::Delivery;
pub(crate) use work::run;

/// Why a message was not taken. A provider is told no more than the kind.
#[derive(Debug, thiserror::Error)]
pub enum InboundError {
    #[error("there is no such workspace, or no such plugin that gets messages")]
    NotFound,
    #[error(transparent)]
    Unproven(#[from] Unproven),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
