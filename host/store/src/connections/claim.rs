//! Claims: a connection that is due belongs to one run at a time, and only that run writes its outcome.
//!
//! Each claim counts the epoch up. Whatever takes the connection away from a run (an expired claim,
//! a stop, a healing) counts it up too, so the late outcome of that run changes nothing.

use relink_core::id::{AuthorizationId, ConnectionId, WorkspaceId};
use relink_core::time::Timestamp;

use super::{Connection, TABLE, columns, read};
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::lease::Lease;
use crate::query::query;

/// The only writer sees every claim that was made before.
const CLAIM_DUE_SQLITE: &str = concat!(
    "UPDATE connections
     SET claimed_by = $1, claimed_until = $3, claim_epoch = claim_epoch + 1,
         pass_started_at = COALESCE(pass_started_at, $2)
     WHERE (workspace_id, id) IN (
         SELECT workspace_id, id FROM connections
         WHERE state = 'active' AND next_due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
         ORDER BY next_due_at LIMIT $4)
     RETURNING ",
    columns!()
);

/// Several claimers pass each other: each takes rows that no other one is just taking.
const CLAIM_DUE_POSTGRES: &str = concat!(
    "WITH due AS MATERIALIZED (
         SELECT workspace_id, id FROM connections
         WHERE state = 'active' AND next_due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2)
         ORDER BY next_due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
     UPDATE connections
     SET claimed_by = $1, claimed_until = $3, claim_epoch = claim_epoch + 1,
         pass_started_at = COALESCE(connections.pass_started_at, $2)
     FROM due WHERE connections.workspace_id = due.workspace_id AND connections.id = due.id
     RETURNING ",
    columns!()
);

/// Claims what is due longest, of all workspaces, in the order in which it became due. A pass begins with that,
/// unless one is under way.
pub async fn claim_due(tx: &mut Tx, lease: &Lease<'_>, limit: usize) -> Result<Vec<Connection>> {
    let text = tx.choose(CLAIM_DUE_SQLITE, CLAIM_DUE_POSTGRES);
    let claim = query(TABLE, text).bind(lease.owner).bind(lease.now).bind(lease.until).bind(limit as i64);
    let mut claimed = claim.fetch_all(tx, read).await?;
    claimed.sort_by_key(|connection| connection.next_due_at);
    Ok(claimed)
}

const EXTEND_CLAIM: &str = "
    UPDATE connections SET claimed_until = $4
    WHERE workspace_id = $1 AND id = $2 AND claim_epoch = $3 AND claimed_by IS NOT NULL";

/// Holds on for a long run; false means that the connection was taken away. Until the transaction ends nobody can
/// take it, so what a run writes after this is written by the only one that may.
pub async fn extend_claim(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    epoch: i64,
    until: Timestamp,
) -> Result<bool> {
    query(TABLE, EXTEND_CLAIM).bind(workspace).bind(id).bind(epoch).bind(until).changes_a_row(tx).await
}

const RELEASE_CLAIMS: &str = "
    UPDATE connections SET claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1
    WHERE claimed_by = $1";

/// Gives back what a process holds, so that others need not wait until its claims expire.
pub async fn release_claims(tx: &mut Tx, owner: &str) -> Result<u64> {
    query(TABLE, RELEASE_CLAIMS).bind(owner).execute(tx).await
}

/// What a run changes of its connection. Breaking and healing are functions of their own.
#[derive(Clone, Debug)]
pub struct ConnectionUpdate {
    pub workspace_id: WorkspaceId,
    pub id: ConnectionId,
    /// Of the claim under which the run was made.
    pub claim_epoch: i64,
    pub suspicion: Option<String>,
    pub delay_reason: Option<String>,
    pub delayed_since: Option<Timestamp>,
    pub consecutive_failures: i64,
    pub next_due_at: Option<Timestamp>,
    /// None keeps the last success that is known.
    pub last_success_at: Option<Timestamp>,
    pub last_run_at: Timestamp,
    /// None ends the pass: the next run begins a new one.
    pub pass_started_at: Option<Timestamp>,
}

const UPDATE_AFTER_RUN: &str = "
    UPDATE connections
    SET suspicion = $4, delay_reason = $5, delayed_since = $6, consecutive_failures = $7, next_due_at = $8,
        last_success_at = COALESCE($9, last_success_at), last_run_at = $10, pass_started_at = $11,
        claimed_by = NULL, claimed_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND claim_epoch = $3 AND claimed_by IS NOT NULL";

/// Writes the outcome of a run and ends its claim; false means that the run lost the connection meanwhile.
pub async fn update_after_run(tx: &mut Tx, update: &ConnectionUpdate) -> Result<bool> {
    let write = query(TABLE, UPDATE_AFTER_RUN)
        .bind(&update.workspace_id)
        .bind(&update.id)
        .bind(update.claim_epoch)
        .bind(update.suspicion.as_deref())
        .bind(update.delay_reason.as_deref())
        .bind(update.delayed_since)
        .bind(update.consecutive_failures)
        .bind(update.next_due_at)
        .bind(update.last_success_at)
        .bind(update.last_run_at)
        .bind(update.pass_started_at);
    write.changes_a_row(tx).await
}

const RECALL: &str = "
    UPDATE connections
    SET next_due_at = $4, claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1
    WHERE workspace_id = $1 AND authorization_id = $2 AND ($3 IS NULL OR account_id = $3) AND state <> 'stopped'";

/// Takes the connections of an authorization, or those of one of its accounts, away from runs in flight:
/// they began before something that is known by now. All are due at `now`; says how many.
pub async fn recall(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (authorization, account): (&AuthorizationId, Option<&str>),
    now: Timestamp,
) -> Result<u64> {
    query(TABLE, RECALL).bind(workspace).bind(authorization).bind(account).bind(now).execute(tx).await
}

const SET_DUE_NOW: &str = "
    UPDATE connections SET next_due_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'active'";

pub async fn set_due_now(tx: &mut Tx, workspace: &WorkspaceId, id: &ConnectionId, now: Timestamp) -> Result<bool> {
    query(TABLE, SET_DUE_NOW).bind(workspace).bind(id).bind(now).changes_a_row(tx).await
}

const NEXT_DUE_AT: &str = "
    SELECT MIN(next_due_at) AS next_due_at FROM connections WHERE state = 'active' AND claimed_until IS NULL";

/// When something is due next in any workspace, not counting what is claimed.
pub async fn next_due_at(access: impl Into<Access<'_>>) -> Result<Option<Timestamp>> {
    let found = query(TABLE, NEXT_DUE_AT).fetch_optional(access, |row| row.get("next_due_at")).await?;
    Ok(found.flatten())
}
