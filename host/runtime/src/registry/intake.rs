//! From files of the folder to plugins in service: first the gates, which take their time, and then, while
//! nobody else changes anything, what is remembered of the plugin.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::folder::{self, Change, Folder};
use super::shelf::{Claim, Declined};
use super::{Registry, RegistryEvent, lock};
use crate::archive::{self, Package};
use crate::loader;
use crate::plugin::Plugin;
use crate::refusal::{Gate, Refusal};

/// A plugin that may take service, with what it was loaded from.
pub(super) struct Arrival {
    pub(super) plugin: Plugin,
    pub(super) package: Package,
}

/// What a file holds, or none if there is nothing new in it.
type Loaded = Result<Option<Arrival>, Declined>;

/// What the gates make of some bytes. It depends on neither the folder nor what is remembered, so it is found
/// out while others may change both: compiling takes seconds.
pub(super) struct Trial {
    digest: String,
    outcome: Result<Plugin, Refusal>,
}

impl Registry {
    /// Takes what is new in files through the gates, several at a time. Blocks while it compiles.
    pub(super) fn try_files(&self, changes: &[Change]) -> Vec<Option<Trial>> {
        let share = changes.len().div_ceil(self.limits().workers).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = changes
                .chunks(share)
                .map(|changes| scope.spawn(|| changes.iter().map(|change| self.try_file(change)).collect::<Vec<_>>()))
                .collect();
            let join = |share: thread::ScopedJoinHandle<'_, Vec<Option<Trial>>>| match share.join() {
                Ok(trials) => trials,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            shares.into_iter().flat_map(join).collect()
        })
    }

    /// None if a file is gone, cannot be read or holds what is in service already.
    fn try_file(&self, change: &Change) -> Option<Trial> {
        let Change::Ready(file) = change else { return None };
        let component = folder::read(&self.folder_path, file, self.limits().component_bytes).ok()?;
        let digest = loader::digest(&component);
        if lock(&self.shelf).has(file, &digest) {
            return None;
        }
        let outcome = self.loader.load_file(&component, digest.clone(), file);
        Some(Trial { digest, outcome })
    }

    /// Takes over what became of files, as far as they still are what stood the trials.
    pub(super) fn take_over(
        &self,
        folder: &mut Folder,
        changes: Vec<Change>,
        trials: Vec<Option<Trial>>,
    ) -> Vec<RegistryEvent> {
        let (mut events, mut taken) = (Vec::new(), Vec::new());
        for (change, trial) in changes.into_iter().zip(trials) {
            match change {
                Change::Gone(file) if is_there(&file) => {}
                Change::Gone(file) => events.extend(lock(&self.shelf).forget_file(&file)),
                Change::Ready(file) => match self.load_file(&file, trial) {
                    Some(loaded) => {
                        events.extend(self.follow(&file, loaded));
                        taken.push(file);
                    }
                    None => folder.forget(&file),
                },
            }
        }
        events.extend(taken.iter().filter_map(|file| self.stand_in(file)));
        events
    }

    /// What a file holds; none if it is no longer what was tried.
    fn load_file(&self, file: &Path, trial: Option<Trial>) -> Option<Loaded> {
        let component = match folder::read(&self.folder_path, file, self.limits().component_bytes) {
            Ok(component) => component,
            Err(refusal) => return is_there(file).then(|| Err(refusal.into())),
        };
        let digest = loader::digest(&component);
        if lock(&self.shelf).has(file, &digest) {
            return Some(Ok(None));
        }
        let Trial { outcome, .. } = trial.filter(|trial| trial.digest == digest)?;
        Some(outcome.map_err(Declined::from).and_then(|plugin| self.judge_file(file, component, plugin)))
    }

    fn judge_file(&self, file: &Path, component: Vec<u8>, plugin: Plugin) -> Loaded {
        let signature = archive::signature_of(file).map_err(|error| unreadable(&error))?;
        let package = Package { component, signature };
        match self.keeper.judge(&plugin, &package) {
            Ok(()) => Ok(Some(Arrival { plugin, package })),
            Err(refusal) => Err(self.declined(refusal, &plugin, &package)),
        }
    }

    fn declined(&self, refusal: Refusal, plugin: &Plugin, package: &Package) -> Declined {
        let claim = Claim {
            id: plugin.id().to_owned(),
            display_name: plugin.descriptor().display_name.clone(),
            version: plugin.version().to_owned(),
            digest: plugin.digest().to_owned(),
            publisher: self.keeper.signer(package),
            asks: self.keeper.asks_beyond(plugin).lines().collect(),
        };
        Declined { refusal, claim: Some(claim) }
    }

    /// Takes over what became of a file.
    fn follow(&self, file: &Path, loaded: Loaded) -> Vec<RegistryEvent> {
        let admitted = loaded.and_then(|arrival| match arrival {
            Some(arrival) => self.admit(arrival, file).map_err(Declined::from),
            None => Ok(lock(&self.shelf).forget_declined(file).into_iter().collect()),
        });
        admitted.unwrap_or_else(|declined| lock(&self.shelf).decline(file, declined).into_iter().collect())
    }

    /// Puts a plugin in service and remembers it.
    pub(super) fn admit(&self, arrival: Arrival, file: &Path) -> Result<Vec<RegistryEvent>, Refusal> {
        let Arrival { plugin, package } = arrival;
        let now = (self.clock)();
        lock(&self.shelf).check_conflict(&plugin, Some(file))?;
        self.keeper.note(&plugin, &package, file, now)?;
        let background = self.keeper.background(plugin.id(), plugin.digest());
        lock(&self.shelf).admit(Arc::new(plugin), background, Some(file), now)
    }

    /// Brings back the version that was in service from a file which now holds one that may not be. A host
    /// that runs has it still; one that starts finds it nowhere but among the versions that are kept.
    fn stand_in(&self, file: &Path) -> Option<RegistryEvent> {
        if !lock(&self.shelf).has_declined(file) {
            return None;
        }
        let (id, package) = self.keeper.last_served_from(file)?;
        if lock(&self.shelf).in_service(&id).is_some() {
            return None;
        }
        let brought = self.bring_back(&package, file);
        brought.inspect_err(|refusal| tracing::warn!(plugin.name = id, %refusal, "no version stands in")).ok()
    }

    fn bring_back(&self, package: &Package, file: &Path) -> Result<RegistryEvent, Refusal> {
        let plugin = self.loader.load_file(&package.component, loader::digest(&package.component), file)?;
        self.keeper.judge(&plugin, package)?;
        let background = self.keeper.background(plugin.id(), plugin.digest());
        lock(&self.shelf).bring_back(Arc::new(plugin), background, file, (self.clock)())
    }
}

/// Whether there is anything in this place, be it a link to nowhere.
fn is_there(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

fn unreadable(error: &io::Error) -> Refusal {
    Refusal::new(
        Gate::File,
        format!("the signature beside the file cannot be read: {error}"),
        "a readable file of text",
        "copy the `.minisig` file again",
    )
}
