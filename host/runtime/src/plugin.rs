//! One version of one plugin, ready to be called.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use relink_core::plugin::{Context, Descriptor, Event, Failure, Message, Signal, StepOut};
use relink_core::reason::Diagnosis;
use tokio::sync::Semaphore;
use wasmtime::{Engine, Store};

use crate::bindings::Prepared;
use crate::code::Code;
use crate::conduct::Conduct;
use crate::fault::Fault;
use crate::guest::{self, Guest, Name, Peak};
use crate::limits::Limits;
use crate::output::{self, Asked};

/// One version of one plugin, ready to be called.
///
/// It never changes, so work that began with a version ends with it, whatever is put in service
/// meanwhile. Each call runs in an instance of its own, which is thrown away: nothing that a plugin
/// learns in one call is there in the next.
pub struct Plugin {
    pub(crate) limits: Limits,
    pub(crate) conduct: Arc<Conduct>,
    pub(crate) lanes: Lanes,
    code: Code,
    name: Name,
    descriptor: Descriptor,
    origin: Origin,
}

/// What is known of the component that a plugin was made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) bytes: usize,
    pub(crate) carries_fixtures: bool,
}

/// The share of the workers that one plugin may occupy, and its places to wait for them.
pub(crate) struct Lanes {
    pub(crate) places: Arc<Semaphore>,
    pub(crate) running: Arc<Semaphore>,
}

/// A component that passed the gates, but has not said yet who it is.
pub(crate) struct Candidate<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) limits: Limits,
    pub(crate) prepared: &'a Prepared,
}

impl Candidate<'_> {
    /// Makes an instance, whereby the types of the exports are compared with the contract.
    pub(crate) fn instantiate(&self) -> Result<(), Fault> {
        self.prepared.instantiate(self.store()).map_err(|error| self.fault(&error))
    }

    /// Asks the plugin who it is, under a deadline and with nothing else at hand.
    pub(crate) fn describe(&self) -> Result<Descriptor, Fault> {
        self.prepared.describe(self.store()).map_err(|error| self.fault(&error))
    }

    fn store(&self) -> Store<Guest> {
        let nameless = Name { id: "(unnamed)".into(), version: "".into() };
        guest::store(self.engine, &self.limits, (&nameless, &Peak::default()), self.limits.describe_deadline)
    }

    fn fault(&self, error: &wasmtime::Error) -> Fault {
        Fault::from_wasmtime(error, self.limits.describe_deadline)
    }
}

impl Plugin {
    pub(crate) fn new(limits: &Limits, code: Code, descriptor: Descriptor, origin: Origin) -> Self {
        let name = Name { id: descriptor.id.as_str().into(), version: descriptor.version.as_str().into() };
        let lanes = Lanes {
            places: Arc::new(Semaphore::new(limits.plugin_workers + limits.plugin_queue)),
            running: Arc::new(Semaphore::new(limits.plugin_workers)),
        };
        Self { limits: *limits, conduct: Arc::default(), lanes, code, name, descriptor, origin }
    }

    pub fn id(&self) -> &str {
        &self.name.id
    }

    pub fn version(&self) -> &str {
        &self.name.version
    }

    /// The SHA-256 of the component in lower case hex.
    pub fn digest(&self) -> &str {
        self.code.digest()
    }

    /// The version of the contract that it was built for, as in `0.1`.
    pub fn contract(&self) -> &'static str {
        self.code.contract().version()
    }

    /// The size of its compiled code in bytes; none before the first call maps it from its file. It takes memory only
    /// where it runs, which the kernel can take back.
    pub fn code_size(&self) -> Option<usize> {
        self.code.size()
    }

    /// The size of the component in bytes.
    pub fn size(&self) -> usize {
        self.origin.bytes
    }

    /// Whether the component brought fixtures, which hosts replay before it takes service.
    pub fn carries_fixtures(&self) -> bool {
        self.origin.carries_fixtures
    }

    /// What the plugin said about itself when it was loaded.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The most linear memory that one of its calls has had so far, in bytes.
    pub fn peak_memory(&self) -> usize {
        self.conduct.peak.bytes()
    }

    /// Asks the plugin again who it is, for those who measure it. Blocks for microseconds.
    pub fn describe_again(&self) -> Result<Descriptor, Fault> {
        let deadline = self.limits.describe_deadline;
        let descriptor = self.code.get()?.describe(self.store(deadline));
        descriptor.map_err(|error| Fault::from_wasmtime(&error, deadline))
    }

    /// Asks the plugin to explain a failure. Blocks for microseconds, and at most for the deadline.
    pub fn classify(&self, failure: Failure) -> Result<Diagnosis, Fault> {
        let deadline = self.limits.classify_deadline;
        let diagnosis = self.code.get()?.classify(self.store(deadline), failure);
        let diagnosis = diagnosis.map_err(|error| Fault::from_wasmtime(&error, deadline))?;
        output::check_diagnosis(diagnosis, &self.limits)
    }

    /// Lets the plugin go one step on. Blocks for microseconds, and at most for the deadline.
    pub fn step(&self, context: Context, state: &[u8], event: Event) -> Result<StepOut, Fault> {
        let deadline = self.limits.step_deadline;
        let asked = Asked::of(&context);
        let out = self.code.get()?.step(self.store(deadline), context, state, event);
        let out = out.map_err(|error| Fault::from_wasmtime(&error, deadline))?;
        output::check_step(out, &self.descriptor, &asked, &self.limits)
    }

    /// Asks the plugin to take over the state that its version `version` left. None = it has no use for
    /// it. Blocks as [`Plugin::step`] does.
    pub fn migrate(&self, version: &str, state: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let deadline = self.limits.step_deadline;
        let migrated = self.code.get()?.migrate(self.store(deadline), version, state);
        let migrated = migrated.map_err(|error| Fault::from_wasmtime(&error, deadline))?;
        migrated.map(|state| output::check_state(state, &self.limits)).transpose()
    }

    /// Asks the plugin what a message of its provider means. Blocks as [`Plugin::step`] does.
    ///
    /// A plugin that declares no way to prove messages is not asked, whatever it exports.
    pub fn receive(&self, message: Message) -> Result<Vec<Signal>, Fault> {
        if self.descriptor.inbound.is_none() {
            return Ok(Vec::new());
        }
        let (deadline, now) = (self.limits.step_deadline, message.now);
        let signals = self.code.get()?.receive(self.store(deadline), message);
        let signals = signals.map_err(|error| Fault::from_wasmtime(&error, deadline))?;
        output::check_signals(signals, now, &self.limits)
    }

    fn store(&self, deadline: Duration) -> Store<Guest> {
        guest::store(self.code.engine(), &self.limits, (&self.name, &self.conduct.peak), deadline)
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, code, .. } = self;
        f.debug_struct("Plugin").field("name", name).field("digest", &code.digest()).finish_non_exhaustive()
    }
}
