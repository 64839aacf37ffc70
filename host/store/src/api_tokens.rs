//! API tokens: bearer tokens that act for the person who made them. Only their hash is kept.

use relink_core::id::{ApiTokenId, UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Db, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::users::{self, User};

const TABLE: &str = "api_tokens";

/// The time of last use is not written more often, since each call would be a write otherwise.
const TOUCH_AFTER_MS: i64 = 60_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub workspace_id: WorkspaceId,
    pub id: ApiTokenId,
    pub user_id: UserId,
    pub name: String,
    pub token_hash: Vec<u8>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

const CREATE: &str = "
    INSERT INTO api_tokens (workspace_id, id, user_id, name, token_hash, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds a token that was neither used nor revoked.
pub async fn create(tx: &mut Tx, token: &ApiToken) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&token.workspace_id)
        .bind(&token.id)
        .bind(&token.user_id)
        .bind(&token.name)
        .bind(&token.token_hash)
        .bind(token.created_at);
    insert.execute(tx).await?;
    Ok(())
}

const FIND_BY_HASH: &str = "
    SELECT workspace_id, id, user_id, name, token_hash, created_at, last_used_at, revoked_at
    FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL";

/// Finds who calls, and notes that the token was used; the workspace follows from the token.
pub async fn find_by_hash(db: &Db, token_hash: &[u8], now: Timestamp) -> Result<Option<(ApiToken, User)>> {
    let Some(token) = query(TABLE, FIND_BY_HASH).bind(token_hash).fetch_optional(db, read).await? else {
        return Ok(None);
    };
    let user = users::find(db, &token.workspace_id, &token.user_id).await?;
    let Some(user) = user.filter(|user| user.deactivated_at.is_none()) else {
        return Ok(None);
    };
    if token.last_used_at.is_none_or(|last| now.since_ms(last) >= TOUCH_AFTER_MS) {
        touch(db, &token, now).await?;
    }
    Ok(Some((token, user)))
}

const TOUCH: &str = "UPDATE api_tokens SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2";

async fn touch(db: &Db, token: &ApiToken, now: Timestamp) -> Result<()> {
    let mut tx = db.begin().await?;
    query(TABLE, TOUCH).bind(&token.workspace_id).bind(&token.id).bind(now).execute(&mut tx).await?;
    tx.commit().await
}

const LIST: &str = "
    SELECT workspace_id, id, user_id, name, token_hash, created_at, last_used_at, revoked_at
    FROM api_tokens WHERE workspace_id = $1 AND revoked_at IS NULL ORDER BY id";

pub async fn list(access: impl Into<Access<'_>>, workspace: &WorkspaceId) -> Result<Vec<ApiToken>> {
    query(TABLE, LIST).bind(workspace).fetch_all(access, read).await
}

const REVOKE: &str = "
    UPDATE api_tokens SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL";

pub async fn revoke(tx: &mut Tx, workspace: &WorkspaceId, id: &ApiTokenId, now: Timestamp) -> Result<bool> {
    query(TABLE, REVOKE).bind(workspace).bind(id).bind(now).changes_a_row(tx).await
}

fn read(row: &Row) -> Result<ApiToken> {
    Ok(ApiToken {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        name: row.get("name")?,
        token_hash: row.get("token_hash")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
        revoked_at: row.get("revoked_at")?,
    })
}
