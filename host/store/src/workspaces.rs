//! Workspaces: the tenants. The only table besides `meta` that is not part of a workspace itself.

use relink_core::id::WorkspaceId;
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "workspaces";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    pub created_at: Timestamp,
}

const CREATE: &str = "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)";

pub async fn create(tx: &mut Tx, workspace: &Workspace) -> Result<()> {
    let insert = query(TABLE, CREATE).bind(&workspace.id).bind(&workspace.name).bind(workspace.created_at);
    insert.execute(tx).await?;
    Ok(())
}

const LIST: &str = "SELECT id, name, created_at FROM workspaces ORDER BY id";

pub async fn list(access: impl Into<Access<'_>>) -> Result<Vec<Workspace>> {
    query(TABLE, LIST).fetch_all(access, read).await
}

const FIND: &str = "SELECT id, name, created_at FROM workspaces WHERE id = $1";

pub async fn find(access: impl Into<Access<'_>>, id: &WorkspaceId) -> Result<Option<Workspace>> {
    query(TABLE, FIND).bind(id).fetch_optional(access, read).await
}

fn read(row: &Row) -> Result<Workspace> {
    Ok(Workspace { id: row.get("id")?, name: row.get("name")?, created_at: row.get("created_at")? })
}
