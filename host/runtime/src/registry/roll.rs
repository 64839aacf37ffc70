//! Which versions were in service since this process started, and how they behaved.
//!
//! A version that was swapped stays on the roll, so that it can be compared with the one that follows.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::conduct::Conduct;
use crate::figures::Figures;
use crate::plugin::Plugin;

/// So many versions of one plugin are remembered, the last ones.
const VERSIONS: usize = 8;

#[derive(Default)]
pub(super) struct Roll(BTreeMap<String, VecDeque<Served>>);

struct Served {
    version: String,
    digest: String,
    conduct: Arc<Conduct>,
}

/// What the calls of one version have cost since this process started.
#[derive(Clone, Debug)]
pub struct VersionFigures {
    pub version: String,
    pub digest: String,
    pub figures: Figures,
}

impl Roll {
    /// Adds those that are new.
    pub(super) fn note(&mut self, in_service: &[Arc<Plugin>]) {
        for plugin in in_service {
            let served = self.0.entry(plugin.id().to_owned()).or_default();
            if served.iter().any(|known| Arc::ptr_eq(&known.conduct, &plugin.conduct)) {
                continue;
            }
            if served.len() == VERSIONS {
                served.pop_front();
            }
            let (version, digest) = (plugin.version().to_owned(), plugin.digest().to_owned());
            served.push_back(Served { version, digest, conduct: Arc::clone(&plugin.conduct) });
        }
    }

    /// The figures of each version, the earliest first. One that came back is one entry.
    pub(super) fn figures(&self, id: &str) -> Vec<VersionFigures> {
        let mut all: Vec<VersionFigures> = Vec::new();
        for Served { version, digest, conduct } in self.0.get(id).into_iter().flatten() {
            let figures = conduct.figures();
            match all.iter_mut().find(|known| known.digest == *digest) {
                Some(known) => known.figures.add(&figures),
                None => all.push(VersionFigures { version: version.clone(), digest: digest.clone(), figures }),
            }
        }
        all
    }

    pub(super) fn forget(&mut self, id: &str) {
        self.0.remove(id);
    }
}
