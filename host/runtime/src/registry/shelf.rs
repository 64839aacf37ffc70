//! Which versions are in service, which one was before, and which files were refused.
//!
//! The rules of hot loading, as plain data: no file is read here and nothing is compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relink_core::time::Timestamp;

use super::RegistryEvent;
use super::catalog::{Catalog, Listing, ListingState};
use crate::plugin::Plugin;
use crate::refusal::{Gate, Refusal};

#[derive(Default)]
pub(super) struct Shelf {
    slots: BTreeMap<String, Slot>,
    declined: BTreeMap<PathBuf, Declined>,
}

/// A file that is not in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declined {
    pub(super) refusal: Refusal,
    /// What it says it is, if it came so far.
    pub(super) claim: Option<Claim>,
}

impl From<Refusal> for Declined {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, claim: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) id: String,
    pub(super) display_name: String,
    pub(super) version: String,
    pub(super) digest: String,
    /// Who signed the file.
    pub(super) publisher: Option<String>,
    pub(super) asks: Vec<String>,
}

/// The place of one plugin id.
struct Slot {
    plugin: Arc<Plugin>,
    background: Background,
    file: Option<PathBuf>,
    loaded_at: Timestamp,
    state: ListingState,
}

/// What is remembered of the plugin in a slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Background {
    /// The version that a rollback would bring back.
    pub(super) previous: Option<String>,
    /// It was put back in service, since what came after it was no good.
    pub(super) came_back: bool,
    pub(super) publisher: Option<String>,
}

impl Background {
    fn state(&self) -> ListingState {
        if self.came_back { ListingState::RolledBack } else { ListingState::InService }
    }
}

/// What to do about a version with too many faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    GoBack,
    /// It took the place of a version that was no better.
    Suspect,
}

impl Shelf {
    /// Puts a plugin in service, in the place of an earlier version of it.
    pub(super) fn admit(
        &mut self,
        plugin: Arc<Plugin>,
        background: Background,
        file: Option<&Path>,
        now: Timestamp,
    ) -> Result<Vec<RegistryEvent>, Refusal> {
        self.check_conflict(&plugin, file)?;
        let mut events = Vec::new();
        if let Some(file) = file {
            self.declined.remove(file);
            events.extend(self.remove_others_of(file, plugin.id()));
        }
        let replaced = self.slots.remove(plugin.id());
        let is_new = replaced.as_ref().is_none_or(|slot| slot.plugin.digest() != plugin.digest());
        if is_new {
            let (id, version) = (plugin.id().to_owned(), plugin.version().to_owned());
            events.push(RegistryEvent::Loaded { id, version, digest: plugin.digest().to_owned() });
        }
        let file = file.map(Path::to_owned).or(replaced.and_then(|slot| slot.file));
        let state = background.state();
        self.slots.insert(plugin.id().to_owned(), Slot { plugin, background, file, loaded_at: now, state });
        Ok(events)
    }

    /// Puts a plugin in service in the place of a file that holds another one now, and stays declined.
    pub(super) fn bring_back(
        &mut self,
        plugin: Arc<Plugin>,
        background: Background,
        file: &Path,
        now: Timestamp,
    ) -> Result<RegistryEvent, Refusal> {
        self.check_conflict(&plugin, Some(file))?;
        let (id, version) = (plugin.id().to_owned(), plugin.version().to_owned());
        let event = RegistryEvent::Loaded { id: id.clone(), version, digest: plugin.digest().to_owned() };
        let (file, state) = (Some(file.to_owned()), background.state());
        self.slots.insert(id, Slot { plugin, background, file, loaded_at: now, state });
        Ok(event)
    }

