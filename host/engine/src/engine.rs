//! The handle that everything hangs on, and the tasks that run behind it.

use std::sync::Arc;

use relink_core::id::WorkspaceId;
use relink_core::plugin::AuthMethod;
use relink_core::time::Timestamp;
use relink_egress::Egress;
use relink_runtime::{Calls, Plugin, Registry};
use relink_store::{Db, StoreError, seal::Sealer};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::settings::{Clock, Settings};
use crate::tokens::Refreshes;
use crate::tokens::journal::{self, Journal};
use crate::wave::Fleets;
use crate::{housekeeping, inbound, outbox, recovery, scheduler, wave};

/// Something of a workspace is worth another look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub workspace_id: WorkspaceId,
}

/// What an engine is made of.
pub struct Parts {
    pub db: Db,
    pub sealer: Sealer,
    pub registry: Arc<Registry>,
    pub egress: Egress,
    pub clock: Clock,
    pub settings: Settings,
}

/// A cheap handle; all clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    db: Db,
    sealer: Sealer,
    registry: Arc<Registry>,
    calls: Calls,
    egress: Egress,
    clock: Clock,
    settings: Settings,
    refreshes: Refreshes,
    fleets: Fleets,
    journal: Journal,
    events: broadcast::Sender<Changed>,
    wake: Notify,
    message_came: Notify,
    tasks: TaskTracker,
}

/// Changes that a slow listener may miss before it is told to look at everything.
const EVENT_BACKLOG: usize = 256;

impl Engine {
    pub fn new(parts: Parts) -> Self {
        let calls = Calls::new(Arc::clone(&parts.registry));
        Self(Arc::new(Inner {
            db: parts.db,
            sealer: parts.sealer,
            registry: parts.registry,
            calls,
            egress: parts.egress,
            clock: parts.clock,
            journal: Journal::new(parts.settings.rescue_journal.clone()),
            settings: parts.settings,
            refreshes: Refreshes::default(),
            fleets: Fleets::default(),
            events: broadcast::Sender::new(EVENT_BACKLOG),
            wake: Notify::new(),
            message_came: Notify::new(),
            tasks: TaskTracker::new(),
        }))
    }

    /// Stores what an earlier life of this node could not store, frees what it had claimed, then starts the scheduler, the outbox,
    /// the work on messages of providers, recovery, housekeeping, and what ends doubts. They end when `shutdown` is cancelled.
    pub async fn start(&self, shutdown: &CancellationToken) -> Result<(), StoreError> {
        journal::replay(self).await?;
        recovery::release_own_claims(self).await?;
        self.spawn(recovery::run(self.clone(), shutdown.clone()));
        self.spawn(scheduler::run(self.clone(), shutdown.clone()));
        self.spawn(outbox::run(self.clone(), shutdown.clone()));
        self.spawn(inbound::run(self.clone(), shutdown.clone()));
        self.spawn(wave::run(self.clone(), shutdown.clone()));
        self.spawn(housekeeping::run(self.clone(), shutdown.clone()));
        Ok(())
    }

    /// Waits until every task has ended, token requests in flight included.
    pub async fn stopped(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Whether [`Engine::stopped`] waits for the tasks to end.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.tasks.is_closed()
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    pub fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Tells of changes from now on.
    pub fn events(&self) -> broadcast::Receiver<Changed> {
        self.0.events.subscribe()
    }

    /// Makes the scheduler look at once instead of at its next tick.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    pub(crate) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Says when a provider's message was entered.
    pub(crate) fn message_came(&self) -> &Notify {
        &self.0.message_came
    }

    /// Tells listeners that `workspace_id` changed. Having no listener is fine.
    pub(crate) fn changed(&self, workspace_id: &WorkspaceId) {
        let _ = self.0.events.send(Changed { workspace_id: workspace_id.clone() });
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.0.calls
    }

    pub(crate) fn egress(&self) -> &Egress {
        &self.0.egress
    }

    pub(crate) fn refreshes(&self) -> &Refreshes {
        &self.0.refreshes
    }

    pub(crate) fn fleets(&self) -> &Fleets {
        &self.0.fleets
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// Runs a task to its end, whoever waits for it or no longer does.
    pub(crate) fn spawn<F>(&self, task: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.tasks.spawn(task)
    }

    /// The plugin and its auth method, or why there is none.
    pub(crate) fn plugin(&self, plugin_id: &str, method_id: &str) -> Result<(Arc<Plugin>, AuthMethod), MissingPlugin> {
        let missing = || MissingPlugin { plugin_id: plugin_id.to_owned(), method_id: method_id.to_owned() };
        let plugin = self.0.registry.get(plugin_id).ok_or_else(missing)?;
        let method = plugin.descriptor().auth_method(method_id).ok_or_else(missing)?.clone();
        Ok((plugin, method))
    }
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("plugin {plugin_id:?} with auth method {method_id:?} is not loaded: put it into the plugin folder")]
pub struct MissingPlugin {
    plugin_id: String,
    method_id: String,
}
