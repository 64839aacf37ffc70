//! The contract `relink:plugin@0.1`, and what it lacks beside the newest.

#[path = "shared/descriptor.rs"]
mod descriptor;
#[path = "shared/exchange.rs"]
mod exchange;
#[path = "shared/failure.rs"]
mod failure;
#[path = "shared/prepared.rs"]
mod prepared;

use relink_core::plugin as core;

use self::generated::relink::plugin::{diag, types};
use crate::fault::Fault;

pub(super) use self::prepared::Prepared;

mod generated {
    wasmtime::component::bindgen!({ path: "../../wit/0.1", world: "relink:plugin/plugin" });
}

impl From<types::Descriptor> for core::Descriptor {
    fn from(from: types::Descriptor) -> Self {
        descriptor::descriptor(from, None)
    }
}

impl From<types::SecretSlot> for core::SecretSlot {
    fn from(from: types::SecretSlot) -> Self {
        descriptor::secret_slot(from, false)
    }
}

impl From<types::Oauth2> for core::OAuth2 {
    fn from(from: types::Oauth2) -> Self {
        descriptor::oauth2(from, None)
    }
}

/// A plugin of this version receives no messages, so there is none that it could explain.
impl TryFrom<core::Phase> for types::Phase {
    type Error = Fault;

    fn try_from(from: core::Phase) -> Result<Self, Fault> {
        match from {
            core::Phase::Authorize => Ok(Self::Authorize),
            core::Phase::Exchange => Ok(Self::Exchange),
            core::Phase::Refresh => Ok(Self::Refresh),
            core::Phase::Probe => Ok(Self::Probe),
            core::Phase::Sync => Ok(Self::Sync),
            core::Phase::Revoke => Ok(Self::Revoke),
            core::Phase::Inbound => Err(Fault::NotInContract { what: "the phase `inbound`" }),
        }
    }
}
