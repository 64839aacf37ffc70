//! Named values of the whole installation, which belong to no workspace.

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;

const TABLE: &str = "meta";

const FIND: &str = "SELECT value FROM meta WHERE name = $1";

pub async fn find(access: impl Into<Access<'_>>, name: &str) -> Result<Option<Vec<u8>>> {
    query(TABLE, FIND).bind(name).fetch_optional(access, |row| row.get("value")).await
}

const ADD: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/// Writes a value unless there is one already; says whether it did.
pub async fn add(tx: &mut Tx, name: &str, value: &[u8]) -> Result<bool> {
    query(TABLE, ADD).bind(name).bind(value).changes_a_row(tx).await
}

const SET: &str = "
    INSERT INTO meta (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub async fn set(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    query(TABLE, SET).bind(name).bind(value).execute(tx).await?;
    Ok(())
}
