//! The rescue journal: tokens that a provider gave while the database was away, one file for each
//! authorization, until they are in the database.
//!
//! The tokens are sealed as they would be in the database, for the same place, so a file that was
//! changed or put elsewhere does not open.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use relink_store::StoreError;
use relink_store::authorizations::{TokenUpdate, sealed_place};
use relink_store::seal::SealError;
use tempfile::NamedTempFile;

use crate::engine::Engine;
use crate::tokens::keep;

#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error("it is not an entry")]
    Format(#[from] serde_json::Error),
    #[error(transparent)]
    Sealed(#[from] SealError),
}

/// The folder of the journal. It is made when the first entry is written.
pub(crate) struct Journal {
    folder: PathBuf,
}

/// One file of the journal.
pub(super) struct Entry {
    file: PathBuf,
}

impl Journal {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Returns when the entry would survive a loss of power.
    pub(super) fn write(&self, update: &TokenUpdate) -> io::Result<Entry> {
        fs::create_dir_all(&self.folder)?;
        let mut temporary = NamedTempFile::new_in(&self.folder)?;
        temporary.write_all(&serde_json::to_vec(update)?)?;
        temporary.as_file().sync_all()?;
        let file = self.folder.join(format!("{}-{}.json", update.id, update.expected_generation));
        temporary.persist(&file)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(Entry { file })
    }

    fn entries(&self) -> io::Result<Vec<Entry>> {
        match fs::read_dir(&self.folder) {
            Ok(files) => files.map(|file| Ok(Entry { file: file?.path() })).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

impl Entry {
    fn read(&self, engine: &Engine) -> Result<TokenUpdate, Unreadable> {
        let update: TokenUpdate = serde_json::from_slice(&fs::read(&self.file)?)?;
        let place = sealed_place(&update.workspace_id, &update.id, update.expected_generation + 1);
        engine.sealer().open(&place, &update.tokens.sealed)?;
        Ok(update)
    }

    /// An entry that stays is harmless: its generation is fenced.
    pub(super) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.file) {
            tracing::warn!(file = %self.file.display(), %error, "an entry of the rescue journal cannot be removed");
        }
    }
}

/// Brings what an earlier life of this process could not store into the database, before anybody
/// refreshes with tokens that are used up.
pub(crate) async fn replay(engine: &Engine) -> Result<(), StoreError> {
    let entries = engine.journal().entries().unwrap_or_else(|error| {
        tracing::error!(%error, "the rescue journal cannot be read");
        Vec::new()
    });
    for entry in entries {
        match entry.read(engine) {
            Ok(update) => {
                keep::store(engine, &update).await?;
                tracing::warn!(authorization.id = %update.id, "tokens from the rescue journal were stored");
                entry.remove();
            }
            Err(error) => {
                tracing::error!(file = %entry.file.display(), %error, "an entry of the rescue journal does not open");
            }
        }
    }
    Ok(())
}
