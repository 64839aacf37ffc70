//! The versions of the contract that this host speaks, each converted to the newest.
//!
//! A released WIT folder is never edited, so a module here is never edited for the sake of another:
//! a new version is a new folder, a new module and a new arm in each `match` below.

mod v0_1;

use relink_core::plugin::{Context, Descriptor, Event, Failure, StepOut};
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
}

impl Contract {
    pub(crate) const ALL: &[Self] = &[Self::V0_1];

    /// As in the names of interfaces; `0.1` stands for every `0.1.x`.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::V0_1 => "0.1",
        }
    }
}

/// A component whose imports and exports are tied to the contract that it was built for.
pub(crate) enum Prepared {
    V0_1(v0_1::Prepared),
}

impl Prepared {
    /// Fails if an import differs from that in the contract.
    pub(crate) fn new(contract: Contract, engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        match contract {
            Contract::V0_1 => v0_1::Prepared::new(engine, component).map(Self::V0_1),
        }
    }

    /// Fails if an export differs from that in the contract, or if the start function traps.
    pub(crate) fn instantiate(&self, store: Store<Guest>) -> wasmtime::Result<()> {
        match self {
            Self::V0_1(prepared) => prepared.instantiate(store),
        }
    }

    pub(crate) fn describe(&self, store: Store<Guest>) -> wasmtime::Result<Descriptor> {
        match self {
            Self::V0_1(prepared) => prepared.describe(store),
        }
    }

    pub(crate) fn classify(&self, store: Store<Guest>, failure: Failure) -> wasmtime::Result<Diagnosis> {
        match self {
            Self::V0_1(prepared) => prepared.classify(store, failure),
        }
    }

    pub(crate) fn step(
        &self,
        store: Store<Guest>,
        context: Context,
        state: &[u8],
        event: Event,
    ) -> wasmtime::Result<StepOut> {
        match self {
            Self::V0_1(prepared) => prepared.step(store, context, state, event),
        }
    }
}
