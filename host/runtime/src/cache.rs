//! What is known of components, kept on disk so that a restart neither compiles nor asks again: their
//! compiled code, and how they described themselves; or why they could not be compiled.
//!
//! Compiled code is trusted: whoever can write it runs as the host. It is therefore read from one
//! folder only, which nobody else can enter, and never taken from outside. Entries are found by the
//! digest of the component and all that the compilation depends on; whatever is wrong with an entry,
//! it is a miss.

use std::fs::{self, DirBuilder, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use relink_core::plugin::Descriptor;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::bindings::Contract;
use crate::refusal::Refusal;

const CHECKSUM_BYTES: usize = 32;

const READ_BYTES: usize = 256 * 1024;

/// What no start has used for so long is removed: every version of a plugin, and of the host, leaves its own.
const UNUSED: Duration = Duration::from_hours(30 * 24);

pub(crate) struct Cache {
    folder: PathBuf,
    /// Of compiled code: processor, compiler and settings.
    compatibility: u64,
    /// By the clock of the file system, as the times of the entries.
    opened_at: SystemTime,
}

/// What a component that passed all gates said about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) contract: Contract,
    pub(crate) descriptor: Descriptor,
    pub(crate) carries_fixtures: bool,
    /// By which gates it was let through.
    pub(crate) gates: u64,
}

/// Why a component was refused, with the limits under which it was tried.
#[derive(Debug, Serialize, Deserialize)]
struct Verdict {
    refusal: Refusal,
    trial: u64,
}

impl Cache {
    /// Opens the folder, and makes it if need be. Fails if others than the owner could write to it. What
    /// was not used for long is gone afterwards.
    pub(crate) fn open(folder: &Path, compatibility: u64) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let about = fs::metadata(folder)?;
        if about.mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        let opened_at = NamedTempFile::new_in(folder)?.as_file().metadata()?.modified()?;
        let cache = Self { folder: folder.to_owned(), compatibility, opened_at };
        cache.remove_unused()?;
        Ok(cache)
    }

    fn remove_unused(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another process may have removed it.
            let Ok(used_at) = entry.metadata().and_then(|about| about.modified()) else { continue };
            if self.opened_at.duration_since(used_at).is_ok_and(|unused| unused > UNUSED)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(path = %entry.path().display(), %error, "what is no longer used cannot be removed");
            }
        }
        Ok(())
    }

    /// A failure costs some later start a compilation.
    fn note_use(&self, path: &Path) {
        let noted = File::open(path).and_then(|file| file.set_modified(self.opened_at));
        if let Err(error) = noted {
            tracing::debug!(path = %path.display(), %error, "the use of an entry cannot be noted");
        }
    }

    /// The compiled code of the component with this digest, if it is there and intact: in a file without a name,
    /// so that nothing that happens to the entry later can change what runs.
    pub(crate) fn find_code(&self, digest: &str) -> Option<File> {
        let mut code = tempfile::tempfile_in(&self.folder).ok()?;
        copy(&self.code_path(digest), &mut code)?;
        Some(code)
    }

    /// Keeps compiled code. A failure costs the next start a compilation, and nothing else.
    pub(crate) fn keep_code(&self, digest: &str, compiled: &[u8]) {
        self.keep(&self.code_path(digest), compiled);
    }

    /// The description of the component with this digest, if these gates let it through and its code is here.
    pub(crate) fn find_description(&self, digest: &str, gates: u64) -> Option<Description> {
        if !self.code_path(digest).is_file() {
            return None;
        }
        let description = find(&self.description_path(digest))?;
        let description: Description = serde_json::from_slice(&description).ok()?;
        if description.gates != gates {
            return None;
        }
        self.note_use(&self.code_path(digest));
        self.note_use(&self.description_path(digest));
        Some(description)
    }

    /// Keeps a description. A failure costs the next start a call of the plugin.
    pub(crate) fn keep_description(&self, digest: &str, description: &Description) {
        let json = serde_json::to_vec(description).expect("a description has nothing that JSON lacks");
        self.keep(&self.description_path(digest), &json);
    }

    /// Why the component with this digest was refused when it was tried in the same way.
    pub(crate) fn find_refusal(&self, digest: &str, trial: u64) -> Option<Refusal> {
        let verdict: Verdict = serde_json::from_slice(&find(&self.refusal_path(digest))?).ok()?;
        if verdict.trial != trial {
            return None;
        }
        self.note_use(&self.refusal_path(digest));
        Some(verdict.refusal)
    }

    /// Keeps a refusal. A failure costs the next start as much as the trial cost.
    pub(crate) fn keep_refusal(&self, digest: &str, refusal: &Refusal, trial: u64) {
        let verdict = Verdict { refusal: refusal.clone(), trial };
        let json = serde_json::to_vec(&verdict).expect("a refusal has nothing that JSON lacks");
        self.keep(&self.refusal_path(digest), &json);
    }

    fn keep(&self, path: &Path, content: &[u8]) {
        if let Err(error) = self.write(path, content) {
            tracing::warn!(path = %path.display(), %error, "nothing can be kept of a plugin");
        }
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&Sha256::digest(content))?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    }

    fn code_path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}-{:016x}.cwasm", self.compatibility))
    }

    fn refusal_path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}-{:016x}.refusal", self.compatibility))
    }

    fn description_path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}-{:016x}.json", self.compatibility))
    }
}

