//! Follows the plugin folder while the host runs.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task;
use tokio::time::{self, MissedTickBehavior};

use super::arrivals::Arrivals;
use super::folder::{Change, Folder};
use super::{Registry, lock};

/// How often the folder is looked at. A listing costs microseconds, and works on every file system.
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl Registry {
    /// Follows the folder for ever. The caller runs it as a task, and drops it to stop.
    pub async fn watch(self: Arc<Self>) -> Infallible {
        let mut interval = time::interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut arrivals = Arrivals::of(&self.folder_path);
        loop {
            let arrived = tokio::select! {
                _ = interval.tick() => None,
                files = arrivals.next() => Some(files),
            };
            let registry = Arc::clone(&self);
            let follow = move || match arrived {
                None => registry.look(),
                Some(files) => registry.take(&files),
            };
            if let Err(error) = task::spawn_blocking(follow).await {
                tracing::error!(%error, "the host panicked while it loaded plugins");
            }
        }
    }

    /// Looks at the folder once, and takes over what changed. Blocks while it compiles.
    pub fn look(&self) {
        self.follow_folder(Folder::look);
    }

    /// Takes over files whose writers are done with them.
    fn take(&self, files: &BTreeSet<PathBuf>) {
        self.follow_folder(|folder| Ok(folder.take(files)));
    }

    /// Nobody who changes plugins meanwhile waits until new files are compiled.
    fn follow_folder(&self, find_changes: impl FnOnce(&mut Folder) -> io::Result<Vec<Change>>) {
        let changes = self.find_changes(find_changes);
        if changes.is_empty() {
            return;
        }
        let mut events = Vec::new();
        self.try_files(&changes, |change, trial| {
            events.extend(self.take_over(&mut lock(&self.folder), change, trial));
        });
        let mut folder = lock(&self.folder);
        events.extend(self.stand_in(&changes));
        self.announce(&mut folder, events);
    }

    fn find_changes(&self, find: impl FnOnce(&mut Folder) -> io::Result<Vec<Change>>) -> Vec<Change> {
        let mut folder = lock(&self.folder);
        let events = self.follow_ledgers(&mut folder);
        self.announce(&mut folder, events);
        find(&mut folder).unwrap_or_else(|error| {
            tracing::warn!(%error, "the plugin folder cannot be read, the loaded plugins stay");
            Vec::new()
        })
    }
}
