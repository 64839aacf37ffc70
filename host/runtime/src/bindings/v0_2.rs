//! The contract `relink:plugin@0.2`, which is the newest.

#[path = "shared/descriptor.rs"]
mod descriptor;
#[path = "shared/exchange.rs"]
mod exchange;
#[path = "shared/failure.rs"]
mod failure;
mod inbound;
#[path = "shared/prepared.rs"]
mod prepared;

use relink_core::plugin as core;
use wasmtime::Store;

use self::generated::relink::plugin::{diag, types};
use crate::fault::Fault;
use crate::guest::Guest;

pub(super) use self::prepared::Prepared;

mod generated {
    wasmtime::component::bindgen!({ path: "../../wit/0.2", world: "relink:plugin/plugin" });
}

impl Prepared {
    pub(crate) fn migrate(
        &self,
        store: &mut Store<Guest>,
        version: &str,
        state: &[u8],
    ) -> wasmtime::Result<Option<Vec<u8>>> {
        let plugin = self.instantiate(store)?;
        plugin.relink_plugin_provider().call_migrate(store, version, state)
    }

    pub(crate) fn receive(
        &self,
        store: &mut Store<Guest>,
        message: core::Message,
    ) -> wasmtime::Result<Vec<core::Signal>> {
        let plugin = self.instantiate(store)?;
        let signals = plugin.relink_plugin_provider().call_receive(store, &message.into())?;
        Ok(signals.into_iter().map(Into::into).collect())
    }
}

impl From<types::Descriptor> for core::Descriptor {
    fn from(mut from: types::Descriptor) -> Self {
        let inbound = from.inbound.take().map(Into::into);
        descriptor::descriptor(from, inbound)
    }
}

impl From<types::SecretSlot> for core::SecretSlot {
    fn from(from: types::SecretSlot) -> Self {
        let optional = from.optional;
        descriptor::secret_slot(from, optional)
    }
}

impl From<types::Oauth2> for core::OAuth2 {
    fn from(mut from: types::Oauth2) -> Self {
        let issuer = from.issuer.take();
        descriptor::oauth2(from, issuer)
    }
}

/// Nothing is lacking here; the conversion can fail in older versions, and failures are converted alike.
impl TryFrom<core::Phase> for types::Phase {
    type Error = Fault;

    fn try_from(from: core::Phase) -> Result<Self, Fault> {
        Ok(match from {
            core::Phase::Authorize => Self::Authorize,
            core::Phase::Exchange => Self::Exchange,
            core::Phase::Refresh => Self::Refresh,
            core::Phase::Probe => Self::Probe,
            core::Phase::Sync => Self::Sync,
            core::Phase::Revoke => Self::Revoke,
            core::Phase::Inbound => Self::Inbound,
        })
    }
}
