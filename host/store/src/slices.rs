//! Slices in flight: how far each window of data has come, so that a sync goes on after a restart.

use relink_core::id::{ConnectionId, WorkspaceId};
use relink_core::plugin::Window;
use relink_core::time::{Day, Timestamp};

use crate::dataset::Dataset;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::{Row, WholeOrDay};

const TABLE: &str = "slices";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub dataset: String,
    /// The first and the last day; none for a dataset that is fetched as a whole.
    pub since: Option<Day>,
    pub until: Option<Day>,
    pub plugin_version: String,
    pub plugin_state: Vec<u8>,
    /// JSON of what the host was about to do for the plugin.
    pub pending: String,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Slice {
    pub fn window(&self) -> Option<Window> {
        Some(Window { since: self.since?, until: self.until? })
    }
}

const SAVE: &str = "
    INSERT INTO slices
        (workspace_id, connection_id, dataset, since, until, plugin_version, plugin_state, pending, started_at,
         updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (workspace_id, connection_id, dataset, since) DO UPDATE
    SET until = excluded.until, plugin_version = excluded.plugin_version, plugin_state = excluded.plugin_state,
        pending = excluded.pending, started_at = excluded.started_at, updated_at = excluded.updated_at";

/// Writes how far a slice has come; the one with the same first day is replaced.
pub async fn save(tx: &mut Tx, workspace: &WorkspaceId, connection: &ConnectionId, slice: &Slice) -> Result<()> {
    let write = query(TABLE, SAVE)
        .bind(workspace)
        .bind(connection)
        .bind(&slice.dataset)
        .bind(WholeOrDay(slice.since))
        .bind(WholeOrDay(slice.until))
        .bind(&slice.plugin_version)
        .bind(&slice.plugin_state)
        .bind(&slice.pending)
        .bind(slice.started_at)
        .bind(slice.updated_at);
    write.execute(tx).await?;
    Ok(())
}

const LIST_OF_CONNECTION: &str = "
    SELECT dataset, since, until, plugin_version, plugin_state, pending, started_at, updated_at FROM slices
    WHERE workspace_id = $1 AND connection_id = $2 ORDER BY started_at, dataset, since";

/// Oldest first.
pub async fn list_of_connection(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
) -> Result<Vec<Slice>> {
    query(TABLE, LIST_OF_CONNECTION).bind(workspace).bind(connection).fetch_all(access, read).await
}

const DELETE: &str = "
    DELETE FROM slices WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3 AND since = $4";

/// Forgets a slice that is done or given up.
pub async fn delete(tx: &mut Tx, dataset: Dataset<'_>, since: Option<Day>) -> Result<bool> {
    let delete = query(TABLE, DELETE).bind(dataset.workspace_id).bind(dataset.connection_id).bind(dataset.name);
    delete.bind(WholeOrDay(since)).changes_a_row(tx).await
}

fn read(row: &Row) -> Result<Slice> {
    Ok(Slice {
        dataset: row.get("dataset")?,
        since: row.get::<WholeOrDay>("since")?.0,
        until: row.get::<WholeOrDay>("until")?.0,
        plugin_version: row.get("plugin_version")?,
        plugin_state: row.get("plugin_state")?,
        pending: row.get("pending")?,
        started_at: row.get("started_at")?,
        updated_at: row.get("updated_at")?,
    })
}
