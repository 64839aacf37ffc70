//! Authorizations: what a provider granted, and the sealed tokens of it.
//!
//! Every write of tokens (in `tokens`) names the generation that it replaces, so an answer that
//! comes late can never overwrite newer ones. The lease that makes a refresh exclusive is in `lease`.

mod lease;
mod reseal;
mod tokens;

use relink_core::id::{AuthorizationId, IncidentId, UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::seal::Place;

pub use self::lease::{
    Fence, leave_intent, orphan_intents, record_intent, release_lease, release_leases_of, take_lease,
};
pub use self::reseal::reseal;
pub use self::tokens::{Grant, TokenUpdate, Tokens, mark_authorized, store_tokens};

const TABLE: &str = "authorizations";

/// The generation of the tokens that an authorization is created with.
pub const FIRST_GENERATION: i64 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    pub workspace_id: WorkspaceId,
    pub id: AuthorizationId,
    pub plugin_id: String,
    pub auth_method: String,
    /// Whose login at the provider it is, if the provider tells.
    pub subject: Option<String>,
    pub label: String,
    /// JSON of the plugin's settings for this authorization.
    pub config: String,
    pub granted_scopes: Vec<String>,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    /// When a person last granted access, and who.
    pub authorized_at: Timestamp,
    pub authorized_by: Option<UserId>,
    /// Counts the writes of tokens.
    pub generation: i64,
    /// The secrets, sealed for [`sealed_place`] of this generation; empty once removed.
    pub sealed: Vec<u8>,
    pub token_issued_at: Option<Timestamp>,
    pub access_expires_at: Option<Timestamp>,
    /// When a person must grant access again at the latest.
    pub reauthorize_at: Option<Timestamp>,
    pub has_refresh_token: bool,
    /// JSON of a failure that is not confirmed yet.
    pub suspicion: Option<String>,
    /// The open incident that breaks it.
    pub incident_id: Option<IncidentId>,
    pub lease_owner: Option<String>,
    pub lease_epoch: i64,
    pub lease_until: Option<Timestamp>,
    /// A refresh of this generation was about to be sent, and its end is not known.
    pub intent_generation: Option<i64>,
    pub intent_at: Option<Timestamp>,
    pub removed_at: Option<Timestamp>,
}

/// Where the secrets of one generation are sealed for.
pub fn sealed_place(workspace: &WorkspaceId, id: &AuthorizationId, generation: i64) -> Place {
    Place::new(workspace, TABLE, id.as_str(), "sealed").at_generation(generation)
}

#[derive(Clone, Debug)]
pub struct NewAuthorization {
    pub workspace_id: WorkspaceId,
    pub id: AuthorizationId,
    pub plugin_id: String,
    pub auth_method: String,
    pub subject: Option<String>,
    pub label: String,
    pub config: String,
    pub granted_scopes: Vec<String>,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    /// Sealed for [`FIRST_GENERATION`].
    pub tokens: Tokens,
}

const CREATE: &str = "
    INSERT INTO authorizations
        (workspace_id, id, plugin_id, auth_method, subject, label, config, granted_scopes, created_at, created_by,
         authorized_at, authorized_by, sealed, token_issued_at, access_expires_at, reauthorize_at, has_refresh_token,
         generation, lease_epoch)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, $11, $12, $13, $14, $15, $16, 0)";

pub async fn create(tx: &mut Tx, new: &NewAuthorization) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&new.workspace_id)
        .bind(&new.id)
        .bind(&new.plugin_id)
        .bind(&new.auth_method)
        .bind(new.subject.as_deref())
        .bind(&new.label)
        .bind(&new.config)
        .bind(&new.granted_scopes)
        .bind(new.created_at)
        .bind(new.created_by.as_ref())
        .bind(&new.tokens.sealed)
        .bind(new.tokens.token_issued_at)
        .bind(new.tokens.access_expires_at)
        .bind(new.tokens.reauthorize_at)
        .bind(new.tokens.has_refresh_token)
        .bind(FIRST_GENERATION);
    insert.execute(tx).await?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, id, plugin_id, auth_method, subject, label, config, granted_scopes, created_at,
                    created_by, authorized_at, authorized_by, generation, sealed, token_issued_at, access_expires_at,
                    reauthorize_at, has_refresh_token, suspicion, incident_id, lease_owner, lease_epoch, lease_until,
                    intent_generation, intent_at, removed_at
             FROM authorizations ",
            $rest
        )
    };
}
pub(crate) use select;

const FIND: &str = select!("WHERE workspace_id = $1 AND id = $2");

/// Finds also one that was removed.
pub async fn find(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
) -> Result<Option<Authorization>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

/// A transaction of SQLite is the only writer already.
const LOCK_SQLITE: &str = FIND;
const LOCK_POSTGRES: &str = select!("WHERE workspace_id = $1 AND id = $2 FOR UPDATE");

