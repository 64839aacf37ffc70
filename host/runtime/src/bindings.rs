//! The versions of the contract that this host speaks, each converted to the newest.
//!
//! Released WIT folders are never edited, so a module here changes only with the host's own types.
//! `bindgen!` makes types of its own for each version, even where two versions say the same. The
//! conversions of what is the same are the files in `shared/`, which are modules of every version and
//! convert whatever `super::types` is there; what a version has of its own stands in its module.

mod v0_1;
#[expect(clippy::duplicate_mod, reason = "what did not change is read again, with the types of this version")]
mod v0_2;

use relink_core::plugin::{Context, Descriptor, Event, Failure, Message, Signal, StepOut};
use relink_core::reason::Diagnosis;
use serde::{Deserialize, Serialize};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};

use crate::guest::Guest;

/// A version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Contract {
    #[serde(rename = "0.1")]
    V0_1,
    #[serde(rename = "0.2")]
    V0_2,
}

impl Contract {
    /// The oldest first.
    pub(crate) const ALL: &[Self] = &[Self::V0_1, Self::V0_2];

    /// As in the names of interfaces; `0.1` stands for every `0.1.x`.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::V0_1 => "0.1",
            Self::V0_2 => "0.2",
        }
    }
}

/// A component whose imports and exports are tied to the contract that it was built for.
pub(crate) enum Prepared {
    V0_1(v0_1::Prepared),
    V0_2(v0_2::Prepared),
}

impl Prepared {
    /// Fails if an import differs from that in the contract.
    pub(crate) fn new(contract: Contract, engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        match contract {
            Contract::V0_1 => v0_1::Prepared::new(engine, component).map(Self::V0_1),
            Contract::V0_2 => v0_2::Prepared::new(engine, component).map(Self::V0_2),
        }
    }

    /// Fails if an export differs from that in the contract, or if the start function traps.
    pub(crate) fn instantiate(&self, mut store: Store<Guest>) -> wasmtime::Result<()> {
        match self {
            Self::V0_1(prepared) => prepared.instantiate(&mut store).map(drop),
            Self::V0_2(prepared) => prepared.instantiate(&mut store).map(drop),
        }
    }

    pub(crate) fn describe(&self, mut store: Store<Guest>) -> wasmtime::Result<Descriptor> {
        match self {
            Self::V0_1(prepared) => prepared.describe(&mut store),
            Self::V0_2(prepared) => prepared.describe(&mut store),
        }
    }

    pub(crate) fn classify(&self, mut store: Store<Guest>, failure: Failure) -> wasmtime::Result<Diagnosis> {
        match self {
            Self::V0_1(prepared) => prepared.classify(&mut store, failure),
            Self::V0_2(prepared) => prepared.classify(&mut store, failure),
        }
    }

    pub(crate) fn step(
        &self,
        mut store: Store<Guest>,
        context: Context,
        state: &[u8],
        event: Event,
    ) -> wasmtime::Result<StepOut> {
        match self {
            Self::V0_1(prepared) => prepared.step(&mut store, context, state, event),
            Self::V0_2(prepared) => prepared.step(&mut store, context, state, event),
        }
    }

    /// In 0.1 no state survives its version.
    pub(crate) fn migrate(
        &self,
        mut store: Store<Guest>,
        version: &str,
        state: &[u8],
    ) -> wasmtime::Result<Option<Vec<u8>>> {
        match self {
            Self::V0_1(_) => Ok(None),
            Self::V0_2(prepared) => prepared.migrate(&mut store, version, state),
        }
    }

    /// In 0.1 no message means anything.
    pub(crate) fn receive(&self, mut store: Store<Guest>, message: Message) -> wasmtime::Result<Vec<Signal>> {
        match self {
            Self::V0_1(_) => Ok(Vec::new()),
            Self::V0_2(prepared) => prepared.receive(&mut store, message),
        }
    }
}

#[cfg(test)]
mod tests;
