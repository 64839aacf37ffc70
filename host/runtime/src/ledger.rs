//! What is remembered of one plugin from start to start: which versions there were, who publishes it,
//! and what it may reach.

use relink_core::time::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::plugin::Plugin;
use crate::reach::Reach;
use crate::refusal::{Gate, Refusal};
use crate::trust::TrustMode;

/// The record of one plugin id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    /// Set by the first signed version: later ones must be by the same publisher, since the operator's
    /// registrations at the provider are given to whoever owns this id. It outlives the plugin, since the
    /// registrations do.
    pub(crate) publisher: Option<String>,
    pub(crate) granted: Reach,
    #[serde(default)]
    pub(crate) is_disabled: bool,
    /// The first version came by way of a page or the API, and waits for an approval as later ones do.
    #[serde(default)]
    pub(crate) is_proposed: bool,
    /// The name of the file, in the plugin folder, from which it was last in service.
    #[serde(default)]
    pub(crate) file: Option<String>,
    /// In the order in which they were first in service.
    pub(crate) versions: Vec<KeptVersion>,
}

/// A version that was in service once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptVersion {
    pub version: String,
    pub digest: String,
    pub installed_at: Timestamp,
    /// Why it was taken out of service for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
}

impl Ledger {
    /// Whether `plugin` may take service in the place of what the ledger knows.
    pub(crate) fn judge(&self, plugin: &Plugin, publisher: Option<&str>, mode: TrustMode) -> Result<(), Refusal> {
        self.check_enabled(plugin)?;
        self.check_publisher(plugin.id(), publisher)?;
        let needs_no_approval = self.versions.is_empty() && !self.is_proposed;
        if mode == TrustMode::Development || needs_no_approval {
            return Ok(());
        }
        self.check_version(plugin)?;
        if self.find(plugin.digest()).is_some() {
            // It was in service, so what it reaches was granted then, in whatever words.
            return Ok(());
        }
        self.check_reach(plugin)
    }

    /// Notes that `plugin` is in service now.
    pub(crate) fn admit(&mut self, plugin: &Plugin, publisher: Option<String>, mode: TrustMode, now: Timestamp) {
        if self.versions.is_empty() || mode == TrustMode::Development {
            self.granted = Reach::asked_by(plugin.descriptor());
        }
        self.publisher = self.publisher.take().or(publisher);
        if self.find(plugin.digest()).is_none() {
            let (version, digest) = (plugin.version().to_owned(), plugin.digest().to_owned());
            self.versions.push(KeptVersion { version, digest, installed_at: now, withdrawn: None });
        }
    }

    /// What is remembered of a plugin that is removed. Its versions are not: whoever wants an earlier one, or
    /// one that was withdrawn, need not give up the publisher for it.
    pub(crate) fn after_removal(&self) -> Self {
        Self { publisher: self.publisher.clone(), ..Self::default() }
    }

    /// Whether nothing is remembered but who published a plugin that was removed.
    pub(crate) fn is_of_removed(&self) -> bool {
        *self == self.after_removal()
    }

    /// Takes a version out of service for good; a later one may come.
    pub(crate) fn withdraw(&mut self, digest: &str, why: &str) {
        let version = self.versions.iter_mut().find(|kept| kept.digest == digest);
        if let Some(kept) = version {
            kept.withdrawn = Some(why.to_owned());
        }
    }

    /// The version to go back to from the one with this digest: the latest good one before it.
    pub(crate) fn good_before(&self, digest: &str) -> Option<&KeptVersion> {
        let earlier = self.versions.iter().take_while(|kept| kept.digest != digest);
        earlier.filter(|kept| kept.withdrawn.is_none()).last()
    }

    /// Whether all versions after the one with this digest were withdrawn, and there were some.
    pub(crate) fn was_followed_in_vain(&self, digest: &str) -> bool {
        let mut later = self.versions.iter().skip_while(|kept| kept.digest != digest).skip(1).peekable();
        later.peek().is_some() && later.all(|kept| kept.withdrawn.is_some())
    }

    pub(crate) fn last_good(&self) -> Option<&KeptVersion> {
        self.versions.iter().rfind(|kept| kept.withdrawn.is_none())
    }

    pub(crate) fn find(&self, digest: &str) -> Option<&KeptVersion> {
        self.versions.iter().find(|kept| kept.digest == digest)
    }

    fn check_enabled(&self, plugin: &Plugin) -> Result<(), Refusal> {
        if !self.is_disabled {
            return Ok(());
        }
        Err(Refusal::new(
            Gate::Disabled,
            "an operator switched this plugin off",
            "a plugin that is switched on",
            format!("run `relink plugin enable {}`, or press Switch on on its page under Plugins", plugin.id()),
        ))
    }

    fn check_publisher(&self, id: &str, publisher: Option<&str>) -> Result<(), Refusal> {
        let Some(pinned) = self.publisher.as_deref().filter(|pinned| Some(*pinned) != publisher) else { return Ok(()) };
        let found =
            publisher.map_or_else(|| "it is not signed".to_owned(), |other| format!("it is signed by {other:?}"));
        let remove = if self.is_of_removed() { String::new() } else { format!("`relink plugin remove {id}` and ") };
        Err(Refusal::new(
            Gate::Signature,
            found,
            format!("a signature by {pinned:?}, who signed the versions before and to whom {id} is pinned"),
            format!(
                "get the plugin from {pinned:?}; if it has changed hands, run {remove}`relink plugin forget {id}`, or \
                 do the same on its page under Plugins: whoever is installed next then gets the secrets of your \
                 app that the settings hold for {id}"
            ),
        ))
    }

    fn check_version(&self, plugin: &Plugin) -> Result<(), Refusal> {
        if let Some(kept) = self.find(plugin.digest()) {
            return kept.withdrawn.as_ref().map_or(Ok(()), |why| Err(withdrawn(kept, why)));
        }
        if let Some(kept) = self.versions.iter().find(|kept| kept.version == plugin.version()) {
            return Err(Refusal::new(
                Gate::Version,
                format!("version {} is known with other bytes (sha-256 {})", kept.version, kept.digest),
                "another version number for other bytes",
                "raise the version and build again",
            ));
        }
        let parsed = |version: &str| Version::parse(version).ok();
        let newest = self.versions.iter().max_by_key(|kept| parsed(&kept.version));
        match newest {
            Some(newest) if parsed(plugin.version()) < parsed(&newest.version) => Err(Refusal::new(
                Gate::Version,
                format!("version {} is older than {}, which was in service", plugin.version(), newest.version),
                "a later version",
                format!("to go back to a version that was in service, run `relink plugin rollback {}`", plugin.id()),
            )),
            _ => Ok(()),
        }
    }

    fn check_reach(&self, plugin: &Plugin) -> Result<(), Refusal> {
        let more = Reach::asked_by(plugin.descriptor()).beyond(&self.granted);
        if more.is_empty() {
            return Ok(());
        }
        Err(Refusal::new(
            Gate::Approval,
            format!("version {} asks for more than you granted: {more}", plugin.version()),
            "no more than was granted to the versions before",
            format!(
                "if that is right, run `relink plugin approve {}`, or press Approve on its page under Plugins",
                plugin.id()
            ),
        ))
    }
}

fn withdrawn(kept: &KeptVersion, why: &str) -> Refusal {
    Refusal::new(
        Gate::Withdrawn,
        format!("version {} was withdrawn: {why}", kept.version),
        "a version that works",
        "install a later version; to try this one again, remove the plugin and install it anew",
    )
}
