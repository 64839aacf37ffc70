//! The contract `relink:plugin@0.1`.

mod descriptor;
mod exchange;
mod failure;

use relink_core::plugin::{Context, Descriptor, Event, Failure, StepOut};
use relink_core::reason::Diagnosis;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store};

use crate::guest::{Guest, Severity};

mod generated {
    wasmtime::component::bindgen!({ path: "../../wit/0.1", world: "relink:plugin/plugin" });
}

use generated::relink::plugin::{diag, types};

/// A component that is ready to be instantiated.
pub(crate) struct Prepared(generated::PluginPre<Guest>);

impl Prepared {
    pub(crate) fn new(engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(engine);
        diag::add_to_linker::<_, HasSelf<Guest>>(&mut linker, |guest| guest)?;
        Ok(Self(generated::PluginPre::new(linker.instantiate_pre(component)?)?))
    }

    pub(crate) fn instantiate(&self, mut store: Store<Guest>) -> wasmtime::Result<()> {
        self.0.instantiate(&mut store).map(|_| ())
    }

    pub(crate) fn describe(&self, mut store: Store<Guest>) -> wasmtime::Result<Descriptor> {
        let plugin = self.0.instantiate(&mut store)?;
        Ok(plugin.relink_plugin_provider().call_describe(&mut store)?.into())
    }

    pub(crate) fn classify(&self, mut store: Store<Guest>, failure: Failure) -> wasmtime::Result<Diagnosis> {
        let plugin = self.0.instantiate(&mut store)?;
        Ok(plugin.relink_plugin_provider().call_classify(&mut store, &failure.into())?.into())
    }

    pub(crate) fn step(
        &self,
        mut store: Store<Guest>,
        context: Context,
        state: &[u8],
        event: Event,
    ) -> wasmtime::Result<StepOut> {
        let plugin = self.0.instantiate(&mut store)?;
        Ok(plugin.relink_plugin_provider().call_step(&mut store, &context.into(), state, &event.into())?.into())
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
