//! The plugins in service: loaded from a folder, swapped while calls are under way, rolled back.
//!
//! Readers get a snapshot and never wait. Whoever changes something prepares it first, and then swaps
//! the snapshot: there is no moment at which a plugin is half loaded. A version that is no longer in
//! service lives on until the last call that holds it has ended.

mod arrivals;
mod catalog;
mod change_error;
mod event;
mod folder;
mod intake;
mod keeper;
mod proposal;
mod roll;
mod shelf;
mod watch;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use relink_core::time::Timestamp;
use tokio::sync::broadcast;

pub use catalog::{Listing, ListingState};
pub use change_error::ChangeError;
pub use event::RegistryEvent;
pub use keeper::{History, Keeping};
pub use proposal::Proposed;
pub use roll::VersionFigures;

use crate::archive::{self, Package};
use crate::compiler::Compile;
use crate::fault::Fault;
use crate::fixtures::Proof;
use crate::limits::Limits;
use crate::loader::{self, Loader, LoaderConfig, OpenError};
use crate::plugin::Plugin;
use crate::refusal::{Gate, Refusal};
use catalog::Catalog;
use folder::{Change, Folder};
use intake::Arrival;
use keeper::Keeper;
use roll::Roll;
use shelf::{Background, Shelf, Verdict};

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
    pub compile: Compile,
    pub limits: Limits,
    /// What this host has beyond the contract's core, such as `auth:oauth1`.
    pub supported_features: Vec<String>,
    /// Without it whatever passes the gates is in service, and nothing is remembered: for commands that
    /// only look.
    pub keeping: Option<Keeping>,
    pub clock: Clock,
}

/// Whether whoever installs a plugin agrees to all that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    Given,
    Pending,
}

/// The plugins in service.
pub struct Registry {
    loader: Loader,
    /// When the next component may be tried that somebody hands over.
    next_trial: Mutex<Instant>,
    clock: Clock,
    folder_path: PathBuf,
    /// Also keeps changes of the folder apart from each other.
    folder: Mutex<Folder>,
    keeper: Keeper,
    shelf: Mutex<Shelf>,
    roll: Mutex<Roll>,
    catalog: ArcSwap<Catalog>,
    events: broadcast::Sender<RegistryEvent>,
}

