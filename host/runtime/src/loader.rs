//! From the bytes of a component to a plugin that can be called.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::cache::{Cache, Description};
use crate::code::{Code, Loaded};
use crate::compiler::{Compile, CompileError, Compiler};
use crate::engine;
use crate::fault::Fault;
use crate::fixtures::{self, Proof};
use crate::gate::{self, Examined};
use crate::limits::Limits;
use crate::plugin::{Candidate, Origin, Plugin};
use crate::refusal::{Gate, Refusal};

/// What the host grants to every plugin.
#[derive(Clone, Debug)]
pub struct LoaderConfig {
    pub limits: Limits,
    /// Where compiled code is kept; without it every start compiles again.
    pub cache_dir: Option<PathBuf>,
    pub compile: Compile,
    pub proof: Proof,
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
    proof: Proof,
    supported_features: Vec<String>,
    /// Tells the gates of this host from others, which let other components through.
    gates: u64,
    /// The same of the trials that a component stands before, which also depend on what compiling may cost.
    trial: u64,
}

impl Loader {
    pub fn new(config: LoaderConfig) -> Result<Self, OpenError> {
        let LoaderConfig { limits, cache_dir, compile, proof, supported_features } = config;
        let engine = engine::start(&limits).map_err(|error| OpenError::Engine(format!("{error:#}")))?;
        let compatibility = engine::compatibility(&engine);
        let open =
            |path: PathBuf| Cache::open(&path, compatibility).map_err(|source| OpenError::Folder { path, source });
        let cache = cache_dir.map(open).transpose()?;
        let gates = gates(&limits, proof);
        let trial = hash((gates, format!("{:?}", compile.limits())));
        let compiler = Arc::new(Compiler::new(engine, cache, compile));
        Ok(Self { compiler, limits, proof, supported_features, gates, trial })
    }

    /// Takes a component through all gates. Blocks while it compiles: up to seconds.
    pub fn load(&self, component: &[u8]) -> Result<Plugin, Refusal> {
        self.load_new(component, digest(component))
    }

    /// As [`Loader::load`], of a component with this digest. But what passed the gates before is neither
    /// compiled nor asked again, and its code stays on disk until the first call. What the compiler could not cope with is not tried again:
    /// a file stays in its folder, and would keep the compiler busy at each start.
    pub(crate) fn load_file(&self, component: &[u8], digest: String, file: &Path) -> Result<Plugin, Refusal> {
        let cache = self.compiler.cache.as_ref();
        let known = cache.and_then(|cache| cache.find_description(&digest, self.gates));
        let Some(Description { contract, descriptor, carries_fixtures, .. }) = known else {
            let refused = cache.and_then(|cache| cache.find_refusal(&digest, self.trial));
            return refused.map_or_else(|| self.load_new(component, digest), Err);
        };
        gate::check_descriptor(&descriptor, &self.supported_features)?;
        let code = Code::kept(Arc::clone(&self.compiler), contract, digest, file.to_owned());
        let origin = Origin { bytes: component.len(), carries_fixtures };
        Ok(Plugin::new(&self.limits, code, descriptor, origin))
    }

    fn load_new(&self, component: &[u8], digest: String) -> Result<Plugin, Refusal> {
        let Self { compiler, limits, .. } = self;
        let Examined { contract, fixtures } = gate::examine(component, limits)?;
        let compiled = compiler.compile(component, &digest).map_err(|error| self.uncompilable(&error, &digest))?;
        let prepared = compiler.prepare(contract, &compiled).map_err(|error| mistyped(&format!("{error:#}")))?;
        let candidate = Candidate { engine: &compiler.engine, limits: *limits, prepared: &prepared };
        candidate.instantiate().map_err(|fault| match fault {
            Fault::BadOutput { what } => mistyped(&what),
            fault => undescribed(&fault, limits),
        })?;
        let descriptor = candidate.describe().map_err(|fault| undescribed(&fault, limits))?;
        gate::check_descriptor(&descriptor, &self.supported_features)?;
        let code = Code::ready(Arc::clone(compiler), contract, digest, Loaded::new(prepared, &compiled));
        let carries_fixtures = fixtures.is_some();
        let origin = Origin { bytes: component.len(), carries_fixtures };
        let plugin = Plugin::new(limits, code, descriptor, origin);
        if let (Some(section), Proof::Fixtures) = (fixtures, self.proof) {
            fixtures::check(&plugin, &section, limits)?;
        }
        if let Some(cache) = &compiler.cache {
            let descriptor = plugin.descriptor().clone();
            let description = Description { contract, descriptor, carries_fixtures, gates: self.gates };
            cache.keep_description(plugin.digest(), &description);
        }
        Ok(plugin)
    }

    /// The refusal, which is remembered if the next trial would cost as much and bring nothing else.
    fn uncompilable(&self, error: &CompileError, digest: &str) -> Refusal {
        let refusal = uncompilable(error);
        if let Some(cache) = self.compiler.cache.as_ref().filter(|_| error.is_lasting()) {
            cache.keep_refusal(digest, &refusal, self.trial);
        }
        refusal
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Ends what is being compiled, and lets nothing more be compiled.
    pub(crate) fn stop(&self) {
        self.compiler.stop();
    }
}

/// Changes with whatever the gates depend on besides the component.
fn gates(limits: &Limits, proof: Proof) -> u64 {
    hash((env!("CARGO_PKG_VERSION"), gate::REVISION, format!("{limits:?}"), proof))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
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

fn uncompilable(error: &CompileError) -> Refusal {
    let (expected, fix) = match error {
        CompileError::Unfit(_) => {
            ("a component that fits into the sandbox", "reduce what it needs, or ask the operator to raise the limits")
        }
        CompileError::Slow { .. } | CompileError::Large { .. } => (
            "a component that compiles within the time and memory that the host gives to it",
            "split large functions and leave out what the plugin does not need; or raise `plugin_compile` in the \
             host's settings, if you know who made it; a file is tried again when that changes or it is installed anew",
        ),
        CompileError::Starved { .. } => (
            "a machine that has time to compile",
            "look what else it does, and put the file into the folder again, or start the host again",
        ),
        CompileError::BrokeDown(_) => (
            "a component that the compiler survives",
            "build it with another version of its toolchain, and report it to the makers of the host",
        ),
        CompileError::Unreachable(_) => (
            "a host that may start itself as another process",
            "look at the limits on processes and at the rights of the host's user",
        ),
        CompileError::Stopped => ("a host that runs", "start the host again"),
    };
    Refusal::new(Gate::Compile, error.to_string(), expected, fix)
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
