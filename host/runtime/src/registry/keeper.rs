//! Decides whether a plugin may take service, by what is remembered of its id and by whom the operator
//! trusts, and remembers what did.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use relink_core::time::Timestamp;

use super::ChangeError;
use super::shelf::Background;
use crate::archive::{Archive, Package};
use crate::ledger::{KeptVersion, Ledger};
use crate::plugin::Plugin;
use crate::reach::Reach;
use crate::refusal::{Gate, Refusal};
use crate::trust::{Trust, TrustMode};

/// Whom plugins are taken from, and where is remembered what was.
#[derive(Clone)]
pub struct Keeping {
    trust: Trust,
    archive_dir: PathBuf,
    notes: bool,
}

impl Keeping {
    /// `archive_dir` is for earlier versions and what was granted; nobody else may write there.
    pub fn new(trust: Trust, archive_dir: PathBuf) -> Self {
        Self { trust, archive_dir, notes: true }
    }

    /// The same, but what takes service is not noted: for those who only want to know what would.
    #[must_use]
    pub fn without_notes(self) -> Self {
        Self { notes: false, ..self }
    }
}

/// What is remembered of a plugin from start to start.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// To whom the id is pinned, also after the plugin was removed.
    pub publisher: Option<String>,
    /// What the operator lets it reach.
    pub granted: Reach,
    /// In the order in which they were first in service.
    pub versions: Vec<KeptVersion>,
}

/// Without [`Keeping`] it judges nobody and remembers nothing.
pub(super) struct Keeper {
    archive: Archive,
    trust: Option<Trust>,
    notes: bool,
    /// When each ledger was written, at the last look.
    seen: Mutex<BTreeMap<String, SystemTime>>,
}

impl Keeper {
    pub(super) fn new(keeping: Option<Keeping>) -> Self {
        let notes = keeping.as_ref().is_some_and(|keeping| keeping.notes);
        let (archive_dir, trust) = keeping.map(|keeping| (keeping.archive_dir, keeping.trust)).unzip();
        let archive = Archive::new(archive_dir.unwrap_or_default());
        let seen = Mutex::new(archive.written_at());
        Self { archive, trust, notes, seen }
    }

    /// The ids whose ledgers were written or forgotten since the last look, by this process or another.
    pub(super) fn changed(&self) -> Vec<String> {
        if self.trust.is_none() {
            return Vec::new();
        }
        let now = self.archive.written_at();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let written = now.iter().filter(|(id, time)| seen.get(*id) != Some(*time)).map(|(id, _)| id);
        let forgotten = seen.keys().filter(|id| !now.contains_key(*id));
        let changed = written.chain(forgotten).cloned().collect();
        *seen = now;
        changed
    }

    /// Whether `plugin` may take service.
    pub(super) fn judge(&self, plugin: &Plugin, package: &Package) -> Result<(), Refusal> {
        let Some(trust) = &self.trust else { return Ok(()) };
        let publisher = trust.publisher_of(&package.component, package.signature.as_deref())?;
        self.ledger(plugin.id())?.judge(plugin, publisher.as_deref(), trust.mode())
    }

    /// Remembers a plugin that is about to take service, unless that is no longer allowed: somebody else may
    /// have changed the ledger since it was judged.
    pub(super) fn note(&self, plugin: &Plugin, package: &Package, file: &Path, now: Timestamp) -> Result<(), Refusal> {
        let Some(trust) = self.trust.as_ref().filter(|_| self.notes) else { return Ok(()) };
        let publisher = trust.publisher_of(&package.component, package.signature.as_deref())?;
        let _lock = self.archive.lock().map_err(|error| unwritable(&error))?;
        let mut ledger = self.ledger(plugin.id())?;
        ledger.judge(plugin, publisher.as_deref(), trust.mode())?;
        let place = file_name(file);
        if ledger.find(plugin.digest()).is_some() && ledger.file == place {
            return Ok(());
        }
        ledger.admit(plugin, publisher, trust.mode(), now);
        ledger.file = place;
        self.keep(plugin, package, &ledger).map_err(|error| unwritable(&error))
    }

