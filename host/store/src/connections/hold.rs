//! Holding back: connections that would be broken, were not too many others called broken at the same time.
//! They are marked by why they are delayed, so that nothing else has to remember them.

use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::time::Timestamp;

use super::TABLE;
use crate::db::Tx;
use crate::error::Result;
use crate::query::query;

/// The delay reason of what is held back; it stands in the statements below, and in an index.
pub const HELD_BACK: &str = "held-back";

const HOLD_BY_AUTHORIZATION: &str = "
    UPDATE connections
    SET delayed_since = CASE WHEN delay_reason IS NULL THEN $3 ELSE delayed_since END, delay_reason = 'held-back',
        next_due_at = $4
    WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped' AND incident_id IS NULL";

/// Holds back every connection of an authorization; says how many.
pub async fn hold_by_authorization(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    (now, next_due_at): (Timestamp, Timestamp),
) -> Result<u64> {
    let hold = query(TABLE, HOLD_BY_AUTHORIZATION).bind(workspace).bind(authorization);
    hold.bind(now).bind(next_due_at).execute(tx).await
}

const UNHOLD_BY_AUTHORIZATION: &str = "
    UPDATE connections SET delay_reason = NULL, delayed_since = NULL, next_due_at = $3
    WHERE workspace_id = $1 AND authorization_id = $2 AND delay_reason = 'held-back'";

/// The authorization works after all: what was held back for it is due at `now`.
pub async fn unhold_by_authorization(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    now: Timestamp,
) -> Result<u64> {
    query(TABLE, UNHOLD_BY_AUTHORIZATION).bind(workspace).bind(authorization).bind(now).execute(tx).await
}

const PROBE_HELD: &str = "
    UPDATE connections SET next_due_at = $2
    WHERE (workspace_id, id) IN (
        SELECT workspace_id, id FROM connections
        WHERE plugin_id = $1 AND delay_reason = 'held-back' AND state = 'active' AND incident_id IS NULL
          AND next_due_at > $2
        ORDER BY next_due_at, id LIMIT $3)";

/// Makes the next of what is held back for a plugin due at `now`, in whichever workspace; says how many.
pub async fn probe_held(tx: &mut Tx, plugin: &str, now: Timestamp, most: u32) -> Result<u64> {
    query(TABLE, PROBE_HELD).bind(plugin).bind(now).bind(i64::from(most)).execute(tx).await
}

const PROBE_ALL_HELD: &str = "
    UPDATE connections SET next_due_at = $2
    WHERE plugin_id = $1 AND delay_reason = 'held-back' AND state = 'active' AND incident_id IS NULL
      AND next_due_at > $2";

/// Makes everything that is held back for a plugin due at `now`, in every workspace; says how many.
pub async fn probe_all_held(tx: &mut Tx, plugin: &str, now: Timestamp) -> Result<u64> {
    query(TABLE, PROBE_ALL_HELD).bind(plugin).bind(now).execute(tx).await
}
