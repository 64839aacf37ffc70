//! The way from async code to a plugin.
//!
//! Calls run on tokio's blocking threads behind semaphores, rather than on threads of our own: the
//! semaphores are fair queues, they keep at most `workers` of those threads busy, and there is no
//! thread to start, watch and stop. Each plugin has its own, smaller share of the workers and its own
//! bounded queue, so a plugin that burns its deadline on every call delays nobody but itself. One that had
//! a fault of late has threads that no other plugin uses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use relink_core::plugin::{Context, Event, Failure, Message, Signal, StepOut};
use relink_core::reason::Diagnosis;
use tokio::sync::Semaphore;
use tokio::task;
use tokio::time;

use crate::fault::Fault;
use crate::plugin::Plugin;
use crate::registry::Registry;
use crate::suspects::Suspects;

/// Calls plugins from async code, and tells the registry how they behave.
#[derive(Clone)]
pub struct Calls {
    registry: Arc<Registry>,
    workers: Arc<Semaphore>,
    suspects: Arc<Suspects>,
}

impl Calls {
    pub fn new(registry: Arc<Registry>) -> Self {
        let workers = registry.limits().workers;
        let suspects = Arc::new(Suspects::new(workers));
        Self { registry, workers: Arc::new(Semaphore::new(workers)), suspects }
    }

    /// Asks a plugin to explain a failure.
    pub async fn classify(&self, plugin: &Arc<Plugin>, failure: Failure) -> Result<Diagnosis, Fault> {
        self.run(plugin, |plugin| plugin.classify(failure)).await
    }

    /// Lets a plugin go one step on.
    pub async fn step(
        &self,
        plugin: &Arc<Plugin>,
        context: Context,
        state: Vec<u8>,
        event: Event,
    ) -> Result<StepOut, Fault> {
        self.run(plugin, move |plugin| plugin.step(context, &state, event)).await
    }

    /// Asks a plugin to take over the state that its version `version` left.
    pub async fn migrate(
        &self,
        plugin: &Arc<Plugin>,
        version: String,
        state: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        self.run(plugin, move |plugin| plugin.migrate(&version, &state)).await
    }

    /// Asks a plugin what a message of its provider means.
    pub async fn receive(&self, plugin: &Arc<Plugin>, message: Message) -> Result<Vec<Signal>, Fault> {
        self.run(plugin, |plugin| plugin.receive(message)).await
    }

    async fn run<T, F>(&self, plugin: &Arc<Plugin>, call: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&Plugin) -> Result<T, Fault> + Send + 'static,
    {
        let place = plugin.lanes.places.clone().try_acquire_owned().map_err(|_| Fault::Busy)?;
        let running = plugin.lanes.running.clone().acquire_owned().await.map_err(|_| Fault::Host)?;
        let worker = self.workers.clone().acquire_owned().await.map_err(|_| Fault::Host)?;
        let called = Arc::clone(plugin);
        // The permits go into the call: if our caller gives up, the call still runs to its end.
        let call = move || {
            let _permits = (place, worker);
            let began = Instant::now();
            (call(&called), began.elapsed(), Some(running))
        };
        let answer = if plugin.conduct.is_suspect() { self.suspects.spawn(call) } else { task::spawn_blocking(call) };
        let (answer, took, running) = answer.await.unwrap_or_else(|error| {
            tracing::error!(plugin.name = plugin.id(), %error, "the host panicked in a plugin call");
            (Err(Fault::Host), Duration::ZERO, None)
        });
        if answer.as_ref().is_err_and(Fault::is_plugins_fault) {
            let rest = self.registry.limits().rest_after_fault;
            task::spawn(async move {
                time::sleep(rest).await;
                drop(running);
            });
        }
        if self.registry.record(plugin, took, answer.as_ref().err()) {
            let (registry, faulty) = (Arc::clone(&self.registry), Arc::clone(plugin));
            if let Err(error) = task::spawn_blocking(move || registry.withdraw(&faulty)).await {
                tracing::error!(plugin.name = plugin.id(), %error, "the host panicked while it went back");
            }
        }
        answer
    }
}
