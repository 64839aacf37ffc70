//! The file with the key that seals the tokens: made once, for an empty database, and never again.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use relink_core::secret::Secret;
use relink_store::seal::{SealError, Sealer, SealingKey};

use crate::config::Config;

/// Others of the machine may neither read nor write the file.
const PRIVATE: u32 = 0o600;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the sealing key {} is missing, but the database holds data that it sealed: put the file back, or name \
         its place as sealing_key_file", path.display()
    )]
    Missing { path: PathBuf },
    #[error("the sealing key {} can be read by others of this machine: run `chmod 600` on it", path.display())]
    Exposed { path: PathBuf },
    #[error("the sealing key {} cannot be read or written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("the sealing key in {} cannot be used", path.display())]
    Key { path: PathBuf, source: SealError },
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Whether there may be something sealed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Empty,
    InUse,
}

/// Reads the keys, or makes the first one for an empty database.
pub(crate) fn sealer(config: &Config, database: Database) -> Result<Sealer, KeyError> {
    let path = config.sealing_key_file();
    if database == Database::Empty {
        make_if_missing(&path)?;
    }
    let mut keys = vec![read(&path)?];
    for path in &config.retired_sealing_key_files {
        keys.push(read(path)?);
    }
    Ok(Sealer::new(keys)?)
}

/// The id of a key is a part of its hash, so that renaming the file changes nothing.
fn read(path: &Path) -> Result<SealingKey, KeyError> {
    let in_file = |source| KeyError::File { path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(KeyError::Missing { path: path.to_owned() }),
        Err(error) => return Err(in_file(error)),
    };
    let mode = fs::metadata(path).map_err(in_file)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned() });
    }
    SealingKey::parse(&key_id(&text), &text).map_err(|source| KeyError::Key { path: path.to_owned(), source })
}

fn key_id(text: &Secret) -> String {
    let hash = relink_store::token::token_hash(text.expose().trim());
    let [a, b, c, d, ..] = hash;
    format!("key-{:08x}", u32::from_be_bytes([a, b, c, d]))
}

fn make_if_missing(path: &Path) -> Result<(), KeyError> {
    let in_file = |source| KeyError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(in_file)?;
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(in_file(error)),
    };
    let key = SealingKey::generate()?;
    writeln!(file, "{}", key.expose()).and_then(|()| file.sync_all()).map_err(in_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path) -> Config {
        Config { data_dir: folder.to_owned(), ..Config::default() }
    }

    #[test]
    fn a_key_is_made_once_and_only_for_an_empty_database() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        assert!(matches!(sealer(&config, Database::InUse), Err(KeyError::Missing { .. })));
        assert!(sealer(&config, Database::Empty).is_ok());
        let made = fs::read_to_string(config.sealing_key_file()).unwrap();
        assert!(sealer(&config, Database::Empty).is_ok());
        assert_eq!(fs::read_to_string(config.sealing_key_file()).unwrap(), made);
        let permissions = fs::metadata(config.sealing_key_file()).unwrap().permissions().mode();
        assert_eq!(permissions & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        fs::write(config.sealing_key_file(), "00".repeat(32)).unwrap();
        fs::set_permissions(config.sealing_key_file(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(sealer(&config, Database::InUse), Err(KeyError::Exposed { .. })));
        fs::set_permissions(config.sealing_key_file(), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(sealer(&config, Database::InUse).is_ok());
        fs::write(config.sealing_key_file(), "short").unwrap();
        assert!(matches!(sealer(&config, Database::InUse), Err(KeyError::Key { .. })));
    }
}