impl Registry {
    /// Loads the plugins of the folder. Blocks while it compiles those that are new.
    ///
    /// A bad plugin is no error: it is listed as refused, and the others are in service.
    pub fn open(config: RegistryConfig) -> Result<Arc<Self>, OpenError> {
        let RegistryConfig { folder, cache_dir, compile, limits, supported_features, keeping, clock } = config;
        let (cache_dir, proof) = (Some(cache_dir), Proof::Fixtures);
        let loader = Loader::new(LoaderConfig { limits, cache_dir, compile, proof, supported_features })?;
        let folder = Folder::open(&folder).map_err(|source| OpenError::Folder { path: folder, source })?;
        let registry = Arc::new(Self {
            loader,
            next_trial: Mutex::new(Instant::now()),
            clock,
            keeper: Keeper::new(keeping),
            folder_path: folder.path().to_owned(),
            folder: Mutex::new(folder),
            shelf: Mutex::default(),
            roll: Mutex::default(),
            catalog: ArcSwap::default(),
            events: broadcast::Sender::new(EVENT_BACKLOG),
        });
        // A file is taken when two looks find it unchanged.
        registry.look();
        registry.look();
        Ok(registry)
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

    /// Whether only signed plugins are taken.
    pub fn needs_signature(&self) -> bool {
        self.keeper.needs_signature()
    }

    /// What is remembered of a plugin. Blocks while it reads a file.
    pub fn history(&self, id: &str) -> io::Result<History> {
        self.keeper.history(id)
    }

    /// What the calls of each version cost, of those that were in service since this process started.
    pub fn figures(&self, id: &str) -> Vec<VersionFigures> {
        lock(&self.roll).figures(id)
    }

    pub fn subscribe(&self) -> broadcast::Receiver<RegistryEvent> {
        self.events.subscribe()
    }

    /// Checks a component without putting it in service. Blocks while it compiles, and while others are checked.
    #[expect(clippy::disallowed_methods, reason = "compiling blocks the thread for longer")]
    pub fn check(&self, component: &[u8]) -> Result<Plugin, Refusal> {
        let mut next_trial = lock(&self.next_trial);
        thread::sleep(next_trial.saturating_duration_since(Instant::now()));
        self.loader.load(component).inspect_err(|_| *next_trial = Instant::now() + self.limits().rest_after_refusal)
    }

    /// Puts a component in service until the next start. Blocks while it compiles.
    pub fn load_bytes(&self, component: &[u8]) -> Result<Arc<Plugin>, Refusal> {
        let plugin = Arc::new(self.check(component)?);
        let mut folder = lock(&self.folder);
        let events = lock(&self.shelf).admit(Arc::clone(&plugin), Background::default(), None, (self.clock)())?;
        self.announce(&mut folder, events);
        Ok(plugin)
    }

    /// Writes a component into the folder and puts it in service. Blocks while it compiles.
    ///
    /// If it is refused, nothing of it is left behind.
    pub fn install(&self, package: Package, approval: Approval) -> Result<Arc<Plugin>, ChangeError> {
        let plugin = self.check(&package.component)?;
        let mut folder = lock(&self.folder);
        let known_file = lock(&self.shelf).file_of(plugin.id());
        let file = known_file.unwrap_or_else(|| folder.path().join(format!("{}.wasm", plugin.id())));
        lock(&self.shelf).check_conflict(&plugin, Some(&file))?;
        let id = plugin.id().to_owned();
        let before = self.keeper.remembered(&id)?;
        if let Err(error) = self.write_down(&plugin, &package, &file, approval) {
            self.keeper.restore(&id, &before)?;
            return Err(error);
        }
        let events = self.admit(Arrival { plugin, package }, &file)?;
        self.announce(&mut folder, events);
        self.get(&id).ok_or(ChangeError::Unknown { id })
    }

    /// Notes a plugin in its ledger and writes its file: last, since a file in the folder takes service.
    fn write_down(
        &self,
        plugin: &Plugin,
        package: &Package,
        file: &Path,
        approval: Approval,
    ) -> Result<(), ChangeError> {
        self.judge(plugin, package, approval)?;
        self.keeper.note(plugin, package, file, (self.clock)())?;
        Ok(archive::put(file, package)?)
    }

    /// Whether a plugin may take service, if it is granted what it asks for.
    fn judge(&self, plugin: &Plugin, package: &Package, approval: Approval) -> Result<(), ChangeError> {
        match self.keeper.judge(plugin, package) {
            Err(refusal) if refusal.gate == Gate::Approval && approval == Approval::Given => {
                Ok(self.keeper.grant(plugin)?)
            }
            judged => Ok(judged?),
        }
    }

    /// Takes a plugin out of service, deletes its file and forgets its versions and what it was granted. Its id
    /// stays pinned to its publisher.
    pub fn remove(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let file = lock(&self.shelf).file_of(id);
        let mut files = lock(&self.shelf).declined_of(id);
        files.extend(file);
        let mut events: Vec<_> = lock(&self.shelf).remove(id).into_iter().collect();
        for file in files {
            archive::remove(&file)?;
            events.extend(lock(&self.shelf).forget_file(&file));
        }
        let was_remembered = self.keeper.remove(id)?;
        lock(&self.roll).forget(id);
        if events.is_empty() && !was_remembered {
            return Err(ChangeError::Unknown { id: id.to_owned() });
        }
        self.announce(&mut folder, events);
        Ok(())
    }

    /// Forgets who published a plugin that was removed: another publisher may then take its id, and has the
    /// secrets of the operator's registrations with it.
    pub fn forget(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let files = lock(&self.shelf).declined_of(id);
        let is_in_service = lock(&self.shelf).in_service(id).is_some();
        // A file may have been refused for its publisher only. But of one that was refused because nobody can
        // read what is remembered, nothing is known: it may be switched off, or wait for an approval.
        if is_in_service || (!files.is_empty() && self.keeper.is_damaged(id)) {
            return Err(ChangeError::StillThere { id: id.to_owned() });
        }
        self.keeper.forget(id)?;
        self.look_again(&mut folder, &files);
        Ok(())
    }

    /// Puts the version before back in service, for good: the version that it replaces is withdrawn.
    pub fn roll_back(&self, id: &str) -> Result<Arc<Plugin>, ChangeError> {
        let mut folder = lock(&self.folder);
        let plugin = lock(&self.shelf).in_service(id).ok_or_else(|| ChangeError::Unknown { id: id.to_owned() })?;
        let event = self.go_back(&plugin, "an operator went back to the version before")?;
        self.announce(&mut folder, event.into_iter().collect());
        self.get(id).ok_or_else(|| ChangeError::Unknown { id: id.to_owned() })
    }

    /// Takes a plugin out of service until it is enabled; its file stays.
    pub fn disable(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let file = lock(&self.shelf).file_of(id).ok_or_else(|| ChangeError::Unknown { id: id.to_owned() })?;
        self.keeper.set_disabled(id, true)?;
        let events = self.follow_ledger(&mut folder, id);
        self.announce(&mut folder, events);
        // It is listed as switched off at once.
        self.look_again(&mut folder, &[file]);
        Ok(())
    }

    pub fn enable(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        if !self.keeper.is_disabled(id) {
            return Err(ChangeError::Unknown { id: id.to_owned() });
        }
        self.keeper.set_disabled(id, false)?;
        let files = lock(&self.shelf).declined_of(id);
        self.look_again(&mut folder, &files);
        Ok(())
    }

    /// Ends what is being compiled, and lets nothing more be compiled: the host is about to end.
    pub fn stop(&self) {
        self.loader.stop();
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.loader.limits()
    }

    /// Records how a call ended, and says whether the version has too many faults.
    pub(crate) fn record(&self, plugin: &Plugin, took: Duration, fault: Option<&Fault>) -> bool {
        let now = (self.clock)();
        let Some(fault) = fault.filter(|fault| fault.is_plugins_fault()) else {
            plugin.conduct.record_answer(took, now, self.limits());
            return false;
        };
        tracing::warn!(
            plugin.name = plugin.id(),
            plugin.version = plugin.version(),
            fault.code = fault.code(),
            "{fault}"
        );
        plugin.conduct.record_fault(took, now, self.limits())
    }

    /// Goes back from a version that has too many faults. If there is none to go back to, or that was
    /// done before, the plugin is only marked: another version is no better.
    pub(crate) fn withdraw(&self, faulty: &Plugin) {
        let mut folder = lock(&self.folder);
        let Some(verdict) = lock(&self.shelf).verdict_on(faulty) else { return };
        let back = match verdict {
            Verdict::GoBack => self.go_back(faulty, "it had too many faults").unwrap_or_else(|error| {
                tracing::warn!(plugin.name = faulty.id(), %error, "there is no version to go back to");
                None
            }),
            Verdict::Suspect => None,
        };
        let event = back.or_else(|| lock(&self.shelf).suspect(faulty.id()));
        self.announce(&mut folder, event.into_iter().collect());
    }

    /// Puts the good version before `plugin` into its file and in service.
    fn go_back(&self, plugin: &Plugin, why: &str) -> Result<Option<RegistryEvent>, ChangeError> {
        let id = plugin.id();
        let no_previous = || ChangeError::NoPrevious { id: id.to_owned() };
        let (kept, package) = self.keeper.good_before(id, plugin.digest())?.ok_or_else(no_previous)?;
        let file = lock(&self.shelf).file_of(id).ok_or_else(no_previous)?;
        let earlier = self.loader.load_file(&package.component, loader::digest(&package.component), &file)?;
        // Its publisher may have lost the operator's trust meanwhile.
        self.keeper.judge(&earlier, &package)?;
        // The file first: a version that is withdrawn and still in the folder would serve nobody after a restart.
        archive::put(&file, &package)?;
        self.keeper.withdraw(id, plugin.digest(), why)?;
        // What the later version was granted goes with it.
        self.keeper.grant(&earlier)?;
        let background = self.keeper.background(id, &kept.digest);
        Ok(lock(&self.shelf).put_back(Arc::new(earlier), background, (self.clock)()))
    }

    /// Follows what another process wrote into the ledgers, such as the command line.
    fn follow_ledgers(&self, folder: &mut Folder) -> Vec<RegistryEvent> {
        let changed = self.keeper.changed();
        changed.iter().flat_map(|id| self.follow_ledger(folder, id)).collect()
    }

    fn follow_ledger(&self, folder: &mut Folder, id: &str) -> Vec<RegistryEvent> {
        let mut on_shelf = lock(&self.shelf);
        for file in on_shelf.declined_of(id) {
            folder.forget(&file);
        }
        if !self.keeper.is_disabled(id) {
            return Vec::new();
        }
        if let Some(file) = on_shelf.file_of(id) {
            folder.forget(&file);
        }
        on_shelf.remove(id).into_iter().collect()
    }

    fn look_again(&self, folder: &mut Folder, files: &[PathBuf]) {
        let changes: Vec<_> = files.iter().cloned().map(Change::Ready).collect();
        let mut events = Vec::new();
        self.try_files(&changes, |change, trial| events.extend(self.take_over(folder, change, trial)));
        events.extend(self.stand_in(&changes));
        self.announce(folder, events);
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
        let catalog = lock(&self.shelf).catalog();
        lock(&self.roll).note(&catalog.plugins());
        self.catalog.store(Arc::new(catalog));
        for event in events {
            event.log();
            // Nobody has to listen.
            let _ = self.events.send(event);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