    /// Refuses a plugin that answers to a name of another one.
    pub(super) fn check_conflict(&self, plugin: &Plugin, file: Option<&Path>) -> Result<(), Refusal> {
        let here = in_words(file);
        if let Some(slot) = self.slots.get(plugin.id()) {
            let there = slot.file.as_deref();
            if file.is_some() && there.is_some() && file != there {
                return Err(Refusal::new(
                    Gate::Conflict,
                    format!("{here} and {} are both the plugin `{}`", in_words(there), plugin.id()),
                    "one file for each plugin id",
                    "remove one of the files; to update a plugin, replace its file",
                ));
            }
        }
        let names = || plugin.descriptor().aliases.iter().map(String::as_str).chain([plugin.id()]);
        let others = self.slots.values().map(|slot| &slot.plugin).filter(|other| other.id() != plugin.id());
        for other in others {
            if let Some(name) = names().find(|name| other.descriptor().answers_to(name)) {
                return Err(Refusal::new(
                    Gate::Conflict,
                    format!("`{}` in {here} and `{}` both answer to \"{name}\"", plugin.id(), other.id()),
                    "ids and aliases that no other plugin has",
                    "remove the alias from one of the two plugins",
                ));
            }
        }
        Ok(())
    }

    /// Whether the component with this digest is in service already from this file.
    pub(super) fn has(&self, file: &Path, digest: &str) -> bool {
        let mut of_file = self.slots.values().filter(|slot| slot.file.as_deref() == Some(file));
        of_file.any(|slot| slot.plugin.digest() == digest)
    }

    /// Notes that a file is not fit for service; what is in service stays.
    pub(super) fn decline(&mut self, file: &Path, declined: Declined) -> Option<RegistryEvent> {
        let event = RegistryEvent::Refused { file: file.to_owned(), problem: declined.refusal.to_string() };
        let known = self.declined.insert(file.to_owned(), declined.clone());
        (known != Some(declined)).then_some(event)
    }

    pub(super) fn has_declined(&self, file: &Path) -> bool {
        self.declined.contains_key(file)
    }

    /// The files that claim to be this plugin and are not in service.
    pub(super) fn declined_of(&self, id: &str) -> Vec<PathBuf> {
        let is_of = |declined: &Declined| declined.claim.as_ref().is_some_and(|claim| claim.id == id);
        self.declined.iter().filter(|(_, declined)| is_of(declined)).map(|(file, _)| file.clone()).collect()
    }

    /// The file of this plugin that waits for an approval.
    pub(super) fn waiting_of(&self, id: &str) -> Option<PathBuf> {
        let waits =
            |file: &PathBuf| self.declined.get(file).is_some_and(|declined| declined.refusal.gate == Gate::Approval);
        self.declined_of(id).into_iter().find(waits)
    }

    /// Notes that a file holds again what is in service, or is gone without having been so.
    pub(super) fn forget_declined(&mut self, file: &Path) -> Option<RegistryEvent> {
        self.declined.remove(file).map(|_| RegistryEvent::Forgotten { file: file.to_owned() })
    }

