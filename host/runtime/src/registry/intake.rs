//! From files of the folder to plugins in service.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::folder::{Change, Folder};
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
pub(super) type Loaded = Result<Option<Arrival>, Declined>;

impl Registry {
    /// Takes over what became of files.
    pub(super) fn take_over(&self, folder: &Folder, changes: &[Change]) -> Vec<RegistryEvent> {
        let loaded = self.load_files(folder, changes);
        let mut events: Vec<_> =
            changes.iter().zip(loaded).flat_map(|(change, loaded)| self.follow(change, loaded)).collect();
        events.extend(changes.iter().filter_map(|change| self.stand_in(change)));
        events
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
        let digest = loader::digest(&component);
        if lock(&self.shelf).has(file, &digest) {
            return Ok(None);
        }
        let signature = archive::signature_of(file).map_err(|error| unreadable(&error))?;
        let plugin = self.loader.load_file(&component, digest, file)?;
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
    fn follow(&self, change: &Change, loaded: Loaded) -> Vec<RegistryEvent> {
        let file = match change {
            Change::Gone(file) => return lock(&self.shelf).forget_file(file),
            Change::Ready(file) => file,
        };
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
        let background = self.background(plugin.id(), plugin.digest());
        lock(&self.shelf).admit(Arc::new(plugin), background, Some(file), now)
    }

    /// Brings back the version that was in service from a file which now holds one that may not be. A host
    /// that runs has it still; one that starts finds it nowhere but among the versions that are kept.
    fn stand_in(&self, change: &Change) -> Option<RegistryEvent> {
        let Change::Ready(file) = change else { return None };
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
        let background = self.background(plugin.id(), plugin.digest());
        lock(&self.shelf).bring_back(Arc::new(plugin), background, file, (self.clock)())
    }
}

fn unreadable(error: &io::Error) -> Refusal {
    Refusal::new(
        Gate::File,
        format!("the signature beside the file cannot be read: {error}"),
        "a readable file of text",
        "copy the `.minisig` file again",
    )
}
