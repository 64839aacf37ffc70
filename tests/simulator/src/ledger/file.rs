//! The state file: the ledger as JSON, replaced whole and atomically, so that a simulator that is
//! killed at any moment comes back with the tokens that its last answer told about.

use std::{fs, io, io::Write, path::PathBuf};

use tempfile::NamedTempFile;

use super::Ledger;

pub(crate) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The ledger of the last run, or a fresh one if there is no file yet.
    pub(crate) fn load(&self) -> io::Result<Ledger> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ledger::new()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn save(&self, ledger: &Ledger) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = match folder {
            Some(folder) => NamedTempFile::new_in(folder)?,
            None => NamedTempFile::new_in(".")?,
        };
        file.write_all(&serde_json::to_vec(ledger)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}
