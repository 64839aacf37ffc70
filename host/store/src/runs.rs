//! Runs: the newest sync attempts of each connection, for people who want to see what happened.

use relink_core::id::{ConnectionId, RunId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::page::{Cursor, Page, rows_to_fetch};
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "runs";

/// So many runs of each connection are kept.
pub const KEPT_RUNS: i64 = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub workspace_id: WorkspaceId,
    pub id: RunId,
    pub connection_id: ConnectionId,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub outcome: String,
    pub reason: Option<String>,
    pub code: Option<String>,
    pub row_count: i64,
    pub message: Option<String>,
}

const ADD: &str = "
    INSERT INTO runs
        (workspace_id, id, connection_id, started_at, finished_at, outcome, reason, code, row_count, message)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const TRIM: &str = "
    DELETE FROM runs
    WHERE workspace_id = $1 AND connection_id = $2 AND id <= (
        SELECT id FROM runs WHERE workspace_id = $1 AND connection_id = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)";

/// Adds a run and forgets those of its connection that are too many.
pub async fn add(tx: &mut Tx, run: &Run) -> Result<()> {
    let insert = query(TABLE, ADD)
        .bind(&run.workspace_id)
        .bind(&run.id)
        .bind(&run.connection_id)
        .bind(run.started_at)
        .bind(run.finished_at)
        .bind(&run.outcome)
        .bind(run.reason.as_deref())
        .bind(run.code.as_deref())
        .bind(run.row_count)
        .bind(run.message.as_deref());
    insert.execute(tx).await?;
    query(TABLE, TRIM).bind(&run.workspace_id).bind(&run.connection_id).bind(KEPT_RUNS).execute(tx).await?;
    Ok(())
}

const LIST: &str = "
    SELECT workspace_id, id, connection_id, started_at, finished_at, outcome, reason, code, row_count, message
    FROM runs WHERE workspace_id = $1 AND connection_id = $2 AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4";

/// Newest first.
pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Run>> {
    let list = query(TABLE, LIST).bind(workspace).bind(connection).bind(after.map(|cursor| &cursor.id));
    let runs = list.bind(rows_to_fetch(limit)).fetch_all(access, read).await?;
    Ok(Page::of(runs, limit, |run| Cursor::at_id(&run.id)))
}

fn read(row: &Row) -> Result<Run> {
    Ok(Run {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        connection_id: row.get("connection_id")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        outcome: row.get("outcome")?,
        reason: row.get("reason")?,
        code: row.get("code")?,
        row_count: row.get("row_count")?,
        message: row.get("message")?,
    })
}
