//! Compiled code of components, kept on disk so that a restart does not compile again.
//!
//! Compiled code is trusted: whoever can write it runs as the host. It is therefore read from one
//! folder only, which nobody else can enter, and never taken from outside. Entries are found by the
//! digest of the component and all that the compilation depends on; whatever is wrong with an entry,
//! it is a miss.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine;

const CHECKSUM_BYTES: usize = 32;

pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the folder, and makes it if need be. Fails if others than the owner could write to it.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let about = fs::metadata(folder)?;
        if about.mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The compiled code of the component with this digest, if it is there and intact.
    pub(crate) fn find(&self, engine: &Engine, digest: &str) -> Option<Vec<u8>> {
        let path = self.path(engine, digest);
        let entry = match fs::read(&path) {
            Ok(entry) => entry,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "compiled plugin cannot be read, compiling again");
                return None;
            }
        };
        match entry.split_at_checked(CHECKSUM_BYTES) {
            Some((checksum, compiled)) if Sha256::digest(compiled).as_slice() == checksum => Some(compiled.to_vec()),
            _ => {
                tracing::warn!(path = %path.display(), "compiled plugin is damaged, compiling again");
                None
            }
        }
    }

    /// Keeps compiled code. A failure costs the next start a compilation, and nothing else.
    pub(crate) fn keep(&self, engine: &Engine, digest: &str, compiled: &[u8]) {
        let path = self.path(engine, digest);
        if let Err(error) = self.write(&path, compiled) {
            tracing::warn!(path = %path.display(), %error, "compiled plugin cannot be kept");
        }
    }

    fn write(&self, path: &Path, compiled: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&Sha256::digest(compiled))?;
        file.write_all(compiled)?;
        file.persist(path)?;
        Ok(())
    }

    fn path(&self, engine: &Engine, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}-{:016x}.cwasm", engine::compatibility(engine)))
    }
}

/// Turns compiled code into a component: the only unsafe line of the crate.
///
/// The code is copied into memory of its own, rather than mapped from the file, so that nothing that
/// happens to the file later can change what runs.
#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and cannot check it")]
pub(crate) fn revive(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `compiled` was made by this process, or by an earlier one of the same user: it comes
    // straight from `Engine::precompile_component`, or from the cache folder, which only that user can
    // write, with the checksum under which it was written. wasmtime itself refuses code that another
    // version or other settings produced.
    unsafe { Component::deserialize(engine, compiled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache, Engine) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("compiled")).unwrap();
        (folder, cache, Engine::default())
    }

    #[test]
    fn kept_code_is_found_again() {
        let (_folder, cache, engine) = cache();
        assert_eq!(cache.find(&engine, "d1"), None);
        cache.keep(&engine, "d1", b"code");
        assert_eq!(cache.find(&engine, "d1"), Some(b"code".to_vec()));
        assert_eq!(cache.find(&engine, "d2"), None);
    }

    #[test]
    fn damaged_code_is_a_miss() {
        let (_folder, cache, engine) = cache();
        cache.keep(&engine, "d1", b"code");
        let path = cache.path(&engine, "d1");
        let intact = fs::read(&path).unwrap();
        for length in 0..intact.len() {
            fs::write(&path, &intact[..length]).unwrap();
            assert_eq!(cache.find(&engine, "d1"), None, "cut to {length} bytes");
        }
        let mut flipped = intact;
        *flipped.last_mut().unwrap() ^= 1;
        fs::write(&path, flipped).unwrap();
        assert_eq!(cache.find(&engine, "d1"), None);
    }

    #[test]
    fn the_folder_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        Cache::open(folder.path()).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o700);
    }
}
