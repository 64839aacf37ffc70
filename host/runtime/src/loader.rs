//! From the bytes of a component to a plugin that can be called.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::cache::{Cache, Description};
use crate::code::{Code, Loaded};
use crate::compiler::Compiler;
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
    compiler: Arc<Compiler>,
    limits: Limits,
    supported_features: Vec<String>,
    /// Tells the gates of this host from others, which let other components through.
    gates: u64,
}

impl Loader {
    pub fn new(config: LoaderConfig) -> Result<Self, OpenError> {
        let LoaderConfig { limits, cache_dir, supported_features } = config;
        let engine = engine::start(&limits).map_err(|error| OpenError::Engine(format!("{error:#}")))?;
        let compatibility = engine::compatibility(&engine);
        let open =
            |path: PathBuf| Cache::open(&path, compatibility).map_err(|source| OpenError::Folder { path, source });
        let cache = cache_dir.map(open).transpose()?;
        let compiler = Arc::new(Compiler::new(engine, cache));
        Ok(Self { compiler, limits, supported_features, gates: gates(&limits) })
    }

    /// Takes a component through all gates. Blocks while it compiles: up to seconds.
    pub fn load(&self, component: &[u8]) -> Result<Plugin, Refusal> {
        self.load_new(component, digest(component))
    }

    /// As [`Loader::load`]; but what passed the gates before is neither compiled nor asked again, and its
    /// code stays on disk until the first call.
    pub(crate) fn load_file(&self, component: &[u8], file: &Path) -> Result<Plugin, Refusal> {
        let digest = digest(component);
        let known = self.compiler.cache.as_ref().and_then(|cache| cache.find_description(&digest, self.gates));
        let Some(Description { contract, descriptor, .. }) = known else {
            return self.load_new(component, digest);
        };
        gate::check_descriptor(&descriptor, &self.supported_features)?;
        let code = Code::kept(Arc::clone(&self.compiler), contract, digest, file.to_owned());
        Ok(Plugin::new(self.limits, code, descriptor, component.len()))
    }

    fn load_new(&self, component: &[u8], digest: String) -> Result<Plugin, Refusal> {
        let Self { compiler, limits, .. } = self;
        let contract = gate::examine(component, limits)?;
        let compiled = compiler.compile(component, &digest).map_err(|error| uncompilable(&error))?;
        let prepared = compiler.prepare(contract, &compiled).map_err(|error| mistyped(&format!("{error:#}")))?;
        let candidate = Candidate { engine: &compiler.engine, limits: *limits, prepared: &prepared };
        candidate.instantiate().map_err(|fault| match fault {
            Fault::BadOutput { what } => mistyped(&what),
            fault => undescribed(&fault, limits),
        })?;
        let descriptor = candidate.describe().map_err(|fault| undescribed(&fault, limits))?;
        gate::check_descriptor(&descriptor, &self.supported_features)?;
        if let Some(cache) = &compiler.cache {
            let description = Description { contract, descriptor: descriptor.clone(), gates: self.gates };
            cache.keep_description(&digest, &description);
        }
        let code = Code::ready(Arc::clone(compiler), contract, digest, Loaded::new(prepared, &compiled));
        Ok(Plugin::new(*limits, code, descriptor, component.len()))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Changes with whatever the gates depend on besides the component.
fn gates(limits: &Limits) -> u64 {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), gate::REVISION, format!("{limits:?}")).hash(&mut hasher);
    hasher.finish()
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
