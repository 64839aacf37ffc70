//! The audit trail: who did what to what. Lines are added and never changed.

use relink_core::id::{AuditId, UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::page::{Cursor, Page, rows_to_fetch};
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "audit";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    pub workspace_id: WorkspaceId,
    pub id: AuditId,
    pub at: Timestamp,
    /// None if Relink did it by itself.
    pub user_id: Option<UserId>,
    /// Such as `connection.paused`.
    pub action: String,
    /// The id of what it was done to.
    pub target: String,
    pub detail: Option<String>,
}

const ADD: &str = "
    INSERT INTO audit (workspace_id, id, at, user_id, action, target, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)";

pub async fn add(tx: &mut Tx, line: &AuditLine) -> Result<()> {
    let insert = query(TABLE, ADD)
        .bind(&line.workspace_id)
        .bind(&line.id)
        .bind(line.at)
        .bind(line.user_id.as_ref())
        .bind(&line.action)
        .bind(&line.target)
        .bind(line.detail.as_deref());
    insert.execute(tx).await?;
    Ok(())
}

const LIST: &str = "
    SELECT workspace_id, id, at, user_id, action, target, detail FROM audit
    WHERE workspace_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

/// Newest first.
pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<AuditLine>> {
    let list = query(TABLE, LIST).bind(workspace).bind(after.map(|cursor| &cursor.id)).bind(rows_to_fetch(limit));
    let lines = list.fetch_all(access, read).await?;
    Ok(Page::of(lines, limit, |line| Cursor::at_id(&line.id)))
}

fn read(row: &Row) -> Result<AuditLine> {
    Ok(AuditLine {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        at: row.get("at")?,
        user_id: row.get("user_id")?,
        action: row.get("action")?,
        target: row.get("target")?,
        detail: row.get("detail")?,
    })
}
