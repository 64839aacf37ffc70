//! Breakages: which authorizations their plugin last called broken. Counted over all workspaces, since a
//! plugin that is wrong is wrong for everybody.

use relink_core::decide::{Breakage, Reports};
use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "breakages";

const NOTE: &str = "
    INSERT INTO breakages (workspace_id, authorization_id, plugin_id, seen_at, is_released)
    VALUES ($1, $2, $3, $4, FALSE)
    ON CONFLICT (workspace_id, authorization_id) DO UPDATE SET seen_at = excluded.seen_at
    RETURNING held_since, is_released";

/// Notes that the plugin called an authorization broken, and says what was known of that before.
pub async fn note(
    tx: &mut Tx,
    (workspace, authorization): (&WorkspaceId, &AuthorizationId),
    plugin: &str,
    seen_at: Timestamp,
) -> Result<Breakage> {
    let note = query(TABLE, NOTE).bind(workspace).bind(authorization).bind(plugin).bind(seen_at);
    Ok(note.fetch_optional(tx, read).await?.unwrap_or_default())
}

const FIND: &str = "SELECT held_since, is_released FROM breakages WHERE workspace_id = $1 AND authorization_id = $2";

pub async fn find(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
) -> Result<Option<Breakage>> {
    query(TABLE, FIND).bind(workspace).bind(authorization).fetch_optional(access, read).await
}

const SET_HELD: &str = "UPDATE breakages SET held_since = $3 WHERE workspace_id = $1 AND authorization_id = $2";

/// Notes since when people are not told of it, or that they now are.
pub async fn set_held(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    since: Option<Timestamp>,
) -> Result<bool> {
    query(TABLE, SET_HELD).bind(workspace).bind(authorization).bind(since).changes_a_row(tx).await
}

const FORGET: &str = "DELETE FROM breakages WHERE workspace_id = $1 AND authorization_id = $2";

/// A fetch, a person or the provider itself has said otherwise.
pub async fn forget(tx: &mut Tx, workspace: &WorkspaceId, authorization: &AuthorizationId) -> Result<bool> {
    query(TABLE, FORGET).bind(workspace).bind(authorization).changes_a_row(tx).await
}

const RELEASE: &str = "
    UPDATE breakages SET held_since = NULL, is_released = $2 WHERE plugin_id = $1 AND held_since IS NOT NULL";

/// Ends the holding back of all that a plugin called broken, in every workspace; says how many. What is released
/// for good is not held back again, and no longer counts.
pub async fn release(tx: &mut Tx, plugin: &str, for_good: ForGood) -> Result<u64> {
    query(TABLE, RELEASE).bind(plugin).bind(for_good == ForGood::Yes).execute(tx).await
}

/// Whether the wave is over, or only another version of the plugin has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForGood {
    Yes,
    No,
}

/// Each authorization that reported since $2 counts once, by its last outcome. What nobody syncs any more does not.
const REPORTS: &str = "
    SELECT COUNT(*) AS reporting, COUNT(*) FILTER (WHERE is_failing = 1) AS failing
    FROM (
        SELECT is_failing FROM (
            SELECT 1 AS is_failing, b.seen_at AS reported_at
            FROM breakages b
            WHERE b.plugin_id = $1 AND b.seen_at >= $2 AND NOT b.is_released
              AND EXISTS (SELECT c.id FROM connections c
                          WHERE c.workspace_id = b.workspace_id AND c.authorization_id = b.authorization_id
                            AND c.state = 'active')
            UNION ALL
            SELECT 0, MAX(c.last_success_at)
            FROM connections c
            WHERE c.plugin_id = $1 AND c.last_success_at >= $2 AND c.state = 'active'
              AND NOT EXISTS (SELECT b.authorization_id FROM breakages b
                              WHERE b.workspace_id = c.workspace_id AND b.authorization_id = c.authorization_id
                                AND b.seen_at >= $2)
            GROUP BY c.workspace_id, c.authorization_id
        ) AS outcomes
        ORDER BY reported_at DESC LIMIT $3
    ) AS latest";

/// Counts the last `most` authorizations of a plugin, of every workspace, that reported since a moment.
pub async fn reports(access: impl Into<Access<'_>>, plugin: &str, since: Timestamp, most: u32) -> Result<Reports> {
    let count = query(TABLE, REPORTS).bind(plugin).bind(since).bind(i64::from(most));
    let counted = count.fetch_optional(access, |row| {
        let number = |name| row.get::<i64>(name).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Ok(Reports { reporting: number("reporting")?, failing: number("failing")? })
    });
    Ok(counted.await?.unwrap_or_default())
}

const COUNT_HELD: &str = "SELECT COUNT(*) AS held FROM breakages WHERE plugin_id = $1 AND held_since IS NOT NULL";

/// How many authorizations of a plugin are held back, in every workspace.
pub async fn count_held(access: impl Into<Access<'_>>, plugin: &str) -> Result<i64> {
    let held = query(TABLE, COUNT_HELD).bind(plugin).fetch_optional(access, |row| row.get("held")).await?;
    Ok(held.unwrap_or(0))
}

fn read(row: &Row) -> Result<Breakage> {
    Ok(Breakage { held_since: row.get("held_since")?, is_released: row.get("is_released")? })
}
