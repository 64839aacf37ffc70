//! Which plugins are doubted, since they call too many sign-ins broken at once: what the database of the host says
//! of it, and the word of an operator that ends it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use relink_engine::{Doubted, trust_diagnoses};
use relink_store::{Db, Options, SchemaState};
use serde::Serialize;

use crate::app::{open_database, system_time};
use crate::cli::offline::Plugins;
use crate::cli::plugin::block_on;
use crate::config::Config;

/// Why a plugin is doubted, in the words of the API.
#[derive(Debug, Serialize)]
pub(super) struct Doubts {
    since: String,
    until: String,
    reporting: u32,
    failing: u32,
    held: i64,
}

impl Doubts {
    /// For the list of plugins.
    pub(super) fn sentence(&self, id: &str) -> String {
        let Self { since, until, reporting, failing, held } = self;
        format!(
            "suspected since {since}: it calls {failing} of the {reporting} sign-ins broken that reported lately. \
             Nobody is told of {held} of them before {until}, unless they work again or you run \
             `relink plugin trust-diagnoses {id}`"
        )
    }
}

impl From<Doubted> for Doubts {
    fn from(Doubted { since, until, reporting, failing, held }: Doubted) -> Self {
        Self { since: since.to_string(), until: until.to_string(), reporting, failing, held }
    }
}

/// The plugins in service that are doubted, by id. A list is also for those who have no database, or whose database
/// does not answer.
pub(super) fn find(config: &Config, plugins: &Plugins) -> BTreeMap<String, Doubts> {
    block_on(look(config, plugins)).unwrap_or_else(|error| {
        eprintln!("Whether a plugin is suspected is not known: {error:#}.");
        BTreeMap::new()
    })
}

async fn look(config: &Config, plugins: &Plugins) -> Result<BTreeMap<String, Doubts>> {
    let mut found = BTreeMap::new();
    if !config.has_database() {
        return Ok(found);
    }
    let db = Db::connect(config.database_url().expose(), Options::default()).await?;
    if db.schema_state().await? == SchemaState::Current {
        let policy = config.policy.to_policy();
        for plugin in plugins.registry().plugins() {
            let doubted = Doubted::find(&db, &plugin, &policy.wave, system_time()).await?;
            found.extend(doubted.map(|doubted| (plugin.id().to_owned(), doubted.into())));
        }
    }
    db.close().await;
    Ok(found)
}

/// Takes a plugin at its word; a server that runs tells people at its next tick.
pub(super) fn trust(config: &Config, id: &str) -> Result<ExitCode> {
    let plugins = Plugins::open_as_server(config)?;
    let plugin = plugins.registry().get(id).with_context(|| format!("no plugin {id} is in service"))?;
    let is_done = block_on(async {
        let (db, _) = open_database(config).await?;
        let is_done = trust_diagnoses(&db, &plugin, system_time()).await?;
        db.close().await;
        Ok(is_done)
    })?;
    ensure!(is_done, "nothing that {id} calls broken is held back");
    println!("What {id} calls broken is checked once more now, and people are told.");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use relink_core::time::Timestamp;

    use super::*;

    #[test]
    fn an_operator_reads_since_when_and_what_to_do() {
        let moment = |ms: i64| Timestamp::from_ms(1_790_000_000_000 + ms);
        let doubted = Doubted { since: moment(0), until: moment(3_600_000), reporting: 9, failing: 7, held: 6 };
        let sentence = Doubts::from(doubted).sentence("acme");
        let (since, until) = (moment(0), moment(3_600_000));
        for words in [
            format!("suspected since {since}: it calls 7 of the 9"),
            format!("told of 6 of them before {until}"),
            "`relink plugin trust-diagnoses acme`".to_owned(),
        ] {
            assert!(sentence.contains(&words), "{words:?} is missing: {sentence}");
        }
    }
}
