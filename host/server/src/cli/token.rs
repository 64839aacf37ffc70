//! `relink token`: bearer tokens of the API, made without the pages.

use anyhow::{Context, Result};
use clap::Subcommand;
use relink_core::id::ApiTokenId;
use relink_store::api_tokens::{self, ApiToken};
use relink_store::token::token_hash;
use relink_store::users;

use crate::app::{open_database, system_time};
use crate::auth::secret_token;
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Make a token that acts for a person, and print it: it is shown this once
    Create {
        /// The e-mail address of the person
        #[arg(long)]
        user: String,
        /// What the token is for
        #[arg(long)]
        name: String,
    },
}

pub(super) async fn run(config: &Config, action: Action) -> Result<()> {
    let Action::Create { user, name } = action;
    let (db, _) = open_database(config).await?;
    let person = users::find_by_email(&db, &user).await?;
    let person =
        person.with_context(|| format!("nobody signs in as {user:?}: add the person with `relink user add`"))?;
    let token = secret_token::random_api_token();
    let row = ApiToken {
        workspace_id: person.workspace_id,
        id: ApiTokenId::new(),
        user_id: person.id,
        name,
        token_hash: token_hash(token.expose()).to_vec(),
        created_at: system_time(),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = db.begin().await?;
    api_tokens::create(&mut tx, &row).await?;
    tx.commit().await?;
    db.close().await;
    println!("{}", token.expose());
    Ok(())
}
