//! The plugins in service: loaded from a folder, swapped while calls are under way, rolled back.
//!
//! Readers get a snapshot and never wait. Whoever changes something prepares it first, and then swaps
//! the snapshot: there is no moment at which a plugin is half loaded. A version that is no longer in
//! service lives on until the last call that holds it has ended.

mod catalog;
mod event;
mod folder;
mod shelf;

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;
use relink_core::time::Timestamp;
use tempfile::NamedTempFile;
use tokio::sync::broadcast;
use tokio::task;
use tokio::time::{self, MissedTickBehavior};

pub use catalog::{Listing, ListingState};
pub use event::RegistryEvent;

use crate::fault::Fault;
use crate::limits::Limits;
use crate::loader::{Loader, LoaderConfig, OpenError};
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use catalog::Catalog;
use folder::{Change, Folder};
use shelf::Shelf;

/// How often the folder is looked at. A listing costs microseconds, and works on every file system.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Events that a slow listener may be behind before it misses some.
const EVENT_BACKLOG: usize = 64;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Where plugins come from, and what they may use.
#[derive(Clone)]
pub struct RegistryConfig {
    /// The folder whose `*.wasm` files are the plugins in service.
    pub folder: PathBuf,
    /// Where compiled code is kept; nobody else may write there.
    pub cache_dir: PathBuf,
    pub limits: Limits,
    /// What this host has beyond the contract's core, such as `auth:oauth1`.
    pub supported_features: Vec<String>,
    pub clock: Clock,
}

/// Why a change that somebody asked for was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("no plugin {id} is in service")]
    Unknown { id: String },
    #[error("plugin {id} has no earlier version to go back to")]
    NoPrevious { id: String },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the plugin folder cannot be changed")]
    Folder(#[from] io::Error),
}

/// A plugin from a file, or none if there is nothing new in it.
type Loaded = Result<Option<Plugin>, Refusal>;

/// The plugins in service.
pub struct Registry {
    loader: Loader,
    clock: Clock,
    /// Also keeps changes of the folder apart from each other.
    folder: Mutex<Folder>,
    shelf: Mutex<Shelf>,
    catalog: ArcSwap<Catalog>,
    events: broadcast::Sender<RegistryEvent>,
}

impl Registry {
    /// Loads the plugins of the folder. Blocks while it compiles those that are new.
    ///
    /// A bad plugin is no error: it is listed as refused, and the others are in service.
    pub fn open(config: RegistryConfig) -> Result<Arc<Self>, OpenError> {
        let RegistryConfig { folder, cache_dir, limits, supported_features, clock } = config;
        let loader = Loader::new(LoaderConfig { limits, cache_dir: Some(cache_dir), supported_features })?;
        let folder = Folder::open(&folder).map_err(|source| OpenError::Folder { path: folder, source })?;
        let registry = Arc::new(Self {
            loader,
            clock,
            folder: Mutex::new(folder),
            shelf: Mutex::default(),
            catalog: ArcSwap::default(),
            events: broadcast::Sender::new(EVENT_BACKLOG),
        });
        // A file is taken when two looks find it unchanged.
        registry.look();
        registry.look();
        Ok(registry)
    }

