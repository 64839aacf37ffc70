//! Whom an incident affects: the connections that cannot work while it lasts, and their clients.

use relink_core::id::{ClientId, ConnectionId, IncidentId, WorkspaceId};

use super::TABLE;
use crate::db::Access;
use crate::error::Result;
use crate::query::composed_query;
use crate::row::Row;
use crate::visible::Visible;

/// Holds for a connection `c` that the incident `i` affects.
pub(crate) const AFFECTED_CONNECTION: &str = "
    c.workspace_id = i.workspace_id AND c.state <> 'stopped'
    AND ((i.scope = 'authorization' AND c.authorization_id = i.authorization_id)
         OR (i.scope = 'connection' AND c.id = i.connection_id)
         OR (i.scope = 'app' AND c.plugin_id = i.plugin_id))";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedConnection {
    pub client_id: ClientId,
    pub client_name: String,
    pub connection_id: ConnectionId,
    pub account_label: String,
}

/// Lists the affected connections of visible clients, by client.
pub async fn affected(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    incident: &IncidentId,
    visible: &Visible,
) -> Result<Vec<AffectedConnection>> {
    let text = format!(
        "SELECT c.client_id, cl.name AS client_name, c.id, c.account_label
         FROM incidents i
         JOIN connections c ON {AFFECTED_CONNECTION}
         JOIN clients cl ON cl.workspace_id = c.workspace_id AND cl.id = c.client_id
         WHERE i.workspace_id = $1 AND i.id = $2 AND {}
         ORDER BY LOWER(cl.name), cl.id, LOWER(c.account_label), c.id",
        visible.condition("c.client_id", 3)
    );
    let list = composed_query(TABLE, text).bind(workspace).bind(incident);
    visible.bind_to(list).fetch_all(access, read).await
}

fn read(row: &Row) -> Result<AffectedConnection> {
    Ok(AffectedConnection {
        client_id: row.get("client_id")?,
        client_name: row.get("client_name")?,
        connection_id: row.get("id")?,
        account_label: row.get("account_label")?,
    })
}
