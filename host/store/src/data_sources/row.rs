//! One line of the list.

use relink_core::id::{AuthorizationId, ClientId, ConnectionId, IncidentId};
use relink_core::reason::{Actor, Reason, Remedy};
use relink_core::time::Timestamp;

use super::Status;
use crate::connections::ConnectionState;
use crate::error::Result;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSourceRow {
    pub id: ConnectionId,
    pub client_id: ClientId,
    pub client_name: String,
    pub authorization_id: AuthorizationId,
    pub authorization_label: String,
    pub plugin_id: String,
    pub account_id: String,
    pub account_label: String,
    pub account_kind: Option<String>,
    pub state: ConnectionState,
    pub status: Status,
    pub delay_reason: Option<String>,
    pub delayed_since: Option<Timestamp>,
    pub reauthorize_at: Option<Timestamp>,
    pub next_due_at: Option<Timestamp>,
    pub connected_at: Timestamp,
    pub last_success_at: Option<Timestamp>,
    pub last_run_at: Option<Timestamp>,
    pub incident: Option<IncidentSummary>,
}

/// What a list says about the incident that breaks a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentSummary {
    pub id: IncidentId,
    pub reason: Reason,
    pub code: String,
    pub remedy: Remedy,
    pub actor: Actor,
    pub message: String,
    pub opened_at: Timestamp,
}

pub(super) fn read(row: &Row) -> Result<DataSourceRow> {
    Ok(DataSourceRow {
        id: row.get("id")?,
        client_id: row.get("client_id")?,
        client_name: row.get("client_name")?,
        authorization_id: row.get("authorization_id")?,
        authorization_label: row.get("authorization_label")?,
        plugin_id: row.get("plugin_id")?,
        account_id: row.get("account_id")?,
        account_label: row.get("account_label")?,
        account_kind: row.get("account_kind")?,
        state: row.get("state")?,
        status: row.get("status")?,
        delay_reason: row.get("delay_reason")?,
        delayed_since: row.get("delayed_since")?,
        reauthorize_at: row.get("reauthorize_at")?,
        next_due_at: row.get("next_due_at")?,
        connected_at: row.get("connected_at")?,
        last_success_at: row.get("last_success_at")?,
        last_run_at: row.get("last_run_at")?,
        incident: read_incident(row)?,
    })
}

fn read_incident(row: &Row) -> Result<Option<IncidentSummary>> {
    let Some(id) = row.get("incident_id")? else {
        return Ok(None);
    };
    Ok(Some(IncidentSummary {
        id,
        reason: row.get("incident_reason")?,
        code: row.get("incident_code")?,
        remedy: row.get("incident_remedy")?,
        actor: row.get("incident_actor")?,
        message: row.get("incident_message")?,
        opened_at: row.get("incident_opened_at")?,
    }))
}
