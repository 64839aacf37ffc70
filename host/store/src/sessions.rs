//! Sessions: browsers that have signed in. Only the hash of the cookie's token is kept.

use relink_core::id::{UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::users::{self, User};

const TABLE: &str = "sessions";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub csrf_token: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const CREATE: &str = "
    INSERT INTO sessions (token_hash, workspace_id, user_id, csrf_token, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

pub async fn create(tx: &mut Tx, session: &Session) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&session.token_hash)
        .bind(&session.workspace_id)
        .bind(&session.user_id)
        .bind(&session.csrf_token)
        .bind(session.created_at)
        .bind(session.expires_at);
    insert.execute(tx).await?;
    Ok(())
}

const FIND: &str = "
    SELECT s.token_hash, s.csrf_token, s.created_at AS session_created_at, s.expires_at,
           u.workspace_id, u.id, u.email, u.name, u.role, u.password_hash, u.all_clients, u.is_operator,
           u.created_at, u.deactivated_at
    FROM sessions s JOIN users u ON u.workspace_id = s.workspace_id AND u.id = s.user_id
    WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.deactivated_at IS NULL";

/// Finds who is signed in; the workspace follows from the session.
pub async fn find(access: impl Into<Access<'_>>, token_hash: &[u8], now: Timestamp) -> Result<Option<(Session, User)>> {
    let found = query(TABLE, FIND).bind(token_hash).bind(now);
    let read = |row: &_| {
        let user = users::read(row)?;
        let session = Session {
            token_hash: row.get("token_hash")?,
            workspace_id: user.workspace_id.clone(),
            user_id: user.id.clone(),
            csrf_token: row.get("csrf_token")?,
            created_at: row.get("session_created_at")?,
            expires_at: row.get("expires_at")?,
        };
        Ok((session, user))
    };
    found.fetch_optional(access, read).await
}

const DELETE: &str = "DELETE FROM sessions WHERE token_hash = $1";

pub async fn delete(tx: &mut Tx, token_hash: &[u8]) -> Result<bool> {
    query(TABLE, DELETE).bind(token_hash).changes_a_row(tx).await
}

const DELETE_FOR_USER: &str = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2";

/// Signs the person out everywhere; says how many sessions there were.
pub async fn delete_for_user(tx: &mut Tx, workspace: &WorkspaceId, user: &UserId) -> Result<u64> {
    query(TABLE, DELETE_FOR_USER).bind(workspace).bind(user).execute(tx).await
}

const PURGE: &str = "DELETE FROM sessions WHERE expires_at <= $1";

/// Removes what has expired, in all workspaces.
pub async fn purge(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    query(TABLE, PURGE).bind(now).execute(tx).await
}
