//! From the bytes of a component to a plugin that can be called.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::bindings::{Contract, Prepared};
use crate::cache::{self, Cache};
use crate::engine;
use crate::fault::Fault;
use crate::gate;
use crate::limits::Limits;
use crate::plugin::{Candidate, Plugin};
use crate::refusal::{Gate, Refusal};

/// What the host grants to every plugin.
#[derive(Clone, Debug)]
pub struct LoaderConfig {
    pub limits: Limits,
    /// Where compiled code is kept; without it every start compiles again.
    pub cache_dir: Option<PathBuf>,
    /// What this host has beyond the contract's core, such as `auth:oauth1`.
    pub supported_features: Vec<String>,
}

/// The sandbox cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the WebAssembly engine cannot be started: {0}")]
    Engine(String),
    #[error("the folder {} cannot be used", .path.display())]
    Folder { path: PathBuf, source: io::Error },
}

/// Loads plugins without putting them in service: for the registry, and for an author's checks.
pub struct Loader {
    engine: Engine,
    cache: Option<Cache>,
    limits: Limits,
    supported_features: Vec<String>,
    /// One compilation at a time: the processors are there for the plugins in service.
    compiling: Mutex<()>,
}

impl Loader {
    pub fn new(config: LoaderConfig) -> Result<Self, OpenError> {
        let LoaderConfig { limits, cache_dir, supported_features } = config;
        let engine = engine::start(&limits).map_err(|error| OpenError::Engine(format!("{error:#}")))?;
        let open = |path: PathBuf| Cache::open(&path).map_err(|source| OpenError::Folder { path, source });
        let cache = cache_dir.map(open).transpose()?;
        Ok(Self { engine, cache, limits, supported_features, compiling: Mutex::default() })
    }

    /// Takes a component through all gates. Blocks while it compiles: up to seconds.
    pub fn load(&self, component: &[u8]) -> Result<Plugin, Refusal> {
        let contract = gate::examine(component, &self.limits)?;
        let digest = digest(component);
        let prepared = self.prepare(contract, component, &digest)?;
        let Self { engine, limits, .. } = self;
        let size = component.len();
        let candidate = Candidate { engine: engine.clone(), limits: *limits, prepared, digest, size };
        candidate.instantiate().map_err(|fault| match fault {
            Fault::BadOutput { what } => mistyped(&what),
            fault => undescribed(&fault, limits),
        })?;
        let descriptor = candidate.describe().map_err(|fault| undescribed(&fault, limits))?;
        gate::check_descriptor(&descriptor, &self.supported_features)?;
        Ok(candidate.into_plugin(descriptor))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    fn prepare(&self, contract: Contract, component: &[u8], digest: &str) -> Result<Prepared, Refusal> {
        let compiled = self.compile_once(component, digest).map_err(|error| uncompilable(&error))?;
        Prepared::new(contract, &self.engine, &compiled).map_err(|error| mistyped(&format!("{error:#}")))
    }

    fn compile_once(&self, component: &[u8], digest: &str) -> wasmtime::Result<Component> {
        let _turn = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.cache.as_ref().and_then(|cache| cache.find(&self.engine, digest));
        if let Some(component) = kept.and_then(|compiled| cache::revive(&self.engine, &compiled).ok()) {
            return Ok(component);
        }
        let compiled = compile(&self.engine, component)?;
        if let Some(cache) = &self.cache {
            cache.keep(&self.engine, digest, &compiled);
        }
        cache::revive(&self.engine, &compiled)
    }
}

/// Compiles a component: the one place where the compiler meets bytes from outside.
fn compile(engine: &Engine, component: &[u8]) -> wasmtime::Result<Vec<u8>> {
    engine.precompile_component(component)
}

/// The SHA-256 of a component in lower case hex.
pub(crate) fn digest(component: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(component) {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
    }
    hex
}

fn uncompilable(error: &wasmtime::Error) -> Refusal {
    Refusal::new(
        Gate::Compile,
        format!("the component cannot be compiled: {error:#}"),
        "a component that fits into the sandbox",
        "reduce what it needs, or ask the operator to raise the limits",
    )
}

fn mistyped(difference: &str) -> Refusal {
    Refusal::new(
        Gate::Compile,
        format!("the component's types are not those of the contract: {difference}"),
        "the functions and types of the released WIT files, unchanged",
        "build against the WIT files of the SDK; a changed copy of them makes another contract",
    )
}

fn undescribed(fault: &Fault, limits: &Limits) -> Refusal {
    Refusal::new(
        Gate::Describe,
        format!("`describe` gave no answer: {fault}"),
        format!("a descriptor within {} ms", limits.describe_deadline.as_millis()),
        "run `relink plugin check` on it: a panic message appears in the log if the SDK's panic hook is set",
    )
}
