//! A host with an honest plugin that somebody else uses, while something hostile is done to it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use relink_core::time::Timestamp;
use relink_runtime::{Calls, Compile, Limits, Plugin, Registry, RegistryConfig};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::attacks::{Attack, Input};
use crate::guest::{Guest, context, failure, start};

/// How long the honest plugin is left alone between two calls.
const PACE: Duration = Duration::from_micros(500);

/// How long a thread that is no plugin is busy, or nothing is done.
const A_WHILE: Duration = Duration::from_millis(125);

/// More than a timer is late.
const A_MOMENT: Duration = Duration::from_millis(2);

pub(super) struct Field {
    _root: TempDir,
    registry: Arc<Registry>,
    calls: Calls,
    neighbour: Arc<Plugin>,
    runtime: Runtime,
    limits: Limits,
}

/// An attack that can be made again and again: whatever is no part of it was done.
pub(super) enum Ready<'a> {
    Nothing,
    Busy,
    Load(&'a [u8]),
    Step(Arc<Plugin>),
    Classify(Arc<Plugin>),
}

/// What the host did about an attack.
pub(super) struct Reaction {
    pub(super) said: String,
    pub(super) after: Duration,
}

impl Field {
    pub(super) fn new(compile: Compile, limits: &Limits) -> Self {
        let root = tempfile::tempdir().unwrap();
        let registry = Registry::open(RegistryConfig {
            folder: root.path().join("plugins"),
            cache_dir: root.path().join("cache"),
            compile,
            limits: *limits,
            supported_features: Vec::new(),
            keeping: None,
            clock: Arc::new(|| Timestamp::from_ms(0)),
        })
        .unwrap();
        let mut honest = Guest::named("neighbour");
        honest.descriptor["aliases"] = serde_json::json!([]);
        let neighbour = registry.load_bytes(&honest.component()).unwrap();
        let calls = Calls::new(Arc::clone(&registry));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        Self { _root: root, registry, calls, neighbour, runtime, limits: *limits }
    }

    pub(super) fn prepare<'a>(&self, attack: &'a Attack) -> Ready<'a> {
        let load = |guest: &Guest| self.registry.load_bytes(&guest.component()).unwrap();
        match &attack.input {
            Input::Nothing => Ready::Nothing,
            Input::Busy => Ready::Busy,
            Input::Load(component) => Ready::Load(component),
            Input::Step(guest) => Ready::Step(load(guest)),
            Input::Classify(guest) => Ready::Classify(load(guest)),
        }
    }

    /// Makes the attack, once.
    pub(super) fn suffer(&self, attack: &Ready<'_>) -> Reaction {
        match attack {
            Ready::Nothing => react(|| {
                self.rest(A_WHILE);
                "nothing was done".to_owned()
            }),
            Ready::Busy => react(|| {
                let began = Instant::now();
                while began.elapsed() < A_WHILE {}
                "a thread was busy".to_owned()
            }),
            Ready::Load(component) => react(|| {
                self.registry.check(component).map_or_else(
                    |refusal| refusal.to_string(),
                    |plugin| format!("it was taken as {} {}", plugin.id(), plugin.version()),
                )
            }),
            Ready::Step(plugin) => {
                let step = || self.calls.step(plugin, context(), vec![0; 100], start());
                react(|| self.outcome(async { step().await.map(|_| ()) }))
            }
            Ready::Classify(plugin) => {
                react(|| self.outcome(async { self.calls.classify(plugin, failure()).await.map(|_| ()) }))
            }
        }
    }

    fn outcome(&self, call: impl Future<Output = Result<(), relink_runtime::Fault>>) -> String {
        match self.runtime.block_on(call) {
            Ok(()) => "it answered".to_owned(),
            Err(fault) => format!("{}: {fault}", fault.code()),
        }
    }

    /// Until the host would do the same at once.
    pub(super) fn rest_after(&self, attack: &Ready<'_>) {
        let rest = match attack {
            Ready::Load(_) => self.limits.rest_after_refusal,
            _ => self.limits.rest_after_fault,
        };
        self.rest(rest + A_MOMENT);
    }

    pub(super) fn rest(&self, duration: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(duration).await });
    }

    /// Does `work`, and gives what the neighbour's calls took meanwhile, the quickest first.
    pub(super) fn neighbour_while<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<Duration>) {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let calling = scope.spawn(|| self.call_neighbour(&is_over));
            // The calls end also if the work fails.
            let done = panic::catch_unwind(AssertUnwindSafe(work));
            is_over.store(true, Ordering::Relaxed);
            let times = calling.join().unwrap();
            (done.unwrap_or_else(|failure| panic::resume_unwind(failure)), times)
        })
    }

    fn call_neighbour(&self, is_over: &AtomicBool) -> Vec<Duration> {
        let mut times = Vec::new();
        while !is_over.load(Ordering::Relaxed) || times.is_empty() {
            let began = Instant::now();
            self.runtime.block_on(self.calls.classify(&self.neighbour, failure())).unwrap();
            times.push(began.elapsed());
            thread::park_timeout(PACE);
        }
        times.sort_unstable();
        times
    }
}

fn react(work: impl FnOnce() -> String) -> Reaction {
    let began = Instant::now();
    let said = work();
    Reaction { said, after: began.elapsed() }
}
