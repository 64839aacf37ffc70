//! Writes of tokens and grants, each fenced by the generation that it replaces.

use relink_core::id::{AuthorizationId, UserId, WorkspaceId};
use relink_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::TABLE;
use crate::db::Tx;
use crate::error::Result;
use crate::query::query;

/// What is known of new tokens, however they were got.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tokens {
    /// Sealed for the generation that this write makes.
    pub sealed: Vec<u8>,
    pub token_issued_at: Option<Timestamp>,
    pub access_expires_at: Option<Timestamp>,
    pub reauthorize_at: Option<Timestamp>,
    pub has_refresh_token: bool,
}

const STORE_TOKENS: &str = "
    UPDATE authorizations
    SET generation = generation + 1, sealed = $4, token_issued_at = $5, access_expires_at = $6, reauthorize_at = $7,
        has_refresh_token = $8, granted_scopes = COALESCE($9, granted_scopes), config = COALESCE($10, config),
        lease_owner = NULL, lease_until = NULL, intent_generation = NULL, intent_at = NULL
    WHERE workspace_id = $1 AND id = $2 AND generation = $3 AND removed_at IS NULL";

/// New tokens that replace those of one generation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenUpdate {
    pub workspace_id: WorkspaceId,
    pub id: AuthorizationId,
    pub expected_generation: i64,
    /// Sealed for `expected_generation + 1`.
    pub tokens: Tokens,
    /// None keeps what was granted, as for an answer that does not tell.
    pub granted_scopes: Option<Vec<String>>,
    /// JSON of the plugin's settings that came with the tokens. None keeps what is known.
    #[serde(default)]
    pub config: Option<String>,
}

/// Writes tokens and ends lease and intent; false means that somebody wrote newer ones, or it is removed.
pub async fn store_tokens(tx: &mut Tx, update: &TokenUpdate) -> Result<bool> {
    let write = query(TABLE, STORE_TOKENS)
        .bind(&update.workspace_id)
        .bind(&update.id)
        .bind(update.expected_generation)
        .bind(&update.tokens.sealed)
        .bind(update.tokens.token_issued_at)
        .bind(update.tokens.access_expires_at)
        .bind(update.tokens.reauthorize_at)
        .bind(update.tokens.has_refresh_token)
        .bind(update.granted_scopes.as_deref())
        .bind(update.config.as_deref());
    write.changes_a_row(tx).await
}

const MARK_AUTHORIZED: &str = "
    UPDATE authorizations
    SET subject = COALESCE($3, subject), label = $4, authorized_at = $5, authorized_by = $6, granted_scopes = $7,
        reauthorize_at = $8, suspicion = NULL, incident_id = NULL
    WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL";

/// What a person's new grant says about an authorization.
#[derive(Clone, Debug)]
pub struct Grant {
    pub workspace_id: WorkspaceId,
    pub id: AuthorizationId,
    /// None keeps the subject that is known.
    pub subject: Option<String>,
    pub label: String,
    pub authorized_at: Timestamp,
    pub authorized_by: Option<UserId>,
    pub granted_scopes: Vec<String>,
    pub reauthorize_at: Option<Timestamp>,
}

/// Notes a new grant, which ends suspicion and incident. The tokens are written by [`store_tokens`].
pub async fn mark_authorized(tx: &mut Tx, grant: &Grant) -> Result<bool> {
    let write = query(TABLE, MARK_AUTHORIZED)
        .bind(&grant.workspace_id)
        .bind(&grant.id)
        .bind(grant.subject.as_deref())
        .bind(&grant.label)
        .bind(grant.authorized_at)
        .bind(grant.authorized_by.as_ref())
        .bind(&grant.granted_scopes)
        .bind(grant.reauthorize_at);
    write.changes_a_row(tx).await
}
