//! Connections: one data source of one client each. `claim` gives them to the scheduler, `health` breaks
//! and heals them, `hold` puts off what may not be broken; what a page shows of them is in
//! [`crate::data_sources`].

mod claim;
mod health;
mod hold;

use relink_core::id::{AuthorizationId, ClientId, ConnectionId, IncidentId, UserId, WorkspaceId};
use relink_core::time::{Day, Timestamp};

use crate::code::code_enum;
use crate::db::{Access, Tx};
use crate::error::{Result, StoreError};
use crate::query::{Query, query};
use crate::row::Row;

pub use self::claim::{
    ConnectionUpdate, claim_due, extend_claim, next_due_at, recall, release_claims, set_due_now, update_after_run,
};
pub use self::health::{
    break_by_authorization, break_one, heal_by_authorization, heal_one, is_any_broken_by, is_any_delayed_by,
};
pub use self::hold::{HELD_BACK, hold_by_authorization, probe_all_held, probe_held, unhold_by_authorization};

const TABLE: &str = "connections";

code_enum! {
    /// What people want of a connection, whatever its health.
    ConnectionState {
        Active = "active",
        Paused = "paused",
        Stopped = "stopped",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub workspace_id: WorkspaceId,
    pub id: ConnectionId,
    pub client_id: ClientId,
    pub authorization_id: AuthorizationId,
    pub plugin_id: String,
    pub account_id: String,
    pub account_label: String,
    pub account_kind: Option<String>,
    /// JSON of the plugin's settings for this connection.
    pub config: String,
    pub interval_ms: i64,
    /// The first day that people want to have.
    pub backfill_from: Day,
    pub state: ConnectionState,
    /// The open incident that breaks it: its own, or its authorization's.
    pub incident_id: Option<IncidentId>,
    /// JSON of a failure that is not confirmed yet.
    pub suspicion: Option<String>,
    /// Why data comes late although nobody needs to act.
    pub delay_reason: Option<String>,
    pub delayed_since: Option<Timestamp>,
    pub consecutive_failures: i64,
    pub next_due_at: Option<Timestamp>,
    pub claimed_by: Option<String>,
    pub claim_epoch: i64,
    pub claimed_until: Option<Timestamp>,
    /// When the walk over everything began that is under way: of what is claimed, always.
    pub pass_started_at: Option<Timestamp>,
    pub connected_at: Timestamp,
    pub connected_by: Option<UserId>,
    pub last_success_at: Option<Timestamp>,
    pub last_run_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct NewConnection {
    pub workspace_id: WorkspaceId,
    pub id: ConnectionId,
    pub client_id: ClientId,
    pub authorization_id: AuthorizationId,
    pub plugin_id: String,
    pub account_id: String,
    pub account_label: String,
    pub account_kind: Option<String>,
    pub config: String,
    pub interval_ms: i64,
    pub backfill_from: Day,
    /// Also when it is due for the first time.
    pub connected_at: Timestamp,
    pub connected_by: Option<UserId>,
}

/// What became of a wish for a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    Created(ConnectionId),
    /// The client had this account before; its connection goes on with the data that it has.
    Revived(ConnectionId),
    /// The client has this account already; nothing was changed.
    Existing(ConnectionId),
}

const INSERT: &str = "
    INSERT INTO connections
        (workspace_id, id, client_id, authorization_id, plugin_id, account_id, account_label, account_kind, config,
         interval_ms, backfill_from, connected_at, connected_by, next_due_at, state, consecutive_failures, claim_epoch)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, 'active', 0, 0)
    ON CONFLICT (workspace_id, client_id, plugin_id, account_id) DO NOTHING";

const REVIVE: &str = "
    UPDATE connections
    SET authorization_id = $4, account_label = $7, account_kind = $8, config = $9, interval_ms = $10,
        backfill_from = $11, connected_at = $12, connected_by = $13, next_due_at = $12, state = 'active',
        incident_id = NULL, suspicion = NULL, delay_reason = NULL, delayed_since = NULL, consecutive_failures = 0,
        claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1, pass_started_at = NULL
    WHERE workspace_id = $1 AND id <> $2 AND client_id = $3 AND plugin_id = $5 AND account_id = $6
      AND state = 'stopped'";

const FIND_BY_ACCOUNT: &str = "
    SELECT id FROM connections WHERE workspace_id = $1 AND client_id = $2 AND plugin_id = $3 AND account_id = $4";

/// Creates a connection, or revives the stopped one of the same client and account.
pub async fn create(tx: &mut Tx, new: &NewConnection) -> Result<Creation> {
    if with_values(INSERT, new).changes_a_row(tx).await? {
        return Ok(Creation::Created(new.id.clone()));
    }
    let revived = with_values(REVIVE, new).changes_a_row(tx).await?;
    let find = query(TABLE, FIND_BY_ACCOUNT)
        .bind(&new.workspace_id)
        .bind(&new.client_id)
        .bind(&new.plugin_id)
        .bind(&new.account_id);
    let id = find.fetch_optional(tx, |row| row.get("id")).await?;
    let id = id.ok_or_else(|| StoreError::Vanished { table: TABLE, row: new.id.to_string() })?;
    Ok(if revived { Creation::Revived(id) } else { Creation::Existing(id) })
}

