//! What operators and plugins are told of how many authorizations of a plugin fail at the same time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use relink_core::decide::{Reports, WavePolicy};
use relink_core::time::Timestamp;
use relink_runtime::{Plugin, RegistryEvent};
use relink_store::{Db, StoreError, breakages, waves};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::settle;

/// How old a count may be of which a plugin is told: every run asks for one.
const COUNTED_MS: i64 = 10_000;

/// A plugin that is doubted, since it calls too many authorizations broken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubted {
    pub since: Timestamp,
    /// When what it says is believed at the latest.
    pub until: Timestamp,
    /// Authorizations that reported lately, of every workspace, and those of them that it called broken.
    pub reporting: u32,
    pub failing: u32,
    /// Authorizations of whose breakage nobody was told.
    pub held: i64,
}

impl Doubted {
    /// Why the version of a plugin that is in service is doubted; none if it is not.
    pub async fn find(
        db: &Db,
        plugin: &Plugin,
        policy: &WavePolicy,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let id = plugin.id();
        let found = waves::find(db, id).await?.filter(|of| of.digest == plugin.digest());
        let Some(wave) = found.map(|of| of.wave) else { return Ok(None) };
        let (Some(since), Some(until)) = (wave.opened_at, wave.ends_at(policy)) else { return Ok(None) };
        let held = breakages::count_held(db, id).await?;
        let Reports { reporting, failing } =
            breakages::reports(db, id, now.plus_ms(-policy.window_ms), u32::MAX).await?;
        Ok((held > 0).then_some(Self { since, until, reporting, failing, held }))
    }
}

/// Takes a plugin that is doubted at its word, also where no engine runs; false if it is not doubted.
pub async fn trust_diagnoses(db: &Db, plugin: &Plugin, now: Timestamp) -> Result<bool, StoreError> {
    settle::settle_trust(db, (plugin.id(), plugin.digest()), now).await
}

/// Ends the doubts about a version as soon as another one takes its place. Without this they would end with the
/// next breakage, which is judged for the version in service.
pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    let mut events = engine.registry().subscribe();
    loop {
        for plugin in engine.registry().plugins() {
            match settle::settle_swap(&engine, (plugin.id(), plugin.digest())).await {
                Ok(true) => tracing::info!(plugin.name = plugin.id(), "the doubts about another version are over"),
                Ok(false) => {}
                Err(error) => tracing::error!(plugin.name = plugin.id(), %error, "doubts could not be ended"),
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = swapped(&mut events) => {}
        }
    }
}

/// Waits until another version may be in service: of what was missed, nothing is known.
async fn swapped(events: &mut Receiver<RegistryEvent>) {
    loop {
        match events.recv().await {
            Ok(RegistryEvent::Loaded { .. } | RegistryEvent::RolledBack { .. }) | Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // The engine holds the registry.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Engine {
    /// Why a plugin is doubted; none if it is not.
    pub async fn doubted(&self, plugin: &str) -> Result<Option<Doubted>, StoreError> {
        let Some(in_service) = self.registry().get(plugin) else { return Ok(None) };
        Doubted::find(self.db(), &in_service, &self.settings().policy.wave, self.now()).await
    }

    /// Takes a plugin that is doubted at its word; false if it is not doubted.
    pub async fn trust_diagnoses(&self, plugin: &str) -> Result<bool, StoreError> {
        let Some(in_service) = self.registry().get(plugin) else { return Ok(false) };
        let is_doubted = trust_diagnoses(self.db(), &in_service, self.now()).await?;
        if is_doubted {
            self.wake();
        }
        Ok(is_doubted)
    }

    /// The share of the authorizations of a plugin that reported last and were called broken.
    pub(crate) async fn fleet_failure_ratio(&self, plugin: &str) -> Result<Option<f64>, StoreError> {
        let (now, policy) = (self.now(), &self.settings().policy.wave);
        if let Some(counted) = self.fleets().find(plugin, now) {
            return Ok(counted.failure_ratio());
        }
        let since = now.plus_ms(-policy.window_ms);
        let counted = breakages::reports(self.db(), plugin, since, policy.reports()).await?;
        self.fleets().keep(plugin, counted, now);
        Ok(counted.failure_ratio())
    }
}

/// What was counted last, and when, by plugin.
#[derive(Default)]
pub(crate) struct Fleets(Mutex<HashMap<String, (Reports, Timestamp)>>);

impl Fleets {
    fn find(&self, plugin: &str, now: Timestamp) -> Option<Reports> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.get(plugin).filter(|(_, at)| now.since_ms(*at) < COUNTED_MS).map(|(reports, _)| *reports)
    }

    fn keep(&self, plugin: &str, reports: Reports, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(plugin.to_owned(), (reports, now));
    }
}
