//! Compiles components, each once, and brings compiled code back into memory.

mod child;
mod inside;
mod revive;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use wasmtime::Engine;
use wasmtime::component::Component;

pub use child::{CompileLimits, Workshop};
pub use inside::compile_as_child;

use crate::bindings::{Contract, Prepared};
use crate::cache::Cache;

/// Where components are compiled.
///
/// A compiler is given bytes that somebody else chose. They may make it take all memory, or never end,
/// and what is done about that in this process can only be a guess.
#[derive(Clone, Debug)]
pub enum Compile {
    /// In this process and without limits: for tests, and for programs that know what they load.
    Here,
    /// In a child process with limits.
    Apart(Workshop),
}

impl Compile {
    /// What one compilation may use, if that is limited.
    pub(crate) fn limits(&self) -> Option<CompileLimits> {
        match self {
            Self::Here => None,
            Self::Apart(workshop) => Some(workshop.limits()),
        }
    }
}

/// Why a component was not compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("the component cannot be compiled: {0}")]
    Unfit(String),
    #[error("the compiler was ended after {seconds} s of work, with no end in sight")]
    Slow { seconds: u64 },
    #[error(
        "the compiler was ended after {waited_s} s, in which the machine did not give it the {seconds} s of work that it may have"
    )]
    Starved { seconds: u64, waited_s: u64 },
    #[error("the compiler was ended when it needed more than {} MiB of memory", .limit_bytes >> 20)]
    Large { limit_bytes: u64 },
    #[error("the compiler broke down: {0}")]
    BrokeDown(String),
    #[error("the compiler cannot be started or asked: {0}")]
    Unreachable(#[from] std::io::Error),
    #[error("the host was stopped before the component was compiled")]
    Stopped,
}

impl CompileError {
    /// Whether the same component always comes to this under the same limits, whatever else happens here.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Slow { .. } | Self::Large { .. })
    }
}

pub(crate) struct Compiler {
    pub(crate) engine: Engine,
    pub(crate) cache: Option<Cache>,
    compile: Compile,
    /// One compilation at a time: the processors are there for the plugins in service.
    compiling: Mutex<()>,
    is_stopped: AtomicBool,
}

impl Compiler {
    pub(crate) fn new(engine: Engine, cache: Option<Cache>, compile: Compile) -> Self {
        Self { engine, cache, compile, compiling: Mutex::default(), is_stopped: AtomicBool::new(false) }
    }

    /// Compiles a component, unless that was done before. Blocks up to seconds.
    pub(crate) fn compile(&self, component: &[u8], digest: &str) -> Result<Component, CompileError> {
        // What was compiled before does not wait for a turn.
        if let Some(component) = self.find(digest) {
            return Ok(component);
        }
        let _turn = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = self.find(digest) {
            return Ok(component);
        }
        let compiled = match &self.compile {
            Compile::Here => compile_here(&self.engine, component)?,
            Compile::Apart(workshop) => workshop.compile(component, &self.is_stopped)?,
        };
        if let Some(cache) = &self.cache {
            cache.keep_code(digest, &compiled);
        }
        if let Some(component) = self.find(digest) {
            return Ok(component);
        }
        revive::from_bytes(&self.engine, &compiled).map_err(|error| CompileError::Unfit(format!("{error:#}")))
    }

    /// The component with this digest, if its compiled code is kept and intact.
    pub(crate) fn find(&self, digest: &str) -> Option<Component> {
        let code = self.cache.as_ref()?.find_code(digest)?;
        revive::from_file(&self.engine, code).ok()
    }

    pub(crate) fn prepare(&self, contract: Contract, component: &Component) -> wasmtime::Result<Prepared> {
        Prepared::new(contract, &self.engine, component)
    }

    /// Ends the child that compiles, if there is one, and lets none begin.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

/// Compiles a component in this process. A panic of the compiler is one more reason to refuse it.
fn compile_here(engine: &Engine, component: &[u8]) -> Result<Vec<u8>, CompileError> {
    match catch_unwind(AssertUnwindSafe(|| engine.precompile_component(component))) {
        Ok(compiled) => compiled.map_err(|error| CompileError::Unfit(format!("{error:#}"))),
        Err(_) => Err(CompileError::Unfit("the compiler cannot cope with it".to_owned())),
    }
}
