//! The calls that every version of the contract has.
//!
//! Shared by the versions as the other files of this folder are: see `bindings.rs`.

use relink_core::plugin::{Context, Descriptor, Event, Failure, StepOut};
use relink_core::reason::Diagnosis;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store};

use super::generated::{Plugin, PluginPre};
use super::{diag, types};
use crate::guest::{Guest, Severity};

/// A component that is ready to be instantiated.
pub(crate) struct Prepared(PluginPre<Guest>);

impl Prepared {
    pub(crate) fn new(engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(engine);
        diag::add_to_linker::<_, HasSelf<Guest>>(&mut linker, |guest| guest)?;
        Ok(Self(PluginPre::new(linker.instantiate_pre(component)?)?))
    }

    pub(crate) fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Plugin> {
        self.0.instantiate(store)
    }

    pub(crate) fn describe(&self, store: &mut Store<Guest>) -> wasmtime::Result<Descriptor> {
        let plugin = self.instantiate(store)?;
        Ok(plugin.relink_plugin_provider().call_describe(store)?.into())
    }

    pub(crate) fn classify(&self, store: &mut Store<Guest>, failure: Failure) -> wasmtime::Result<Diagnosis> {
        let failure = types::Failure::try_from(failure)?;
        let plugin = self.instantiate(store)?;
        Ok(plugin.relink_plugin_provider().call_classify(store, &failure)?.into())
    }

    pub(crate) fn step(
        &self,
        store: &mut Store<Guest>,
        context: Context,
        state: &[u8],
        event: Event,
    ) -> wasmtime::Result<StepOut> {
        let plugin = self.instantiate(store)?;
        Ok(plugin.relink_plugin_provider().call_step(store, &context.into(), state, &event.into())?.into())
    }
}

impl diag::Host for Guest {
    fn log(&mut self, severity: diag::Severity, text: String) {
        let severity = match severity {
            diag::Severity::Debug => Severity::Debug,
            diag::Severity::Info => Severity::Info,
            diag::Severity::Warn => Severity::Warn,
            diag::Severity::Error => Severity::Error,
        };
        Self::log(self, severity, &text);
    }
}