    /// Follows the folder for ever. The caller runs it as a task, and drops it to stop.
    pub async fn watch(self: Arc<Self>) -> Infallible {
        let mut interval = time::interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let registry = Arc::clone(&self);
            if let Err(error) = task::spawn_blocking(move || registry.look()).await {
                tracing::error!(%error, "the host panicked while it loaded plugins");
            }
        }
    }

    /// Looks at the folder once, and takes over what changed. Blocks while it compiles.
    pub fn look(&self) {
        let mut folder = lock(&self.folder);
        let mut events = Vec::new();
        match folder.look() {
            Ok(changes) => {
                let loaded = self.load_files(&folder, &changes);
                for (change, loaded) in changes.iter().zip(loaded) {
                    events.extend(self.follow(change, loaded));
                }
            }
            Err(error) => tracing::warn!(%error, "the plugin folder cannot be read, the loaded plugins stay"),
        }
        self.announce(&mut folder, events);
    }

    /// The plugin with this id.
    pub fn get(&self, id: &str) -> Option<Arc<Plugin>> {
        self.catalog.load().get(id)
    }

    /// The plugin with this id or alias.
    pub fn by_alias(&self, name: &str) -> Option<Arc<Plugin>> {
        self.catalog.load().by_alias(name)
    }

    /// The plugins in service, by id.
    pub fn plugins(&self) -> Vec<Arc<Plugin>> {
        self.catalog.load().plugins()
    }

    /// What an operator sees: plugins in service and files that were refused.
    pub fn list(&self) -> Vec<Listing> {
        self.catalog.load().listings().to_vec()
    }

    pub fn subscribe(&self) -> broadcast::Receiver<RegistryEvent> {
        self.events.subscribe()
    }

    /// Checks a component without putting it in service. Blocks while it compiles.
    pub fn check(&self, component: &[u8]) -> Result<Plugin, Refusal> {
        self.loader.load(component)
    }

    /// Puts a component in service until the next start. Blocks while it compiles.
    pub fn load_bytes(&self, component: &[u8]) -> Result<Arc<Plugin>, Refusal> {
        let plugin = Arc::new(self.loader.load(component)?);
        let mut folder = lock(&self.folder);
        let events = lock(&self.shelf).admit(Arc::clone(&plugin), None, (self.clock)())?;
        self.announce(&mut folder, events);
        Ok(plugin)
    }

    /// Writes a component into the folder and puts it in service. Blocks while it compiles.
    pub fn install(&self, component: &[u8]) -> Result<Arc<Plugin>, ChangeError> {
        let plugin = Arc::new(self.loader.load(component)?);
        let mut folder = lock(&self.folder);
        let known_file = lock(&self.shelf).file_of(plugin.id());
        let file = known_file.unwrap_or_else(|| folder.path().join(format!("{}.wasm", plugin.id())));
        lock(&self.shelf).check_conflict(&plugin, Some(&file))?;
        write_whole(&file, component)?;
        let events = lock(&self.shelf).admit(Arc::clone(&plugin), Some(&file), (self.clock)())?;
        self.announce(&mut folder, events);
        Ok(plugin)
    }

    /// Takes a plugin out of service and deletes its file.
    pub fn remove(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let file = lock(&self.shelf).file_of(id);
        if let Some(file) = file {
            fs::remove_file(&file).or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
        let event = lock(&self.shelf).remove(id).ok_or_else(|| ChangeError::Unknown { id: id.to_owned() })?;
        self.announce(&mut folder, vec![event]);
        Ok(())
    }

    /// Puts the version before back in service. The file stays, and counts again when it changes.
    pub fn roll_back(&self, id: &str) -> Result<Arc<Plugin>, ChangeError> {
        let mut folder = lock(&self.folder);
        let (plugin, event) = lock(&self.shelf).roll_back(id, (self.clock)())?;
        self.announce(&mut folder, vec![event]);
        Ok(plugin)
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.loader.limits()
    }

    /// Records how a call ended, and withdraws a version that has too many faults.
    pub(crate) fn record(&self, plugin: &Plugin, fault: Option<&Fault>) {
        let now = (self.clock)();
        let Some(fault) = fault.filter(|fault| fault.is_plugins_fault()) else {
            return plugin.conduct.record_answer(now, self.limits());
        };
        tracing::warn!(
            plugin.name = plugin.id(),
            plugin.version = plugin.version(),
            fault.code = fault.code(),
            "{fault}"
        );
        if plugin.conduct.record_fault(now, self.limits()) {
            let event = lock(&self.shelf).withdraw(plugin, now);
            self.publish(event);
        }
    }

    /// Loads what is new in files, several at a time, without putting anything in service.
    fn load_files(&self, folder: &Folder, changes: &[Change]) -> Vec<Loaded> {
        let load = |change: &Change| match change {
            Change::Ready(file) => self.load_file(folder, file),
            Change::Gone(_) => Ok(None),
        };
        let share = changes.len().div_ceil(self.limits().workers).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = changes
                .chunks(share)
                .map(|changes| scope.spawn(move || changes.iter().map(load).collect::<Vec<Loaded>>()))
                .collect();
            let join = |share: thread::ScopedJoinHandle<'_, Vec<Loaded>>| match share.join() {
                Ok(loaded) => loaded,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            shares.into_iter().flat_map(join).collect()
        })
    }

    /// Loads a file; none if it has nothing new.
    fn load_file(&self, folder: &Folder, file: &Path) -> Loaded {
        let component = folder.read(file, self.limits().component_bytes)?;
        if lock(&self.shelf).has(file, &component) {
            return Ok(None);
        }
        self.loader.load_file(&component, file).map(Some)
    }

    /// Takes over what became of a file.
    fn follow(&self, change: &Change, loaded: Loaded) -> Vec<RegistryEvent> {
        let mut plugins = lock(&self.shelf);
        let file = match change {
            Change::Gone(file) => return plugins.forget_file(file).into_iter().collect(),
            Change::Ready(file) => file,
        };
        let admitted = loaded.and_then(|plugin| match plugin {
            Some(plugin) => plugins.admit(Arc::new(plugin), Some(file), (self.clock)()),
            None => Ok(Vec::new()),
        });
        admitted.unwrap_or_else(|refusal| plugins.refuse(file, refusal).into_iter().collect())
    }

    /// Makes changes visible, and gives files another chance that stood in conflict with others.
    fn announce(&self, folder: &mut Folder, events: Vec<RegistryEvent>) {
        let is_change = |event: &RegistryEvent| !matches!(event, RegistryEvent::Refused { .. });
        if events.iter().any(is_change) {
            lock(&self.shelf).conflicting_files().for_each(|file| folder.forget(file));
        }
        self.publish(events);
    }

    fn publish(&self, events: impl IntoIterator<Item = RegistryEvent>) {
        let mut events = events.into_iter().peekable();
        if events.peek().is_none() {
            return;
        }
        self.catalog.store(Arc::new(lock(&self.shelf).catalog()));
        for event in events {
            event.log();
            // Nobody has to listen.
            let _ = self.events.send(event);
        }
    }
}

/// Writes a file so that whoever looks sees the old one or the whole new one.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    File::open(folder)?.sync_all()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
