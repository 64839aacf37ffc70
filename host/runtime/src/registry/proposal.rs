//! Versions that wait until an operator has seen what they ask for.
//!
//! What waits lies in the plugin folder like any other file. It has a file of its own, so that a restart
//! meanwhile finds the version in service where it was.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{self, Folder};
use super::{Approval, ChangeError, Registry, lock};
use crate::archive::{self, Package};
use crate::loader;
use crate::plugin::Plugin;
use crate::refusal::Gate;

/// What became of a component that somebody proposed.
#[derive(Clone, Debug)]
pub enum Proposed {
    /// It asks for no more than was granted.
    InService(Arc<Plugin>),
    /// It is listed with what it asks for, and serves nobody before it is approved.
    Waits(Arc<Plugin>),
}

impl Proposed {
    pub fn plugin(&self) -> &Plugin {
        let (Self::InService(plugin) | Self::Waits(plugin)) = self;
        plugin
    }
}

impl Registry {
    /// Puts a component in service if that needs no approval, and else where it waits for one: a later
    /// version that asks for more, and every first one. Blocks while it compiles.
    ///
    /// If it is refused, nothing of it is left behind.
    pub fn propose(&self, package: Package) -> Result<Proposed, ChangeError> {
        let plugin = self.check(&package.component)?;
        let mut folder = lock(&self.folder);
        let before = self.keeper.remembered(plugin.id())?;
        self.keeper.propose(plugin.id())?;
        match self.keeper.judge(&plugin, &package) {
            Ok(()) => {
                drop(folder);
                return self.install(package, Approval::Pending).map(Proposed::InService);
            }
            Err(refusal) if refusal.gate == Gate::Approval => {}
            Err(refusal) => {
                self.keeper.restore(plugin.id(), &before)?;
                return Err(refusal.into());
            }
        }
        let file = self.waiting_place(&folder, plugin.id());
        if let Err(conflict) = lock(&self.shelf).check_conflict(&plugin, None) {
            self.keeper.restore(plugin.id(), &before)?;
            return Err(conflict.into());
        }
        archive::put(&file, &package)?;
        self.look_again(&mut folder, &[file]);
        Ok(Proposed::Waits(Arc::new(plugin)))
    }

    /// Grants what the waiting file of this plugin asks for, and puts it in service; if the digest of what the
    /// operator saw is known, only if the file holds that still.
    pub fn approve(&self, id: &str, seen: Option<&str>) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let waiting = self.waiting_of(id)?;
        let component = folder::read(&self.folder_path, &waiting, self.limits().component_bytes)?;
        let digest = loader::digest(&component);
        let plugin = self.loader.load_file(&component, digest.clone(), &waiting)?;
        if plugin.id() != id || seen.is_some_and(|seen| seen != digest) {
            return Err(ChangeError::AnotherWaits { id: id.to_owned() });
        }
        let package = Package { component, signature: archive::signature_of(&waiting)? };
        self.judge(&plugin, &package, Approval::Given)?;
        let home = lock(&self.shelf).file_of(id).filter(|home| *home != waiting);
        let Some(home) = home else {
            self.look_again(&mut folder, &[waiting]);
            return Ok(());
        };
        archive::put(&home, &package)?;
        self.drop_waiting(&mut folder, &waiting)?;
        self.look_again(&mut folder, &[home]);
        Ok(())
    }

    /// Deletes the waiting file of this plugin; what is in service stays.
    pub fn reject(&self, id: &str) -> Result<(), ChangeError> {
        let mut folder = lock(&self.folder);
        let waiting = self.waiting_of(id)?;
        let in_service = lock(&self.shelf).in_service(id);
        match in_service.filter(|_| lock(&self.shelf).file_of(id).as_ref() == Some(&waiting)) {
            Some(plugin) => {
                // It was copied over the file of the version in service.
                archive::put(&waiting, &self.keeper.package(id, plugin.digest())?)?;
                self.look_again(&mut folder, &[waiting]);
            }
            None => self.drop_waiting(&mut folder, &waiting)?,
        }
        Ok(self.forget_if_new(id)?)
    }

    fn waiting_of(&self, id: &str) -> Result<PathBuf, ChangeError> {
        lock(&self.shelf).waiting_of(id).ok_or_else(|| ChangeError::NothingWaits { id: id.to_owned() })
    }

    fn waiting_place(&self, folder: &Folder, id: &str) -> PathBuf {
        let is_served = lock(&self.shelf).file_of(id).is_some();
        // Ids have no underscore, so no other plugin lies there.
        folder.path().join(if is_served { format!("{id}_waiting.wasm") } else { format!("{id}.wasm") })
    }

    fn drop_waiting(&self, folder: &mut Folder, waiting: &Path) -> io::Result<()> {
        archive::remove(waiting)?;
        let event = lock(&self.shelf).forget_declined(waiting);
        self.announce(folder, event.into_iter().collect());
        Ok(())
    }

    /// Forgets a plugin that never was in service.
    fn forget_if_new(&self, id: &str) -> io::Result<()> {
        if self.keeper.history(id)?.versions.is_empty() {
            self.keeper.remove(id)?;
        }
        Ok(())
    }
}
