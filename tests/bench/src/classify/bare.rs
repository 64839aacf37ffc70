//! The same component in bare wasmtime: the sandbox with the settings of the host, and nothing of the
//! host around it.

use anyhow::{Context, Result, anyhow};
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use relink_runtime::Limits;

wasmtime::component::bindgen!({ path: "../../wit/0.2", world: "relink:plugin/plugin" });

use relink::plugin::diag;
pub(super) use relink::plugin::types;

/// An engine without a clock: this deadline never comes.
const TICKS: u64 = 1_000_000;

struct Silent;

impl diag::Host for Silent {
    fn log(&mut self, _: diag::Severity, _: String) {}
}

pub(super) struct Bare {
    engine: Engine,
    prepared: PluginPre<Silent>,
}

impl Bare {
    pub(super) fn new(component: &[u8]) -> Result<Self> {
        Self::try_new(component).map_err(|error| anyhow!("{error:#}")).context("bare wasmtime")
    }

    fn try_new(component: &[u8]) -> wasmtime::Result<Self> {
        let engine = Engine::new(&config())?;
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        diag::add_to_linker::<_, HasSelf<Silent>>(&mut linker, |silent| silent)?;
        let prepared = PluginPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Self { engine, prepared })
    }

    pub(super) fn classify(&self, failure: &types::Failure) -> Result<types::Diagnosis> {
        self.try_classify(failure).map_err(|error| anyhow!("{error:#}"))
    }

    /// What of a call is done before its plugin runs.
    pub(super) fn instantiate(&self) -> Result<()> {
        self.prepared.instantiate(&mut self.store()).map(drop).map_err(|error| anyhow!("{error:#}"))
    }

    fn try_classify(&self, failure: &types::Failure) -> wasmtime::Result<types::Diagnosis> {
        let mut store = self.store();
        let plugin = self.prepared.instantiate(&mut store)?;
        plugin.relink_plugin_provider().call_classify(&mut store, failure)
    }

    fn store(&self) -> Store<Silent> {
        let mut store = Store::new(&self.engine, Silent);
        store.set_epoch_deadline(TICKS);
        store
    }
}

/// What the host's engine is set to, as far as it costs anything in a call.
fn config() -> Config {
    let limits = Limits::default();
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(4)
        .total_core_instances(64)
        .total_memories(4)
        .total_tables(64)
        .max_memory_size(limits.memory_bytes)
        .table_elements(limits.table_elements)
        .linear_memory_keep_resident(limits.keep_resident_bytes)
        .table_keep_resident(limits.keep_resident_bytes)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        .concurrency_support(false)
        .max_wasm_stack(limits.stack_bytes)
        .cranelift_nan_canonicalization(true);
    config
}
