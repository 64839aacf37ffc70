//! Which versions are in service, which one was before, and which files were refused.
//!
//! The rules of hot loading, as plain data: no file is read here and nothing is compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use relink_core::time::Timestamp;

use super::catalog::{Catalog, Listing, ListingState};
use super::{ChangeError, RegistryEvent};
use crate::loader::digest;
use crate::plugin::Plugin;
use crate::refusal::{Gate, Refusal};

#[derive(Default)]
pub(super) struct Shelf {
    slots: BTreeMap<String, Slot>,
    refused: BTreeMap<PathBuf, Refusal>,
}

/// The place of one plugin id.
struct Slot {
    plugin: Arc<Plugin>,
    previous: Option<Arc<Plugin>>,
    file: Option<PathBuf>,
    loaded_at: Timestamp,
    state: ListingState,
}

impl Shelf {
    /// Puts a plugin in service, in the place of an earlier version of it.
    pub(super) fn admit(
        &mut self,
        plugin: Arc<Plugin>,
        file: Option<&Path>,
        now: Timestamp,
    ) -> Result<Vec<RegistryEvent>, Refusal> {
        self.check_conflict(&plugin, file)?;
        let mut events = Vec::new();
        if let Some(file) = file {
            self.refused.remove(file);
            events.extend(self.remove_others_of(file, plugin.id()));
        }
        let replaced = self.slots.remove(plugin.id());
        let is_new = replaced.as_ref().is_none_or(|slot| slot.plugin.digest() != plugin.digest());
        if is_new {
            let (id, version) = (plugin.id().to_owned(), plugin.version().to_owned());
            events.push(RegistryEvent::Loaded { id, version, digest: plugin.digest().to_owned() });
        }
        let (previous, known_file) = match replaced {
            Some(slot) if is_new => (Some(slot.plugin), slot.file),
            Some(slot) => (slot.previous, slot.file),
            None => (None, None),
        };
        let file = file.map(Path::to_owned).or(known_file);
        let state = ListingState::InService;
        self.slots.insert(plugin.id().to_owned(), Slot { plugin, previous, file, loaded_at: now, state });
        Ok(events)
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

    /// Whether a file has nothing new: it is in service, or was withdrawn for its faults.
    pub(super) fn has(&self, file: &Path, component: &[u8]) -> bool {
        self.slots.values().filter(|slot| slot.file.as_deref() == Some(file)).any(|slot| {
            let digest = digest(component);
            let is_withdrawn = slot.state != ListingState::InService
                && slot.previous.as_ref().is_some_and(|previous| previous.digest() == digest);
            slot.plugin.digest() == digest || is_withdrawn
        })
    }

    /// Notes that a file is not fit for service; what is in service stays.
    pub(super) fn refuse(&mut self, file: &Path, refusal: Refusal) -> Option<RegistryEvent> {
        let event = RegistryEvent::Refused { file: file.to_owned(), problem: refusal.to_string() };
        let known = self.refused.insert(file.to_owned(), refusal.clone());
        (known != Some(refusal)).then_some(event)
    }

    /// Takes out of service what came from a file that is gone.
    pub(super) fn forget_file(&mut self, file: &Path) -> Vec<RegistryEvent> {
        let was_refused = self.refused.remove(file).is_some();
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
        let is_conflict = |(_, refusal): &(&PathBuf, &Refusal)| refusal.gate == Gate::Conflict;
        self.refused.iter().filter(is_conflict).map(|(file, _)| file.as_path())
    }

    /// Swaps a plugin with the version before.
    pub(super) fn roll_back(&mut self, id: &str, now: Timestamp) -> Result<(Arc<Plugin>, RegistryEvent), ChangeError> {
        let unknown = || ChangeError::Unknown { id: id.to_owned() };
        let slot = self.slots.get_mut(id).ok_or_else(unknown)?;
        let no_previous = || ChangeError::NoPrevious { id: id.to_owned() };
        let event = slot.swap_with_previous(now).ok_or_else(no_previous)?;
        Ok((Arc::clone(&slot.plugin), event))
    }

    /// Goes back from a version that has too many faults, unless that was done before: then both
    /// versions have them, and the plugin is only marked.
    pub(super) fn withdraw(&mut self, faulty: &Plugin, now: Timestamp) -> Option<RegistryEvent> {
        let slot = self.slots.get_mut(faulty.id()).filter(|slot| slot.plugin.digest() == faulty.digest())?;
        match slot.state {
            ListingState::InService => Some(slot.swap_with_previous(now).unwrap_or_else(|| slot.suspect())),
            ListingState::RolledBack => Some(slot.suspect()),
            ListingState::Suspect | ListingState::Refused => None,
        }
    }

    pub(super) fn catalog(&self) -> Catalog {
        let in_service = self.slots.values().map(Slot::listing);
        let refused = self.refused.iter().map(|(file, refusal)| refused_listing(file, refusal));
        let listings = in_service.chain(refused).collect();
        Catalog::new(self.slots.values().map(|slot| Arc::clone(&slot.plugin)), listings)
    }

    fn remove_others_of(&mut self, file: &Path, id: &str) -> Vec<RegistryEvent> {
        let is_other = |key: &String, slot: &mut Slot| slot.file.as_deref() == Some(file) && key != id;
        let removed = self.slots.extract_if(.., is_other);
        removed.map(|(id, _)| RegistryEvent::Unloaded { id }).collect()
    }
}

impl Slot {
    fn swap_with_previous(&mut self, now: Timestamp) -> Option<RegistryEvent> {
        let previous = self.previous.take()?;
        let withdrawn = std::mem::replace(&mut self.plugin, previous);
        let from = withdrawn.version().to_owned();
        self.previous = Some(withdrawn);
        self.loaded_at = now;
        self.state = ListingState::RolledBack;
        let (id, to) = (self.plugin.id().to_owned(), self.plugin.version().to_owned());
        Some(RegistryEvent::RolledBack { id, from, to })
    }

    fn suspect(&mut self) -> RegistryEvent {
        self.state = ListingState::Suspect;
        let (id, version) = (self.plugin.id().to_owned(), self.plugin.version().to_owned());
        RegistryEvent::Suspected { id, version }
    }

    fn listing(&self) -> Listing {
        Listing {
            id: Some(self.plugin.id().to_owned()),
            display_name: Some(self.plugin.descriptor().display_name.clone()),
            version: Some(self.plugin.version().to_owned()),
            digest: Some(self.plugin.digest().to_owned()),
            file: self.file.clone(),
            loaded_at: Some(self.loaded_at),
            previous: self.previous.as_ref().map(|previous| previous.version().to_owned()),
            state: self.state,
            problem: None,
        }
    }
}

fn refused_listing(file: &Path, refusal: &Refusal) -> Listing {
    Listing {
        id: None,
        display_name: None,
        version: None,
        digest: None,
        file: Some(file.to_owned()),
        loaded_at: None,
        previous: None,
        state: ListingState::Refused,
        problem: Some(refusal.to_string()),
    }
}

fn in_words(file: Option<&Path>) -> String {
    file.map_or_else(|| "a component from memory".to_owned(), |file| file.display().to_string())
}
