//! `relink doctor`: looks at everything that a start needs, and says in sentences what is wrong.

use anyhow::{Result, bail};
use relink_runtime::ListingState;
use relink_store::{Db, Options, SchemaState};

use crate::cli::offline::Plugins;
use crate::config::Config;
use crate::sealing_key::{self, Database};

/// What was found: good, or a sentence about what to do.
type Finding = Result<String, String>;

pub(super) async fn run(config: &Config) -> Result<()> {
    let mut findings = vec![Ok(format!("The settings are valid; browsers use {}.", config.base_url()))];
    findings.extend(look_at_database(config).await);
    findings.extend(look_at_plugins(config));
    for finding in &findings {
        match finding {
            Ok(text) => println!("ok       {text}"),
            Err(text) => println!("PROBLEM  {text}"),
        }
    }
    match findings.iter().filter(|finding| finding.is_err()).count() {
        0 => Ok(()),
        1 => bail!("1 problem was found"),
        problems => bail!("{problems} problems were found"),
    }
}

/// Looks without changing anything: a database that is not there is not made.
async fn look_at_database(config: &Config) -> Vec<Finding> {
    if !config.has_database() {
        return vec![Ok(format!(
            "There is no database yet; the first start makes one in {}.",
            config.data_dir.display()
        ))];
    }
    let db = match Db::connect(config.database_url().expose(), Options::default()).await {
        Ok(db) => db,
        Err(error) => return vec![Err(format!("The database cannot be opened: {}.", with_causes(&error)))],
    };
    let state = db.schema_state().await;
    let schema = match &state {
        Ok(SchemaState::Empty) => Ok("The database is empty; the first start fills it.".to_owned()),
        Ok(SchemaState::Current) => Ok("The schema of the database is up to date.".to_owned()),
        Ok(SchemaState::Behind { found, known }) => {
            Ok(format!("The schema is {found}; the next start, or `relink migrate`, brings it to {known}."))
        }
        Ok(SchemaState::Newer { found, known }) => Err(format!(
            "The database has schema {found}, but this version knows only {known}: start the version that migrated it."
        )),
        Err(error) => Err(format!("The schema cannot be read: {}.", with_causes(error))),
    };
    let key = match state {
        Ok(SchemaState::Current) => Some(look_at_key(config, &db).await),
        _ => None,
    };
    db.close().await;
    [Some(schema), key].into_iter().flatten().collect()
}

async fn look_at_key(config: &Config, db: &Db) -> Finding {
    let sealer = sealing_key::sealer(config, Database::InUse).map_err(|error| format!("{}.", with_causes(&error)))?;
    sealer.check(db).await.map_err(|error| format!("{}.", with_causes(&error)))?;
    Ok("The sealing key opens what the database holds.".to_owned())
}

fn look_at_plugins(config: &Config) -> Vec<Finding> {
    let plugins = match Plugins::open(config, None) {
        Ok(plugins) => plugins,
        Err(error) => return vec![Err(format!("{error:#}."))],
    };
    let listings = plugins.registry().list();
    if listings.is_empty() {
        return vec![Err(format!("There is no plugin in {}: copy .wasm files there.", plugins.folder().display()))];
    }
    let name = |listing: &relink_runtime::Listing| {
        let file = listing.file.as_ref().map(|file| file.display().to_string());
        listing.id.clone().or(file).unwrap_or_default()
    };
    let finding = |listing: &relink_runtime::Listing| match listing.state {
        ListingState::Refused | ListingState::Waiting | ListingState::Disabled => {
            Err(format!("The plugin {} is refused: {}", name(listing), listing.problem.as_deref().unwrap_or_default()))
        }
        _ => Ok(format!("The plugin {} {} loads.", name(listing), listing.version.as_deref().unwrap_or_default())),
    };
    listings.iter().map(finding).collect()
}

fn with_causes(error: &dyn std::error::Error) -> String {
    crate::web::trouble::with_causes(error)
}