fn with_values(text: &'static str, new: &NewConnection) -> Query {
    query(TABLE, text)
        .bind(&new.workspace_id)
        .bind(&new.id)
        .bind(&new.client_id)
        .bind(&new.authorization_id)
        .bind(&new.plugin_id)
        .bind(&new.account_id)
        .bind(&new.account_label)
        .bind(new.account_kind.as_deref())
        .bind(&new.config)
        .bind(new.interval_ms)
        .bind(new.backfill_from)
        .bind(new.connected_at)
        .bind(new.connected_by.as_ref())
}

/// The columns of a connection, for texts that are put together from constants.
macro_rules! columns {
    () => {
        "connections.workspace_id, connections.id, client_id, authorization_id, plugin_id, account_id, account_label,
         account_kind, config, interval_ms, backfill_from, state, incident_id, suspicion, delay_reason, delayed_since,
         consecutive_failures, next_due_at, claimed_by, claim_epoch, claimed_until, pass_started_at,
         connected_at, connected_by, last_success_at, last_run_at"
    };
}
pub(crate) use columns;

const FIND: &str = concat!("SELECT ", columns!(), " FROM connections WHERE workspace_id = $1 AND id = $2");

pub async fn find(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    id: &ConnectionId,
) -> Result<Option<Connection>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

const LIST_OF_AUTHORIZATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connections WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped' ORDER BY id"
);

/// Lists what depends on an authorization; stopped connections do not.
pub async fn list_of_authorization(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
) -> Result<Vec<Connection>> {
    query(TABLE, LIST_OF_AUTHORIZATION).bind(workspace).bind(authorization).fetch_all(access, read).await
}

const LIST_OF_ACCOUNT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM connections
     WHERE workspace_id = $1 AND plugin_id = $2 AND account_id = $3 AND state <> 'stopped' ORDER BY id"
);

/// Lists what reads an account, for whichever client and with whichever authorization.
pub async fn list_of_account(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    plugin: &str,
    account: &str,
) -> Result<Vec<Connection>> {
    query(TABLE, LIST_OF_ACCOUNT).bind(workspace).bind(plugin).bind(account).fetch_all(access, read).await
}

/// What a repair must know of each of thousands of connections: which account it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    pub id: ConnectionId,
    pub account_id: String,
    pub account_kind: Option<String>,
}

const DEPENDENTS: &str = "
    SELECT id, account_id, account_kind FROM connections
    WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped' ORDER BY id";

/// As [`list_of_authorization`], but only what tells which account is read.
pub async fn list_dependents(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
) -> Result<Vec<Dependent>> {
    let list = query(TABLE, DEPENDENTS).bind(workspace).bind(authorization);
    let dependent = |row: &Row| {
        Ok(Dependent { id: row.get("id")?, account_id: row.get("account_id")?, account_kind: row.get("account_kind")? })
    };
    list.fetch_all(access, dependent).await
}

const PAUSE: &str = "
    UPDATE connections SET state = 'paused' WHERE workspace_id = $1 AND id = $2 AND state = 'active'";

pub async fn pause(tx: &mut Tx, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool> {
    query(TABLE, PAUSE).bind(workspace).bind(id).changes_a_row(tx).await
}

const RESUME: &str = "
    UPDATE connections SET state = 'active', next_due_at = $3, pass_started_at = NULL
    WHERE workspace_id = $1 AND id = $2 AND state = 'paused'";

/// Goes on at once, and fills what was missed.
pub async fn resume(tx: &mut Tx, workspace: &WorkspaceId, id: &ConnectionId, now: Timestamp) -> Result<bool> {
    query(TABLE, RESUME).bind(workspace).bind(id).bind(now).changes_a_row(tx).await
}

const STOP: &str = "
    UPDATE connections
    SET state = 'stopped', incident_id = NULL, suspicion = NULL, delay_reason = NULL, delayed_since = NULL,
        next_due_at = NULL, claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1
    WHERE workspace_id = $1 AND id = $2 AND state <> 'stopped'";

/// Ends the connection; a run in flight cannot write any more, since all that it writes is under its claim. The
/// data stays.
pub async fn stop(tx: &mut Tx, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool> {
    query(TABLE, STOP).bind(workspace).bind(id).changes_a_row(tx).await
}

pub(crate) fn read(row: &Row) -> Result<Connection> {
    Ok(Connection {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        client_id: row.get("client_id")?,
        authorization_id: row.get("authorization_id")?,
        plugin_id: row.get("plugin_id")?,
        account_id: row.get("account_id")?,
        account_label: row.get("account_label")?,
        account_kind: row.get("account_kind")?,
        config: row.get("config")?,
        interval_ms: row.get("interval_ms")?,
        backfill_from: row.get("backfill_from")?,
        state: row.get("state")?,
        incident_id: row.get("incident_id")?,
        suspicion: row.get("suspicion")?,
        delay_reason: row.get("delay_reason")?,
        delayed_since: row.get("delayed_since")?,
        consecutive_failures: row.get("consecutive_failures")?,
        next_due_at: row.get("next_due_at")?,
        claimed_by: row.get("claimed_by")?,
        claim_epoch: row.get("claim_epoch")?,
        claimed_until: row.get("claimed_until")?,
        pass_started_at: row.get("pass_started_at")?,
        connected_at: row.get("connected_at")?,
        connected_by: row.get("connected_by")?,
        last_success_at: row.get("last_success_at")?,
        last_run_at: row.get("last_run_at")?,
    })
}