    /// What is known of a plugin now, for [`Keeper::restore`].
    pub(super) fn remembered(&self, id: &str) -> Result<Ledger, Refusal> {
        if self.trust.is_none() { Ok(Ledger::default()) } else { self.ledger(id) }
    }

    /// Forgets what was remembered of an installation that came to nothing.
    pub(super) fn restore(&self, id: &str, before: &Ledger) -> io::Result<()> {
        if self.trust.is_none() {
            return Ok(());
        }
        let _lock = self.archive.lock()?;
        self.replace(id, before)
    }

    /// The version to go back to from the one with this digest, with its bytes.
    pub(super) fn good_before(&self, id: &str, digest: &str) -> io::Result<Option<(KeptVersion, Package)>> {
        let Some(kept) = self.archive.ledger(id)?.good_before(digest).cloned() else { return Ok(None) };
        let package = self.archive.package(id, &kept.digest)?;
        Ok(Some((kept, package)))
    }

    /// The plugin that was in service from this file, and its last good version.
    pub(super) fn last_served_from(&self, file: &Path) -> Option<(String, Package)> {
        self.trust.as_ref()?;
        let place = Some(file_name(file)?);
        let ledgers = self.archive.ids().into_iter().filter_map(|id| Some((self.archive.ledger(&id).ok()?, id)));
        let (ledger, id) = ledgers.into_iter().find(|(ledger, _)| ledger.file == place && !ledger.is_disabled)?;
        let package = self.archive.package(&id, &ledger.last_good()?.digest).ok()?;
        Some((id, package))
    }

    pub(super) fn background(&self, id: &str, digest: &str) -> Background {
        let Ok(ledger) = self.archive.ledger(id) else { return Background::default() };
        Background {
            previous: ledger.good_before(digest).map(|kept| kept.version.clone()),
            came_back: ledger.was_followed_in_vain(digest),
            publisher: ledger.publisher,
        }
    }

    pub(super) fn needs_signature(&self) -> bool {
        self.trust.as_ref().is_some_and(|trust| trust.mode() == TrustMode::Signed)
    }

    /// What is remembered of a plugin: what it was granted, and its versions.
    pub(super) fn history(&self, id: &str) -> io::Result<History> {
        let Ledger { publisher, granted, versions, .. } = self.archive.ledger(id)?;
        Ok(History { publisher, granted, versions })
    }

    /// The bytes of a version that was in service.
    pub(super) fn package(&self, id: &str, digest: &str) -> io::Result<Package> {
        self.archive.package(id, digest)
    }

    /// Who signed a package, if somebody did whom the operator trusts.
    pub(super) fn signer(&self, package: &Package) -> Option<String> {
        let trust = self.trust.as_ref()?;
        trust.publisher_of(&package.component, package.signature.as_deref()).ok().flatten()
    }

    pub(super) fn is_disabled(&self, id: &str) -> bool {
        self.archive.ledger(id).is_ok_and(|ledger| ledger.is_disabled)
    }

    /// What `plugin` asks for beyond what was granted.
    pub(super) fn asks_beyond(&self, plugin: &Plugin) -> Reach {
        let granted = self.archive.ledger(plugin.id()).map(|ledger| ledger.granted).unwrap_or_default();
        Reach::asked_by(plugin.descriptor()).beyond(&granted)
    }

    pub(super) fn withdraw(&self, id: &str, digest: &str, why: &str) -> io::Result<()> {
        self.change(id, |ledger| ledger.withdraw(digest, why))
    }

    pub(super) fn grant(&self, plugin: &Plugin) -> io::Result<()> {
        self.change(plugin.id(), |ledger| ledger.granted = Reach::asked_by(plugin.descriptor()))
    }

    pub(super) fn set_disabled(&self, id: &str, is_disabled: bool) -> io::Result<()> {
        self.change(id, |ledger| ledger.is_disabled = is_disabled)
    }