/// What an entry holds, if it is there and intact.
fn find(path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    copy(path, &mut content)?;
    Some(content)
}

/// Copies what an entry holds, if it is there; none if it is not intact, whatever was copied of it.
fn copy(path: &Path, to: &mut impl Write) -> Option<()> {
    match File::open(path).and_then(|entry| copy_checked(entry, to)) {
        Ok(true) => Some(()),
        Ok(false) => {
            tracing::warn!(path = %path.display(), "what is kept of a plugin is damaged, making it again");
            None
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "what is kept of a plugin cannot be read");
            None
        }
    }
}

/// Copies what follows the checksum, and says whether it is right.
fn copy_checked(entry: File, to: &mut impl Write) -> io::Result<bool> {
    let mut entry = BufReader::with_capacity(READ_BYTES, entry);
    let mut checksum = [0; CHECKSUM_BYTES];
    if let Err(error) = entry.read_exact(&mut checksum) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(false) } else { Err(error) };
    }
    let mut hasher = Sha256::new();
    loop {
        let read = entry.fill_buf()?;
        if read.is_empty() {
            return Ok(hasher.finalize().as_slice() == checksum);
        }
        hasher.update(read);
        to.write_all(read)?;
        let read = read.len();
        entry.consume(read);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Seek;

    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("compiled"), 7).unwrap();
        (folder, cache)
    }

    fn code(cache: &Cache, digest: &str) -> Option<Vec<u8>> {
        let mut file = cache.find_code(digest)?;
        let mut code = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut code).unwrap();
        Some(code)
    }

    fn description() -> Description {
        let descriptor = Descriptor {
            id: "acme".to_owned(),
            display_name: "Acme".to_owned(),
            aliases: Vec::new(),
            version: "1.0.0".to_owned(),
            requires: Vec::new(),
            hosts: Vec::new(),
            auth: Vec::new(),
            datasets: Vec::new(),
            budgets: Vec::new(),
            config_schema: "{}".to_owned(),
            help_url: None,
            inbound: None,
        };
        Description { contract: Contract::V0_1, descriptor, carries_fixtures: true, gates: 3 }
    }

    #[test]
    fn kept_code_is_found_again() {
        let (_folder, cache) = cache();
        assert_eq!(code(&cache, "d1"), None);
        cache.keep_code("d1", b"code");
        assert_eq!(code(&cache, "d1").unwrap(), b"code");
        assert_eq!(code(&cache, "d2"), None);
    }

    #[test]
    fn a_description_is_found_by_the_same_gates_and_beside_its_code() {
        let (_folder, cache) = cache();
        cache.keep_description("d1", &description());
        assert_eq!(cache.find_description("d1", 3), None);
        cache.keep_code("d1", b"code");
        assert_eq!(cache.find_description("d1", 3), Some(description()));
        assert_eq!(cache.find_description("d1", 4), None);
    }

    #[test]
    fn damaged_entries_are_misses() {
        let (_folder, cache) = cache();
        cache.keep_code("d1", b"code");
        let path = cache.code_path("d1");
        let intact = fs::read(&path).unwrap();
        for length in 0..intact.len() {
            fs::write(&path, &intact[..length]).unwrap();
            assert_eq!(code(&cache, "d1"), None, "cut to {length} bytes");
        }
        let mut flipped = intact;
        *flipped.last_mut().unwrap() ^= 1;
        fs::write(&path, flipped).unwrap();
        assert_eq!(code(&cache, "d1"), None);
    }

    #[test]
    fn what_was_not_used_for_long_is_removed_when_the_cache_is_opened() {
        let (folder, cache) = cache();
        let age = |digest: &str, days: u64| {
            let time = cache.opened_at - Duration::from_hours(24 * days);
            for path in [cache.code_path(digest), cache.description_path(digest)] {
                File::open(path).unwrap().set_modified(time).unwrap();
            }
        };
        for (digest, days) in [("old", 31), ("fresh", 29), ("used", 31)] {
            cache.keep_code(digest, b"code");
            cache.keep_description(digest, &description());
            age(digest, days);
        }
        assert!(cache.find_description("used", 3).is_some());
        let cache = Cache::open(&folder.path().join("compiled"), 7).unwrap();
        let found = ["old", "fresh", "used"].map(|digest| cache.find_description(digest, 3).is_some());
        assert_eq!(found, [false, true, true]);
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 4);
    }

    #[test]
    fn the_folder_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        Cache::open(folder.path(), 7).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o700);
    }
}
