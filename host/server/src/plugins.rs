//! What is known of plugins: gathered once for the page and the API, which show the same, and the changes
//! that an operator makes by way of either.

mod change;
mod usage;

use std::io;
use std::sync::Arc;

use relink_core::plugin::{AuthMethod, SecretSlot};
use relink_engine::Doubted;
use relink_runtime::{Figures, History, KeptVersion, Listing, ListingState, Plugin, Reach, Registry, VersionFigures};

use crate::app::App;
use crate::auth::Identity;
use crate::pages::connect::missing_app_secrets;
use crate::web::trouble::Trouble;

pub(crate) use change::{Action, install, perform, propose, remove, trouble};
pub(crate) use usage::Usage;

/// A larger body is no component that the sandbox would take.
pub(crate) const COMPONENT_BYTES: usize = 64 * 1024 * 1024;

/// One plugin, in service or not, or removed.
pub(crate) struct Known {
    pub(crate) id: String,
    /// The line of what is in service.
    pub(crate) listing: Option<Listing>,
    pub(crate) plugin: Option<Arc<Plugin>>,
    /// Files that claim to be this plugin and are not in service.
    pub(crate) aside: Vec<Listing>,
    pub(crate) granted: Reach,
    /// To whom the id is pinned, also after the plugin was removed.
    pub(crate) publisher: Option<String>,
    /// The newest first.
    pub(crate) versions: Vec<Version>,
    /// Of all versions since this process started.
    pub(crate) figures: Figures,
    pub(crate) secrets: Vec<AppSecret>,
    pub(crate) usage: Usage,
    /// Why what it calls broken is held back; none if it is not.
    pub(crate) doubted: Option<Doubted>,
}

impl Known {
    /// Whether nothing is left of it but whose it was.
    pub(crate) fn is_removed(&self) -> bool {
        self.listing.is_none() && self.aside.is_empty() && self.versions.is_empty()
    }

    /// Who alone may publish it, if it was removed. Files of others may have been refused since.
    pub(crate) fn reserved_for(&self) -> Option<String> {
        let is_there = self.listing.is_some() || !self.versions.is_empty();
        let waits = self.aside.iter().any(|listing| listing.state == ListingState::Waiting);
        self.publisher.clone().filter(|_| !is_there && !waits)
    }
}

/// A version that was in service once, or is.
pub(crate) struct Version {
    pub(crate) kept: KeptVersion,
    pub(crate) is_in_service: bool,
    /// None if it was not in service since this process started.
    pub(crate) figures: Option<Figures>,
}

/// A secret of the operator's own registration at the provider.
pub(crate) struct AppSecret {
    /// As the settings name it: `method/name`.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) is_set: bool,
}

/// Everything that is known of one plugin; none if nothing is.
pub(crate) async fn find(app: &App, caller: &Identity, id: &str) -> Result<Option<Known>, Trouble> {
    let listings = app.engine().registry().list();
    let (mine, aside) = (of(&listings, id), claimed(&listings, id));
    let (history, figures) = look_up(app, id).await?;
    if mine.is_none() && aside.is_empty() && history.publisher.is_none() {
        return Ok(None);
    }
    let plugin = app.engine().registry().get(id);
    let digest = mine.as_ref().and_then(|listing| listing.digest.clone());
    Ok(Some(Known {
        id: id.to_owned(),
        listing: mine,
        secrets: plugin.iter().flat_map(|plugin| app_secrets(app, plugin)).collect(),
        plugin,
        aside,
        granted: history.granted,
        publisher: history.publisher,
        versions: versions(history.versions, digest.as_deref(), &figures),
        figures: sum(&figures),
        usage: Usage::of(app, caller, id).await?,
        doubted: app.engine().doubted(id).await?,
    }))
}

pub(crate) fn sum(figures: &[VersionFigures]) -> Figures {
    let mut sum = Figures::default();
    for version in figures {
        sum.add(&version.figures);
    }
    sum
}

fn of(listings: &[Listing], id: &str) -> Option<Listing> {
    listings.iter().find(|listing| listing.id.as_deref() == Some(id)).cloned()
}

fn claimed(listings: &[Listing], id: &str) -> Vec<Listing> {
    listings.iter().filter(|listing| listing.claims.as_deref() == Some(id)).cloned().collect()
}

/// What is remembered on the disk, read away from the threads that answer.
async fn look_up(app: &App, id: &str) -> Result<(History, Vec<VersionFigures>), Trouble> {
    let (registry, id) = (Arc::clone(app.engine().registry()), id.to_owned());
    let read = move |registry: &Registry| Ok::<_, io::Error>((registry.history(&id)?, registry.figures(&id)));
    let found = tokio::task::spawn_blocking(move || read(&registry)).await.map_err(|_| Trouble::internal())?;
    found.map_err(|error| {
        tracing::error!(%error, "what is remembered of a plugin cannot be read");
        Trouble::internal()
    })
}

fn versions(kept: Vec<KeptVersion>, in_service: Option<&str>, figures: &[VersionFigures]) -> Vec<Version> {
    let version = |kept: KeptVersion| Version {
        is_in_service: in_service == Some(kept.digest.as_str()),
        figures: figures.iter().find(|version| version.digest == kept.digest).map(|version| version.figures.clone()),
        kept,
    };
    kept.into_iter().rev().map(version).collect()
}

fn app_secrets(app: &App, plugin: &Plugin) -> Vec<AppSecret> {
    let of_method = |method: &AuthMethod| {
        let missing = missing_app_secrets(app, plugin.id(), method);
        let secret = |slot: &SecretSlot| AppSecret {
            name: format!("{}/{}", method.id, slot.name),
            is_set: !missing.contains(&slot.label),
            label: slot.label.clone(),
        };
        method.app_secrets.iter().map(secret).collect::<Vec<_>>()
    };
    plugin.descriptor().auth.iter().flat_map(of_method).collect()
}
