//! `relink migrate`: brings the schema up to date without starting a server.

use anyhow::Result;
use relink_store::{Db, Options};

use crate::app::prepare_data_dir;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<()> {
    prepare_data_dir(config)?;
    let db = Db::connect(config.database_url().expose(), Options::default()).await?;
    let before = db.schema_state().await?;
    db.migrate().await?;
    match before {
        relink_store::SchemaState::Current => println!("The schema is up to date."),
        _ => println!("The schema has been brought up to date."),
    }
    db.close().await;
    Ok(())
}
