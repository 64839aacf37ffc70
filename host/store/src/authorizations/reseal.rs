//! Moves secrets from an old sealing key to the first one, so that the old key can be taken away.

use relink_core::id::{AuthorizationId, WorkspaceId};

use super::{TABLE, sealed_place};
use crate::db::Db;
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::seal::{SealError, Sealer};

struct OldSecrets {
    workspace_id: WorkspaceId,
    id: AuthorizationId,
    generation: i64,
    sealed: Vec<u8>,
}

const SEALED_OTHERWISE: &str = "
    SELECT workspace_id, id, generation, sealed FROM authorizations
    WHERE removed_at IS NULL AND SUBSTR(sealed, 1, CAST($1 AS INTEGER)) <> $2 ORDER BY workspace_id, id LIMIT $3";

/// Only if it is still what was read: new tokens are sealed with the first key anyway.
const REPLACE: &str = "
    UPDATE authorizations SET sealed = $5 WHERE workspace_id = $1 AND id = $2 AND generation = $3 AND sealed = $4";

/// Seals up to `limit` authorizations of all workspaces again, and says how many there were; call it until it is 0.
pub async fn reseal(db: &Db, sealer: &Sealer, limit: usize) -> Result<usize, SealError> {
    let header = sealer.current_header()?;
    let list = query(TABLE, SEALED_OTHERWISE).bind(header.len() as i64).bind(&header).bind(limit as i64);
    let found = list.fetch_all(db, read).await?;
    if found.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    for old in &found {
        let place = sealed_place(&old.workspace_id, &old.id, old.generation);
        let new = sealer.seal(&place, &sealer.open(&place, &old.sealed)?)?;
        let replace = query(TABLE, REPLACE).bind(&old.workspace_id).bind(&old.id).bind(old.generation);
        replace.bind(&old.sealed).bind(&new).execute(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(found.len())
}

fn read(row: &Row) -> Result<OldSecrets> {
    Ok(OldSecrets {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        generation: row.get("generation")?,
        sealed: row.get("sealed")?,
    })
}