    /// Has the first version of a plugin wait for an approval.
    pub(super) fn propose(&self, id: &str) -> io::Result<()> {
        if self.trust.is_none() || !self.archive.ledger(id)?.versions.is_empty() {
            return Ok(());
        }
        self.change(id, |ledger| ledger.is_proposed = true)
    }

    /// Forgets the versions of a plugin that is removed and what it was granted, but not who published it. Says
    /// whether there was anything of it.
    pub(super) fn remove(&self, id: &str) -> io::Result<bool> {
        if self.trust.is_none() {
            return Ok(false);
        }
        let _lock = self.archive.lock()?;
        let ledger = match self.archive.ledger(id) {
            // Whose it was cannot be read, so it stays as it is, and nobody is taken in its place.
            Err(error) if is_damage(&error) => {
                self.archive.drop_packages(id)?;
                return Ok(true);
            }
            ledger => ledger?,
        };
        if ledger.is_of_removed() {
            return Ok(false);
        }
        self.replace(id, &ledger.after_removal())?;
        Ok(true)
    }

    /// Forgets who published a plugin that was removed.
    pub(super) fn forget(&self, id: &str) -> Result<(), ChangeError> {
        let not_pinned = || ChangeError::NotPinned { id: id.to_owned() };
        if self.trust.is_none() {
            return Err(not_pinned());
        }
        let _lock = self.archive.lock()?;
        match self.archive.ledger(id) {
            Ok(ledger) if ledger == Ledger::default() => return Err(not_pinned()),
            Ok(ledger) if !ledger.is_of_removed() => return Err(ChangeError::StillThere { id: id.to_owned() }),
            Err(error) if !is_damage(&error) => return Err(error.into()),
            _ => {}
        }
        Ok(self.archive.forget(id)?)
    }

    /// Whether what is remembered of a plugin cannot be made out.
    pub(super) fn is_damaged(&self, id: &str) -> bool {
        self.archive.ledger(id).is_err_and(|error| is_damage(&error))
    }

    /// Remembers this of a plugin, and the components of its versions only if there are any.
    fn replace(&self, id: &str, ledger: &Ledger) -> io::Result<()> {
        if *ledger == Ledger::default() {
            return self.archive.forget(id);
        }
        self.archive.save(id, ledger)?;
        if ledger.versions.is_empty() { self.archive.drop_packages(id) } else { Ok(()) }
    }

    fn keep(&self, plugin: &Plugin, package: &Package, ledger: &Ledger) -> io::Result<()> {
        self.archive.keep(plugin.id(), plugin.digest(), package)?;
        self.archive.save(plugin.id(), ledger)
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Ledger)) -> io::Result<()> {
        let _lock = self.archive.lock()?;
        let mut ledger = self.archive.ledger(id)?;
        change(&mut ledger);
        self.archive.save(id, &ledger)
    }

    fn ledger(&self, id: &str) -> Result<Ledger, Refusal> {
        self.archive
            .ledger(id)
            .map_err(|error| if is_damage(&error) { damaged(id, &error) } else { unwritable(&error) })
    }
}

fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn file_name(file: &Path) -> Option<String> {
    Some(file.file_name()?.to_str()?.to_owned())
}

fn unwritable(error: &io::Error) -> Refusal {
    Refusal::new(
        Gate::File,
        format!("what is remembered of the plugin cannot be read or written: {error}"),
        "a data folder that the host may write",
        "give the user of the host the right to write into its data folder",
    )
}

/// Nothing is guessed: whoever damaged the ledger could otherwise have a plugin of another publisher taken, or
/// one that reaches further than was granted.
fn damaged(id: &str, error: &io::Error) -> Refusal {
    Refusal::new(
        Gate::File,
        format!("what is remembered of the plugin is damaged: {error}"),
        "the file `ledger.json` of the plugin in the folder `plugin-versions`, as the host wrote it",
        format!(
            "put it back from a backup; or run `relink plugin remove {id}` and `relink plugin forget {id}`, and install \
             the plugin of the publisher to whom you give the secrets of your app"
        ),
    )
}
