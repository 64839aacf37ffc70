//! Stores what a token endpoint gave, before anything uses it.

use std::time::Duration;

use relink_core::plugin::OAuth2;
use relink_egress::Tokens;
use relink_store::StoreError;
use relink_store::authorizations::{self, Authorization, TokenUpdate};

use crate::credentials::REFRESH_TOKEN;
use crate::engine::Engine;
use crate::ledger::merged_config;
use crate::tokens::answer::{access_expiry, config_of, reauthorize_at_after_refresh, with_tokens};
use crate::tokens::journal::Entry;
use crate::tokens::{Fresh, TokenError};

/// How long new tokens are in memory alone.
const STORE_PATIENCE: Duration = Duration::from_secs(1);
/// How often a store that is away is asked again: sooner than another node may take over the lease.
const STORE_LOOK: Duration = Duration::from_secs(2);

/// Stores new tokens, and does not give up when the store is away: the old refresh token may already
/// be worth nothing. Until the store is back the rescue journal holds them.
pub(super) async fn keep(engine: &Engine, fresh: &Fresh, oauth2: &OAuth2, tokens: &Tokens) -> Result<(), TokenError> {
    let update = token_update(engine, fresh, oauth2, tokens)?;
    let stored = tokio::time::timeout(STORE_PATIENCE, store(engine, &update)).await;
    if let Ok(Ok(())) = stored {
        return Ok(());
    }
    let entry = engine.journal().write(&update);
    if let Err(error) = &entry {
        tracing::error!(authorization.id = %update.id, %error, "the rescue journal cannot be written");
    }
    loop {
        let Err(error) = store(engine, &update).await else {
            entry.into_iter().for_each(Entry::remove);
            return Ok(());
        };
        if engine.is_stopping() {
            return Err(error.into());
        }
        tracing::error!(authorization.id = %update.id, %error, "new tokens wait for the database to come back");
        tokio::time::sleep(STORE_LOOK).await;
    }
}

/// Writes `update` unless a newer grant is stored already.
pub(super) async fn store(engine: &Engine, update: &TokenUpdate) -> Result<(), StoreError> {
    let mut tx = engine.db().begin().await?;
    let is_newest = authorizations::store_tokens(&mut tx, update).await?;
    tx.commit().await?;
    if !is_newest {
        tracing::info!(authorization.id = %update.id, "a newer grant is stored; the refreshed tokens are dropped");
    }
    Ok(())
}

fn token_update(engine: &Engine, fresh: &Fresh, oauth2: &OAuth2, tokens: &Tokens) -> Result<TokenUpdate, TokenError> {
    let Authorization { workspace_id, id, generation, .. } = &fresh.authorization;
    let now = engine.now();
    let secrets = with_tokens(&fresh.secrets, tokens);
    let sealed = secrets
        .seal(engine.sealer(), workspace_id, id, generation + 1)
        .map_err(|problem| TokenError::Sealed { id: id.clone(), problem: problem.to_string() })?;
    Ok(TokenUpdate {
        workspace_id: workspace_id.clone(),
        id: id.clone(),
        expected_generation: *generation,
        tokens: authorizations::Tokens {
            sealed,
            token_issued_at: Some(now),
            access_expires_at: access_expiry(oauth2, tokens, now),
            reauthorize_at: reauthorize_at_after_refresh(fresh.authorization.reauthorize_at, tokens, now),
            has_refresh_token: secrets.get(REFRESH_TOKEN).is_some(),
        },
        granted_scopes: tokens.scopes.clone(),
        config: (!tokens.kept.is_empty()).then(|| merged_config(&fresh.authorization.config, &config_of(&tokens.kept))),
    })
}
