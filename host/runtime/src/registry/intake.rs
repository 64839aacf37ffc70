//! From files of the folder to plugins in service: first the gates, which take their time, and then, while
//! nobody else changes anything, what is remembered of the plugin.

use std::io;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use super::folder::{self, Change, Folder, Print};
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

/// What a file holds, and what the gates make of it. That depends on neither the folder nor what is remembered, so
/// it is found out while others may change both: compiling takes seconds.
pub(super) struct Trial {
    /// As it was before it was read.
    print: Option<Print>,
    found: Result<Found, Refusal>,
}

struct Found {
    digest: String,
    /// None if it was in service then.
    tried: Option<Box<(Package, Result<Plugin, Refusal>)>>,
}

impl Registry {
    /// Takes what is new in files through the gates, several at a time, and hands over what came of each in their
    /// order. Blocks while it compiles.
    pub(super) fn try_files(&self, changes: &[Change], mut hand_over: impl FnMut(&Change, Option<Trial>)) {
        let workers = self.limits().workers.min(changes.len());
        thread::scope(|scope| {
            let try_share = |first| {
                // Nobody goes on before the last one was taken: files are large.
                let (sender, trials) = mpsc::sync_channel(0);
                let mut share = changes.iter().skip(first).step_by(workers);
                scope.spawn(move || share.try_for_each(|change| sender.send(self.try_file(change))));
                trials
            };
            let shares: Vec<_> = (0..workers).map(try_share).collect();
            for (change, share) in changes.iter().zip(shares.iter().cycle()) {
                // If one panics, so does the scope.
                let Ok(trial) = share.recv() else { return };
                hand_over(change, trial);
            }
        });
    }

    /// None if a file is gone.
    fn try_file(&self, change: &Change) -> Option<Trial> {
        let Change::Ready(file) = change else { return None };
        Some(Trial { print: Print::of(file), found: self.find(file) })
    }

    fn find(&self, file: &Path) -> Result<Found, Refusal> {
        let component = folder::read(&self.folder_path, file, self.limits().component_bytes)?;
        let digest = loader::digest(&component);
        if lock(&self.shelf).has(file, &digest) {
            return Ok(Found { digest, tried: None });
        }
        let signature = archive::signature_of(file).map_err(|error| unreadable(&error))?;
        let outcome = self.loader.load_file(&component, digest.clone(), file);
        Ok(Found { digest, tried: Some(Box::new((Package { component, signature }, outcome))) })
    }

    /// Takes over what became of a file, as far as it still is what stood the trial.
    pub(super) fn take_over(&self, folder: &mut Folder, change: &Change, trial: Option<Trial>) -> Vec<RegistryEvent> {
        match change {
            Change::Gone(file) if is_there(file) => Vec::new(),
            Change::Gone(file) => lock(&self.shelf).forget_file(file),
            Change::Ready(file) => trial.and_then(|trial| self.load_file(file, trial)).map_or_else(
                || {
                    folder.forget(file);
                    Vec::new()
                },
                |loaded| self.follow(file, loaded),
            ),
        }
    }

    /// Has earlier versions stand in for files that hold nothing fit for service, once all were taken over.
    pub(super) fn stand_in(&self, changes: &[Change]) -> Vec<RegistryEvent> {
        let files = changes.iter().filter_map(|change| match change {
            Change::Ready(file) => Some(file),
            Change::Gone(_) => None,
        });
        files.filter_map(|file| self.stand_in_for(file)).collect()
    }

    /// What a file holds; none if it is no longer what was tried.
    fn load_file(&self, file: &Path, trial: Trial) -> Option<Loaded> {
        if Print::of(file) != trial.print {
            return None;
        }
        let found = match trial.found {
            Ok(found) => found,
            Err(refusal) => return is_there(file).then(|| Err(refusal.into())),
        };
        if lock(&self.shelf).has(file, &found.digest) {
            return Some(Ok(None));
        }
        // What was in service then and is no longer has to be tried.
        let (package, outcome) = *found.tried?;
        Some(outcome.map_err(Declined::from).and_then(|plugin| self.judge_file(plugin, package)))
    }

    fn judge_file(&self, plugin: Plugin, package: Package) -> Loaded {
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
    fn stand_in_for(&self, file: &Path) -> Option<RegistryEvent> {
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