/// Like [`find`], and nobody else changes the row before this transaction ends.
pub async fn lock(tx: &mut Tx, workspace: &WorkspaceId, id: &AuthorizationId) -> Result<Option<Authorization>> {
    let text = tx.choose(LOCK_SQLITE, LOCK_POSTGRES);
    query(TABLE, text).bind(workspace).bind(id).fetch_optional(tx, read).await
}

const LIST: &str =
    select!("WHERE workspace_id = $1 AND ($2 IS NULL OR plugin_id = $2) AND removed_at IS NULL ORDER BY id");

pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    plugin: Option<&str>,
) -> Result<Vec<Authorization>> {
    query(TABLE, LIST).bind(workspace).bind(plugin).fetch_all(access, read).await
}

const FIND_BY_SUBJECT: &str = select!(
    "WHERE workspace_id = $1 AND plugin_id = $2 AND auth_method = $3 AND subject = $4 AND removed_at IS NULL
     ORDER BY id LIMIT 1"
);

/// Finds the authorization of the same login, so that a second grant updates it instead of doubling it.
pub async fn find_by_subject(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    (plugin, auth_method): (&str, &str),
    subject: &str,
) -> Result<Option<Authorization>> {
    let find = query(TABLE, FIND_BY_SUBJECT).bind(workspace).bind(plugin).bind(auth_method).bind(subject);
    find.fetch_optional(access, read).await
}

const LIST_BY_SUBJECT: &str =
    select!("WHERE workspace_id = $1 AND plugin_id = $2 AND subject = $3 AND removed_at IS NULL ORDER BY id");

/// Lists what a login granted, by whichever method.
pub async fn list_by_subject(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    plugin: &str,
    subject: &str,
) -> Result<Vec<Authorization>> {
    query(TABLE, LIST_BY_SUBJECT).bind(workspace).bind(plugin).bind(subject).fetch_all(access, read).await
}

const EXPIRING: &str =
    select!("WHERE workspace_id = $1 AND reauthorize_at <= $2 AND removed_at IS NULL ORDER BY reauthorize_at, id");

/// Lists what a person must grant again before a moment, soonest first.
pub async fn expiring(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    before: Timestamp,
) -> Result<Vec<Authorization>> {
    query(TABLE, EXPIRING).bind(workspace).bind(before).fetch_all(access, read).await
}

const SET_SUSPICION: &str = "UPDATE authorizations SET suspicion = $3 WHERE workspace_id = $1 AND id = $2";

pub async fn set_suspicion(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    suspicion: Option<&str>,
) -> Result<bool> {
    query(TABLE, SET_SUSPICION).bind(workspace).bind(id).bind(suspicion).changes_a_row(tx).await
}

const SET_INCIDENT: &str = "UPDATE authorizations SET incident_id = $3 WHERE workspace_id = $1 AND id = $2";

pub async fn set_incident(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    incident: Option<&IncidentId>,
) -> Result<bool> {
    query(TABLE, SET_INCIDENT).bind(workspace).bind(id).bind(incident).changes_a_row(tx).await
}

const REMOVE: &str = "
    UPDATE authorizations
    SET removed_at = $3, generation = generation + 1, sealed = $4, suspicion = NULL, incident_id = NULL,
        lease_owner = NULL, lease_until = NULL, intent_generation = NULL, intent_at = NULL
    WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL";

/// Wipes the secrets for good. The row stays, since connections and incidents tell its story.
pub async fn remove(tx: &mut Tx, workspace: &WorkspaceId, id: &AuthorizationId, now: Timestamp) -> Result<bool> {
    const NOTHING: &[u8] = &[];
    query(TABLE, REMOVE).bind(workspace).bind(id).bind(now).bind(NOTHING).changes_a_row(tx).await
}

pub(crate) fn read(row: &Row) -> Result<Authorization> {
    Ok(Authorization {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        plugin_id: row.get("plugin_id")?,
        auth_method: row.get("auth_method")?,
        subject: row.get("subject")?,
        label: row.get("label")?,
        config: row.get("config")?,
        granted_scopes: row.get("granted_scopes")?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        authorized_at: row.get("authorized_at")?,
        authorized_by: row.get("authorized_by")?,
        generation: row.get("generation")?,
        sealed: row.get("sealed")?,
        token_issued_at: row.get("token_issued_at")?,
        access_expires_at: row.get("access_expires_at")?,
        reauthorize_at: row.get("reauthorize_at")?,
        has_refresh_token: row.get("has_refresh_token")?,
        suspicion: row.get("suspicion")?,
        incident_id: row.get("incident_id")?,
        lease_owner: row.get("lease_owner")?,
        lease_epoch: row.get("lease_epoch")?,
        lease_until: row.get("lease_until")?,
        intent_generation: row.get("intent_generation")?,
        intent_at: row.get("intent_at")?,
        removed_at: row.get("removed_at")?,
    })
}
