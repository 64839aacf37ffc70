//! The snapshot of the registry that readers share.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use relink_core::time::Timestamp;
use serde::Serialize;

use crate::plugin::Plugin;
use crate::refusal::Refusal;

/// One line of the operator's list of plugins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listing {
    pub id: Option<String>,
    pub display_name: Option<String>,
    pub version: Option<String>,
    pub digest: Option<String>,
    /// The file that it comes from; none if it was loaded from memory.
    pub file: Option<PathBuf>,
    pub loaded_at: Option<Timestamp>,
    /// The version that a rollback would put back in service.
    pub previous: Option<String>,
    /// Who signed it.
    pub publisher: Option<String>,
    /// The id that a file which is not in service claims.
    pub claims: Option<String>,
    /// What that file asks for beyond what the operator granted.
    pub asks: Vec<String>,
    pub state: ListingState,
    /// Why a file was refused, in words.
    pub problem: Option<String>,
    /// The same, part by part.
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListingState {
    InService,
    /// In service again, because a later version had too many faults or an operator asked for it.
    RolledBack,
    /// In service for want of a better version, but with too many faults.
    Suspect,
    /// A file that waits until an operator approves what it asks for; the version before serves on.
    Waiting,
    /// Switched off by an operator.
    Disabled,
    /// A file that is not in service. A plugin of the same id may be, in its last good version.
    Refused,
}

#[derive(Default)]
pub(super) struct Catalog {
    plugins: BTreeMap<String, Arc<Plugin>>,
    names: HashMap<String, Arc<Plugin>>,
    listings: Vec<Listing>,
}

impl Catalog {
    pub(super) fn new(plugins: impl Iterator<Item = Arc<Plugin>>, listings: Vec<Listing>) -> Self {
        let plugins: BTreeMap<_, _> = plugins.map(|plugin| (plugin.id().to_owned(), plugin)).collect();
        let mut names = HashMap::new();
        for plugin in plugins.values() {
            for name in plugin.descriptor().aliases.iter().map(String::as_str).chain([plugin.id()]) {
                names.insert(name.to_owned(), Arc::clone(plugin));
            }
        }
        Self { plugins, names, listings }
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Plugin>> {
        self.plugins.get(id).cloned()
    }

    pub(super) fn by_alias(&self, name: &str) -> Option<Arc<Plugin>> {
        self.names.get(name).cloned()
    }

    pub(super) fn plugins(&self) -> Vec<Arc<Plugin>> {
        self.plugins.values().cloned().collect()
    }

    pub(super) fn listings(&self) -> &[Listing] {
        &self.listings
    }
}