    /// Takes out of service what came from a file that is gone.
    pub(super) fn forget_file(&mut self, file: &Path) -> Vec<RegistryEvent> {
        let was_refused = self.declined.remove(file).is_some();
        let unloaded = self.remove_others_of(file, "");
        if was_refused && unloaded.is_empty() {
            // The list changed, although nothing was in service.
            return vec![RegistryEvent::Forgotten { file: file.to_owned() }];
        }
        unloaded
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<RegistryEvent> {
        self.slots.remove(id).map(|slot| RegistryEvent::Unloaded { id: slot.plugin.id().to_owned() })
    }

    pub(super) fn file_of(&self, id: &str) -> Option<PathBuf> {
        self.slots.get(id).and_then(|slot| slot.file.clone())
    }

    /// Files that were refused only because of others.
    pub(super) fn conflicting_files(&self) -> impl Iterator<Item = &Path> {
        let is_conflict = |(_, declined): &(&PathBuf, &Declined)| declined.refusal.gate == Gate::Conflict;
        self.declined.iter().filter(is_conflict).map(|(file, _)| file.as_path())
    }

    pub(super) fn in_service(&self, id: &str) -> Option<Arc<Plugin>> {
        self.slots.get(id).map(|slot| Arc::clone(&slot.plugin))
    }

    /// What to do about a version that has too many faults; none if it is no longer in service.
    pub(super) fn verdict_on(&self, faulty: &Plugin) -> Option<Verdict> {
        let slot = self.slots.get(faulty.id()).filter(|slot| slot.plugin.digest() == faulty.digest())?;
        match slot.state {
            ListingState::InService => Some(Verdict::GoBack),
            ListingState::RolledBack => Some(Verdict::Suspect),
            _ => None,
        }
    }

    /// Marks a plugin that has too many faults and no better version.
    pub(super) fn suspect(&mut self, id: &str) -> Option<RegistryEvent> {
        let slot = self.slots.get_mut(id)?;
        slot.state = ListingState::Suspect;
        Some(RegistryEvent::Suspected { id: id.to_owned(), version: slot.plugin.version().to_owned() })
    }

    /// Puts an earlier version in service again.
    pub(super) fn put_back(
        &mut self,
        plugin: Arc<Plugin>,
        background: Background,
        now: Timestamp,
    ) -> Option<RegistryEvent> {
        let (id, to) = (plugin.id().to_owned(), plugin.version().to_owned());
        let slot = self.slots.get_mut(&id)?;
        let from = slot.plugin.version().to_owned();
        let file = slot.file.take();
        *slot = Slot { plugin, background, file, loaded_at: now, state: ListingState::RolledBack };
        Some(RegistryEvent::RolledBack { id, from, to })
    }

    pub(super) fn catalog(&self) -> Catalog {
        let in_service = self.slots.values().map(Slot::listing);
        let declined = self.declined.iter().map(|(file, declined)| declined.listing(file));
        let listings = in_service.chain(declined).collect();
        Catalog::new(self.slots.values().map(|slot| Arc::clone(&slot.plugin)), listings)
    }

    fn remove_others_of(&mut self, file: &Path, id: &str) -> Vec<RegistryEvent> {
        let is_other = |key: &String, slot: &mut Slot| slot.file.as_deref() == Some(file) && key != id;
        let removed = self.slots.extract_if(.., is_other);
        removed.map(|(id, _)| RegistryEvent::Unloaded { id }).collect()
    }
}

impl Slot {
    fn listing(&self) -> Listing {
        Listing {
            id: Some(self.plugin.id().to_owned()),
            display_name: Some(self.plugin.descriptor().display_name.clone()),
            version: Some(self.plugin.version().to_owned()),
            digest: Some(self.plugin.digest().to_owned()),
            file: self.file.clone(),
            loaded_at: Some(self.loaded_at),
            previous: self.background.previous.clone(),
            publisher: self.background.publisher.clone(),
            claims: None,
            asks: Vec::new(),
            state: self.state,
            problem: None,
            refusal: None,
        }
    }
}

impl Declined {
    fn listing(&self, file: &Path) -> Listing {
        let claim = self.claim.as_ref();
        Listing {
            id: None,
            display_name: claim.map(|claim| claim.display_name.clone()),
            version: claim.map(|claim| claim.version.clone()),
            digest: claim.map(|claim| claim.digest.clone()),
            file: Some(file.to_owned()),
            loaded_at: None,
            previous: None,
            publisher: claim.and_then(|claim| claim.publisher.clone()),
            claims: claim.map(|claim| claim.id.clone()),
            asks: claim.map(|claim| claim.asks.clone()).unwrap_or_default(),
            state: match self.refusal.gate {
                Gate::Approval => ListingState::Waiting,
                Gate::Disabled => ListingState::Disabled,
                _ => ListingState::Refused,
            },
            problem: Some(self.refusal.to_string()),
            refusal: Some(self.refusal.clone()),
        }
    }
}

fn in_words(file: Option<&Path>) -> String {
    file.map_or_else(|| "a component from memory".to_owned(), |file| file.display().to_string())
}
