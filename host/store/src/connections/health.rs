//! Breaking and healing: one statement each, however many connections hang on an authorization.

use relink_core::id::{AuthorizationId, ConnectionId, IncidentId, WorkspaceId};
use relink_core::time::Timestamp;

use super::TABLE;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::{composed_query, placeholders, query};

/// Takes the connections away from runs in flight: what they fetched before does not prove that access is there.
const BREAK_BY_AUTHORIZATION: &str = "
    UPDATE connections
    SET incident_id = $3, next_due_at = $4, delay_reason = NULL, delayed_since = NULL,
        claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1
    WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped'";

/// Breaks every connection of an authorization, also those that an incident of their own breaks already.
pub async fn break_by_authorization(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    incident: &IncidentId,
    next_due_at: Option<Timestamp>,
) -> Result<u64> {
    let write = query(TABLE, BREAK_BY_AUTHORIZATION);
    write.bind(workspace).bind(authorization).bind(incident).bind(next_due_at).execute(tx).await
}

const BREAK_ONE: &str = "
    UPDATE connections SET incident_id = $3, next_due_at = $4, delay_reason = NULL, delayed_since = NULL
    WHERE workspace_id = $1 AND id = $2 AND state <> 'stopped'";

pub async fn break_one(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    incident: &IncidentId,
    next_due_at: Option<Timestamp>,
) -> Result<bool> {
    query(TABLE, BREAK_ONE).bind(workspace).bind(id).bind(incident).bind(next_due_at).changes_a_row(tx).await
}

/// Takes the connections away from runs in flight, which still work with the old tokens. Everything is fetched
/// anew: a pass that was under way is of the time before.
const HEAL_BY_AUTHORIZATION: &str = "
    UPDATE connections
    SET incident_id = NULL, suspicion = NULL, delay_reason = NULL, delayed_since = NULL, consecutive_failures = 0,
        next_due_at = $3, claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1,
        pass_started_at = NULL
    WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped'";

/// Heals every connection of an authorization but `except`, and says how many; they are due at `now`.
///
/// A run that found the healing itself writes its own outcome first, and excepts its connection.
pub async fn heal_by_authorization(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
    now: Timestamp,
    except: &[ConnectionId],
) -> Result<u64> {
    let except_list = match except {
        [] => String::new(),
        _ => format!("AND id NOT IN ({})", placeholders(4, except.len())),
    };
    let heal = composed_query(TABLE, format!("{HEAL_BY_AUTHORIZATION} {except_list}"));
    heal.bind(workspace).bind(authorization).bind(now).bind_all(except).execute(tx).await
}

const HEAL_ONE: &str = "
    UPDATE connections
    SET incident_id = NULL, suspicion = NULL, delay_reason = NULL, delayed_since = NULL, consecutive_failures = 0
    WHERE workspace_id = $1 AND id = $2 AND state <> 'stopped'";

/// Heals a connection that a run has proven to work; that run says when the next one is due.
pub async fn heal_one(tx: &mut Tx, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool> {
    query(TABLE, HEAL_ONE).bind(workspace).bind(id).changes_a_row(tx).await
}

const ANY_BROKEN_BY: &str = "
    SELECT id FROM connections
    WHERE workspace_id = $1 AND authorization_id = $2 AND incident_id = $3 AND state <> 'stopped' LIMIT 1";

/// Whether a connection of the authorization suffers from the incident.
pub async fn is_any_broken_by(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    (authorization, incident): (&AuthorizationId, &IncidentId),
) -> Result<bool> {
    let find = query(TABLE, ANY_BROKEN_BY).bind(workspace).bind(authorization).bind(incident);
    Ok(find.fetch_optional(access, |row| row.get::<ConnectionId>("id")).await?.is_some())
}

const ANY_DELAYED_BY: &str = "
    SELECT id FROM connections
    WHERE workspace_id = $1 AND plugin_id = $2 AND delay_reason = $3 AND state = 'active' LIMIT 1";

/// Whether a connection that people want to run is late for this reason.
pub async fn is_any_delayed_by(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    (plugin, reason): (&str, &str),
) -> Result<bool> {
    let find = query(TABLE, ANY_DELAYED_BY).bind(workspace).bind(plugin).bind(reason);
    Ok(find.fetch_optional(access, |row| row.get::<ConnectionId>("id")).await?.is_some())
}
