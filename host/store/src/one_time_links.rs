//! Links that can be used once, such as the one that lets the operator create the first owner.

use relink_core::id::WorkspaceId;
use relink_core::time::Timestamp;

use crate::code::code_enum;
use crate::db::Tx;
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "one_time_links";

code_enum! {
    /// What a link is good for.
    Purpose {
        CreateOwner = "create-owner",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLink {
    pub token_hash: Vec<u8>,
    pub workspace_id: WorkspaceId,
    pub purpose: Purpose,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

const CREATE: &str = "
    INSERT INTO one_time_links (token_hash, workspace_id, purpose, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)";

pub async fn create(tx: &mut Tx, link: &OneTimeLink) -> Result<()> {
    let insert = query(TABLE, CREATE)
        .bind(&link.token_hash)
        .bind(&link.workspace_id)
        .bind(link.purpose)
        .bind(link.created_at)
        .bind(link.expires_at);
    insert.execute(tx).await?;
    Ok(())
}

const CONSUME: &str = "
    UPDATE one_time_links SET used_at = $2
    WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
    RETURNING token_hash, workspace_id, purpose, created_at, expires_at";

/// Uses a link up. Of several who try at the same time, one gets it.
pub async fn consume(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<OneTimeLink>> {
    query(TABLE, CONSUME).bind(token_hash).bind(now).fetch_optional(tx, read).await
}

const FORGET: &str = "DELETE FROM one_time_links WHERE expires_at < $1";

/// Forgets links of all workspaces that had run out before a moment; says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    query(TABLE, FORGET).bind(before).execute(tx).await
}

fn read(row: &Row) -> Result<OneTimeLink> {
    Ok(OneTimeLink {
        token_hash: row.get("token_hash")?,
        workspace_id: row.get("workspace_id")?,
        purpose: row.get("purpose")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}
