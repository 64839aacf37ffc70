//! The code of one plugin, brought into memory by the first call.
//!
//! A host has many plugins and uses few of them at a time, and the code of one takes megabytes. So a
//! plugin whose description is known from an earlier start waits for its code until it is called.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::bindings::{Contract, Prepared};
use crate::compiler::Compiler;
use crate::fault::Fault;
use crate::loader;

pub(crate) struct Code {
    compiler: Arc<Compiler>,
    contract: Contract,
    digest: String,
    /// Where the component is, should what is kept of it be lost.
    file: Option<PathBuf>,
    loaded: OnceLock<Loaded>,
}

/// Code in memory.
pub(crate) struct Loaded {
    prepared: Prepared,
    /// In bytes.
    size: usize,
}

impl Loaded {
    pub(crate) fn new(prepared: Prepared, component: &Component) -> Self {
        let image = component.image_range();
        Self { prepared, size: image.end.addr() - image.start.addr() }
    }
}

impl Code {
    pub(crate) fn ready(compiler: Arc<Compiler>, contract: Contract, digest: String, loaded: Loaded) -> Self {
        Self { compiler, contract, digest, file: None, loaded: OnceLock::from(loaded) }
    }

    pub(crate) fn kept(compiler: Arc<Compiler>, contract: Contract, digest: String, file: PathBuf) -> Self {
        Self { compiler, contract, digest, file: Some(file), loaded: OnceLock::new() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.compiler.engine
    }

    /// The SHA-256 of the component in lower case hex.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    pub(crate) fn contract(&self) -> Contract {
        self.contract
    }

    /// The address space that the code takes, in bytes, once it is there.
    pub(crate) fn size(&self) -> Option<usize> {
        self.loaded.get().map(|loaded| loaded.size)
    }

    /// The code, ready to be called; the first time it takes milliseconds.
    pub(crate) fn get(&self) -> Result<&Prepared, Fault> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(&loaded.prepared);
        }
        let loaded = self.bring().map_err(|error| {
            tracing::error!(digest = self.digest, error = format!("{error:#}"), "the code of a plugin is lost");
            Fault::Host
        })?;
        Ok(&self.loaded.get_or_init(|| loaded).prepared)
    }

    fn bring(&self) -> wasmtime::Result<Loaded> {
        let component = match self.compiler.find(&self.digest) {
            Some(component) => component,
            None => self.compiler.compile(&self.component()?, &self.digest)?,
        };
        Ok(Loaded::new(self.compiler.prepare(self.contract, &component)?, &component))
    }

    /// The component itself, if its file is still the one that was examined.
    fn component(&self) -> wasmtime::Result<Vec<u8>> {
        let file = self.file.as_ref().ok_or_else(|| wasmtime::Error::msg("it came from no file"))?;
        let component = fs::read(file)?;
        wasmtime::ensure!(loader::digest(&component) == self.digest, "its file was replaced meanwhile");
        Ok(component)
    }
}
