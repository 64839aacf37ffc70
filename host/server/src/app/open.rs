//! Opens what is on the disk: the data folder, the database, the sealing key.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use relink_store::seal::{SealError, Sealer};
use relink_store::{Db, Options, SchemaState, StoreError};

use crate::config::Config;
use crate::sealing_key::{self, Database, KeyError};

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {} cannot be made", path.display())]
    DataDir { path: PathBuf, source: std::io::Error },
    #[error("the database cannot be opened")]
    Database(#[source] StoreError),
    #[error(transparent)]
    Schema(StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Makes the data folder, for the user of this process only.
pub(crate) fn prepare_data_dir(config: &Config) -> Result<(), OpenError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.map_err(|source| OpenError::DataDir { path: config.data_dir.clone(), source })
}

/// Opens the database, brings its schema up to date and proves that the sealing key is the right one.
pub(crate) async fn open_database(config: &Config) -> Result<(Db, Sealer), OpenError> {
    prepare_data_dir(config)?;
    let url = config.database_url();
    let options = Options { wait: config.database.wait.duration(), ..Options::default() };
    let db = Db::connect(url.expose(), options).await.map_err(OpenError::Database)?;
    let state = db.schema_state().await.map_err(OpenError::Schema)?;
    // The key is read before anything is written: without the right one nothing may change.
    let database = if state == SchemaState::Empty { Database::Empty } else { Database::InUse };
    let sealer = sealing_key::sealer(config, database)?;
    db.migrate().await.map_err(OpenError::Schema)?;
    sealer.check(&db).await?;
    Ok((db, sealer))
}
