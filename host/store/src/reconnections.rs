//! Reconnections: attempts of people to repair or make an authorization, from the button to the result.

use relink_core::id::{AuthorizationId, ClientId, ReconnectionId, UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::code::code_enum;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::seal::Place;

const TABLE: &str = "reconnections";

code_enum! {
    ReconnectionStatus {
        /// The browser was sent to the provider.
        Started = "started",
        /// The provider sent it back, once.
        Exchanging = "exchanging",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconnection {
    pub workspace_id: WorkspaceId,
    pub id: ReconnectionId,
    /// None if a new authorization is to be made.
    pub authorization_id: Option<AuthorizationId>,
    pub plugin_id: String,
    pub auth_method: String,
    /// For whom a new connection is wanted.
    pub client_id: Option<ClientId>,
    pub user_id: UserId,
    /// Only the browser session that began it may end it.
    pub session_hash: Vec<u8>,
    pub state_hash: Vec<u8>,
    /// What must stay secret until the end, sealed for [`sealed_place`]; empty afterwards.
    pub sealed: Vec<u8>,
    pub redirect_uri: String,
    pub return_to: String,
    /// JSON of the plugin's settings, as far as they are known before the provider answers.
    pub config: String,
    pub status: ReconnectionStatus,
    pub outcome: Option<String>,
    pub message: Option<String>,
    /// JSON of what came of it.
    pub result: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// Where the secrets of a reconnection are sealed for.
pub fn sealed_place(workspace: &WorkspaceId, id: &ReconnectionId) -> Place {
    Place::new(workspace, TABLE, id.as_str(), "sealed")
}

#[derive(Clone, Debug)]
pub struct NewReconnection {
    pub workspace_id: WorkspaceId,
    pub id: ReconnectionId,
    pub authorization_id: Option<AuthorizationId>,
    pub plugin_id: String,
    pub auth_method: String,
    pub client_id: Option<ClientId>,
    pub user_id: UserId,
    pub session_hash: Vec<u8>,
    pub state_hash: Vec<u8>,
    pub sealed: Vec<u8>,
    pub redirect_uri: String,
    pub return_to: String,
    pub config: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const CREATE: &str = "
    INSERT INTO reconnections
        (workspace_id, id, authorization_id, plugin_id, auth_method, client_id, user_id, session_hash, state_hash,
         sealed, redirect_uri, return_to, config, created_at, expires_at, status)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'started')";

pub async fn create(tx: &mut Tx, new: &NewReconnection) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&new.workspace_id)
        .bind(&new.id)
        .bind(new.authorization_id.as_ref())
        .bind(&new.plugin_id)
        .bind(&new.auth_method)
        .bind(new.client_id.as_ref())
        .bind(&new.user_id)
        .bind(&new.session_hash)
        .bind(&new.state_hash)
        .bind(&new.sealed)
        .bind(&new.redirect_uri)
        .bind(&new.return_to)
        .bind(&new.config)
        .bind(new.created_at)
        .bind(new.expires_at);
    insert.execute(tx).await?;
    Ok(())
}

macro_rules! columns {
    () => {
        "workspace_id, id, authorization_id, plugin_id, auth_method, client_id, user_id, session_hash, state_hash,
         sealed, redirect_uri, return_to, config, status, outcome, message, result, created_at, expires_at, finished_at"
    };
}

const TAKE_BY_STATE: &str = concat!(
    "UPDATE reconnections SET status = 'exchanging'
     WHERE state_hash = $1 AND status = 'started' AND expires_at > $2
     RETURNING ",
    columns!()
);

/// Takes the reconnection that a callback belongs to; a callback that comes again gets nothing.
///
/// The workspace follows from the state, which only the provider and the browser know.
pub async fn take_by_state(tx: &mut Tx, state_hash: &[u8], now: Timestamp) -> Result<Option<Reconnection>> {
    query(TABLE, TAKE_BY_STATE).bind(state_hash).bind(now).fetch_optional(tx, read).await
}

const FIND_BY_STATE: &str = concat!("SELECT ", columns!(), " FROM reconnections WHERE state_hash = $1");

/// Finds it without taking it, to check who calls back, or to say why it cannot be taken.
pub async fn find_by_state(access: impl Into<Access<'_>>, state_hash: &[u8]) -> Result<Option<Reconnection>> {
    query(TABLE, FIND_BY_STATE).bind(state_hash).fetch_optional(access, read).await
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM reconnections WHERE workspace_id = $1 AND id = $2");

pub async fn find(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    id: &ReconnectionId,
) -> Result<Option<Reconnection>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

const OPEN_FOR_AUTHORIZATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM reconnections
     WHERE workspace_id = $1 AND authorization_id = $2 AND status IN ('started', 'exchanging') AND expires_at > $3
     ORDER BY id"
);

/// Lists attempts that are under way, oldest first.
pub async fn open_for_authorization(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    now: Timestamp,
) -> Result<Vec<Reconnection>> {
    query(TABLE, OPEN_FOR_AUTHORIZATION).bind(workspace).bind(authorization).bind(now).fetch_all(access, read).await
}

/// How a reconnection ended.
#[derive(Clone, Debug)]
pub struct Finish {
    pub status: ReconnectionStatus,
    pub outcome: String,
    pub message: Option<String>,
    /// JSON of what came of it.
    pub result: Option<String>,
    /// The authorization that was repaired or made; none keeps what is known.
    pub authorization_id: Option<AuthorizationId>,
    pub finished_at: Timestamp,
}

const FORGET: &str = "DELETE FROM reconnections WHERE expires_at < $1";

/// Forgets flows of all workspaces that had ended before a moment, and the secrets of those that nobody finished;
/// says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    query(TABLE, FORGET).bind(before).execute(tx).await
}

const FINISH: &str = "
    UPDATE reconnections
    SET status = $3, outcome = $4, message = $5, result = $6, authorization_id = COALESCE($7, authorization_id),
        finished_at = $8, sealed = $9
    WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL";

/// Ends a reconnection and wipes its secrets; false if it had ended already.
pub async fn finish(tx: &mut Tx, workspace: &WorkspaceId, id: &ReconnectionId, finish: &Finish) -> Result<bool> {
    const NOTHING: &[u8] = &[];
    let write = query(TABLE, FINISH)
        .bind(workspace)
        .bind(id)
        .bind(finish.status)
        .bind(&finish.outcome)
        .bind(finish.message.as_deref())
        .bind(finish.result.as_deref())
        .bind(finish.authorization_id.as_ref())
        .bind(finish.finished_at)
        .bind(NOTHING);
    write.changes_a_row(tx).await
}

fn read(row: &Row) -> Result<Reconnection> {
    Ok(Reconnection {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        authorization_id: row.get("authorization_id")?,
        plugin_id: row.get("plugin_id")?,
        auth_method: row.get("auth_method")?,
        client_id: row.get("client_id")?,
        user_id: row.get("user_id")?,
        session_hash: row.get("session_hash")?,
        state_hash: row.get("state_hash")?,
        sealed: row.get("sealed")?,
        redirect_uri: row.get("redirect_uri")?,
        return_to: row.get("return_to")?,
        config: row.get("config")?,
        status: row.get("status")?,
        outcome: row.get("outcome")?,
        message: row.get("message")?,
        result: row.get("result")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        finished_at: row.get("finished_at")?,
    })
}
