//! Compiles components, each once, and brings compiled code back into memory.

use std::sync::{Mutex, PoisonError};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::bindings::{Contract, Prepared};
use crate::cache::{self, Cache};

pub(crate) struct Compiler {
    pub(crate) engine: Engine,
    pub(crate) cache: Option<Cache>,
    /// One compilation at a time: the processors are there for the plugins in service.
    compiling: Mutex<()>,
}

impl Compiler {
    pub(crate) fn new(engine: Engine, cache: Option<Cache>) -> Self {
        Self { engine, cache, compiling: Mutex::default() }
    }

    /// Compiles a component, unless that was done before. Blocks up to seconds.
    pub(crate) fn compile(&self, component: &[u8], digest: &str) -> wasmtime::Result<Component> {
        let _turn = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = self.find(digest) {
            return Ok(component);
        }
        let compiled = compile(&self.engine, component)?;
        if let Some(cache) = &self.cache {
            cache.keep_code(digest, &compiled);
        }
        cache::revive(&self.engine, &compiled)
    }

    /// The component with this digest, if its compiled code is kept and intact.
    pub(crate) fn find(&self, digest: &str) -> Option<Component> {
        let compiled = self.cache.as_ref()?.find_code(digest)?;
        cache::revive(&self.engine, &compiled).ok()
    }

    pub(crate) fn prepare(&self, contract: Contract, component: &Component) -> wasmtime::Result<Prepared> {
        Prepared::new(contract, &self.engine, component)
    }
}

/// Compiles a component: the one place where the compiler meets bytes from outside.
fn compile(engine: &Engine, component: &[u8]) -> wasmtime::Result<Vec<u8>> {
    engine.precompile_component(component)
}
