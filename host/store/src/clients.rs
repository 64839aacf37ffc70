//! Clients: whom the data is about.

use relink_core::id::{ClientId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "clients";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub workspace_id: WorkspaceId,
    pub id: ClientId,
    /// Unique in the workspace.
    pub name: String,
    pub created_at: Timestamp,
}

const CREATE: &str = "INSERT INTO clients (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4)";

/// A second client of the same name is a conflict.
pub async fn create(tx: &mut Tx, client: &Client) -> Result<()> {
    let insert =
        query(TABLE, CREATE).bind(&client.workspace_id).bind(&client.id).bind(&client.name).bind(client.created_at);
    insert.execute(tx).await?;
    Ok(())
}

const LIST: &str = "
    SELECT workspace_id, id, name, created_at FROM clients WHERE workspace_id = $1 ORDER BY LOWER(name), id";

pub async fn list(access: impl Into<Access<'_>>, workspace: &WorkspaceId) -> Result<Vec<Client>> {
    query(TABLE, LIST).bind(workspace).fetch_all(access, read).await
}

const FIND: &str = "SELECT workspace_id, id, name, created_at FROM clients WHERE workspace_id = $1 AND id = $2";

pub async fn find(access: impl Into<Access<'_>>, workspace: &WorkspaceId, id: &ClientId) -> Result<Option<Client>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

const RENAME: &str = "UPDATE clients SET name = $3 WHERE workspace_id = $1 AND id = $2";

/// The name of another client is a conflict.
pub async fn rename(tx: &mut Tx, workspace: &WorkspaceId, id: &ClientId, name: &str) -> Result<bool> {
    query(TABLE, RENAME).bind(workspace).bind(id).bind(name).changes_a_row(tx).await
}

fn read(row: &Row) -> Result<Client> {
    Ok(Client {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
    })
}
