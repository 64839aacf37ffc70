//! The lease that lets one process at a time refresh the tokens of an authorization, and the intent
//! that is written before the request, so that a crash in between is noticed.

use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::time::Timestamp;

use super::{Authorization, TABLE, read, select};
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::lease::Lease;
use crate::query::query;

/// What a holder of the lease must still be right about to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    pub epoch: i64,
    pub generation: i64,
}

const TAKE: &str = "
    UPDATE authorizations SET lease_owner = $3, lease_epoch = lease_epoch + 1, lease_until = $5
    WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL AND (lease_until IS NULL OR lease_until <= $4)
    RETURNING lease_epoch";

/// Takes the lease if nobody holds it, and says its epoch.
pub async fn take_lease(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    lease: &Lease<'_>,
) -> Result<Option<i64>> {
    let take = query(TABLE, TAKE).bind(workspace).bind(id).bind(lease.owner).bind(lease.now).bind(lease.until);
    take.fetch_optional(tx, |row| row.get("lease_epoch")).await
}

const RECORD_INTENT: &str = "
    UPDATE authorizations SET intent_generation = generation, intent_at = $5
    WHERE workspace_id = $1 AND id = $2 AND lease_epoch = $3 AND generation = $4 AND lease_owner IS NOT NULL
      AND removed_at IS NULL";

/// Notes that the refresh is about to be sent; false means that the lease or the tokens are no longer ours.
pub async fn record_intent(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    fence: Fence,
    now: Timestamp,
) -> Result<bool> {
    let write = query(TABLE, RECORD_INTENT).bind(workspace).bind(id).bind(fence.epoch).bind(fence.generation).bind(now);
    write.changes_a_row(tx).await
}

const RELEASE: &str = "
    UPDATE authorizations SET lease_owner = NULL, lease_until = NULL, intent_generation = NULL, intent_at = NULL
    WHERE workspace_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_owner IS NOT NULL";

/// Ends the lease, and the intent with it: the holder knows how its request ended.
pub async fn release_lease(tx: &mut Tx, workspace: &WorkspaceId, id: &AuthorizationId, epoch: i64) -> Result<bool> {
    query(TABLE, RELEASE).bind(workspace).bind(id).bind(epoch).changes_a_row(tx).await
}

const LEAVE_INTENT: &str = "
    UPDATE authorizations SET lease_owner = NULL, lease_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_owner IS NOT NULL";

/// Ends the lease and leaves the intent for whoever looks for orphans: the answer was lost.
pub async fn leave_intent(tx: &mut Tx, workspace: &WorkspaceId, id: &AuthorizationId, epoch: i64) -> Result<bool> {
    query(TABLE, LEAVE_INTENT).bind(workspace).bind(id).bind(epoch).changes_a_row(tx).await
}

const ORPHAN_INTENTS: &str = select!(
    "WHERE intent_at IS NOT NULL AND removed_at IS NULL AND (lease_until IS NULL OR lease_until <= $1)
     ORDER BY intent_at, id"
);

/// Lists intents that nobody works on any more, of all workspaces, oldest first.
pub async fn orphan_intents(access: impl Into<Access<'_>>, now: Timestamp) -> Result<Vec<Authorization>> {
    query(TABLE, ORPHAN_INTENTS).bind(now).fetch_all(access, read).await
}

const RELEASE_ALL_OF: &str = "
    UPDATE authorizations SET lease_owner = NULL, lease_until = NULL, lease_epoch = lease_epoch + 1
    WHERE lease_owner = $1";

/// Ends every lease of a process that is gone; its intents stay and are found as orphans.
pub async fn release_leases_of(tx: &mut Tx, owner: &str) -> Result<u64> {
    query(TABLE, RELEASE_ALL_OF).bind(owner).execute(tx).await
}
