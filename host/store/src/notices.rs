//! Notices: entries in people's trays. Each hangs on an incident and shows how that stands now.

use std::collections::BTreeMap;

use relink_core::id::{IncidentId, NoticeId, UserId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::db::{Access, Db, Tx};
use crate::error::Result;
use crate::incidents::{self, AFFECTED_CONNECTION, Incident};
use crate::query::{composed_query, placeholders, query};
use crate::row::Row;
use crate::visible::Visible;

const TABLE: &str = "notices";

/// One entry as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: NoticeId,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
    pub incident: Incident,
    /// The affected clients that the reader may see, by name; empty only for a broken app.
    pub client_names: Vec<String>,
}

const CREATE: &str = "
    INSERT INTO notices (workspace_id, id, incident_id, user_id, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace_id, incident_id, user_id) DO NOTHING";

/// Tells people of an incident; who was told already is not told again. Says how many are told now.
pub async fn create_for_users(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    incident: &IncidentId,
    users: &[UserId],
    now: Timestamp,
) -> Result<u64> {
    let mut created = 0;
    for user in users {
        let insert = query(TABLE, CREATE).bind(workspace).bind(&NoticeId::new()).bind(incident).bind(user).bind(now);
        created += insert.execute(tx).await?;
    }
    Ok(created)
}

const LIST: &str = concat!(
    "SELECT n.id AS notice_id, n.created_at, n.read_at, ",
    incidents::columns!(),
    " FROM notices n JOIN incidents i ON i.workspace_id = n.workspace_id AND i.id = n.incident_id
     WHERE n.workspace_id = $1 AND n.user_id = $2"
);

/// Lists the newest notices that concern a visible client.
pub async fn list_for_user(
    db: &Db,
    workspace: &WorkspaceId,
    user: &UserId,
    visible: &Visible,
    limit: usize,
) -> Result<Vec<Notice>> {
    let list = composed_query(TABLE, format!("{LIST} AND {} ORDER BY n.id DESC LIMIT $3", concerns(visible, 4)));
    let list = visible.bind_to(list.bind(workspace).bind(user).bind(limit as i64));
    let mut notices = list.fetch_all(db, read).await?;
    let mut names = client_names(db, workspace, &notices, visible).await?;
    for notice in &mut notices {
        notice.client_names = names.remove(&notice.incident.id).unwrap_or_default();
    }
    Ok(notices)
}

/// Holds for a notice of an incident `i` that affects a visible client. A broken app concerns
/// whoever sees everything, even while no connection uses it.
fn concerns(visible: &Visible, first: usize) -> String {
    let even_without_connections = match visible {
        Visible::All => "i.scope = 'app'",
        Visible::Some(_) => "FALSE",
    };
    let condition = visible.condition("c.client_id", first);
    format!(
        "({even_without_connections}
          OR EXISTS (SELECT c.id FROM connections c WHERE {AFFECTED_CONNECTION} AND {condition}))"
    )
}

async fn client_names(
    db: &Db,
    workspace: &WorkspaceId,
    notices: &[Notice],
    visible: &Visible,
) -> Result<BTreeMap<IncidentId, Vec<String>>> {
    if notices.is_empty() {
        return Ok(BTreeMap::new());
    }
    let text = format!(
        "SELECT DISTINCT i.id, cl.name
         FROM incidents i
         JOIN connections c ON {AFFECTED_CONNECTION}
         JOIN clients cl ON cl.workspace_id = c.workspace_id AND cl.id = c.client_id
         WHERE i.workspace_id = $1 AND i.id IN ({}) AND {}
         ORDER BY cl.name",
        placeholders(2, notices.len()),
        visible.condition("c.client_id", 2 + notices.len())
    );
    let incident_ids = notices.iter().map(|notice| &notice.incident.id);
    let list = visible.bind_to(composed_query(TABLE, text).bind(workspace).bind_all(incident_ids));
    let mut names: BTreeMap<IncidentId, Vec<String>> = BTreeMap::new();
    for (incident, name) in list.fetch_all(db, |row| Ok((row.get("id")?, row.get("name")?))).await? {
        names.entry(incident).or_default().push(name);
    }
    Ok(names)
}

const UNREAD_COUNT: &str = "
    SELECT COUNT(*) AS unread
    FROM notices n JOIN incidents i ON i.workspace_id = n.workspace_id AND i.id = n.incident_id
    WHERE n.workspace_id = $1 AND n.user_id = $2 AND n.read_at IS NULL AND i.resolved_at IS NULL";

/// Counts what is unread and still broken: a notice of what works again is taken back.
pub async fn unread_count(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    user: &UserId,
    visible: &Visible,
) -> Result<i64> {
    let count = composed_query(TABLE, format!("{UNREAD_COUNT} AND {}", concerns(visible, 3)));
    let count = visible.bind_to(count.bind(workspace).bind(user));
    Ok(count.fetch_optional(access, |row| row.get("unread")).await?.unwrap_or(0))
}

const MARK_READ: &str = "
    UPDATE notices SET read_at = $4 WHERE workspace_id = $1 AND user_id = $2 AND id = $3 AND read_at IS NULL";

/// Only the person whose tray it is in can mark a notice.
pub async fn mark_read(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    user: &UserId,
    id: &NoticeId,
    now: Timestamp,
) -> Result<bool> {
    query(TABLE, MARK_READ).bind(workspace).bind(user).bind(id).bind(now).changes_a_row(tx).await
}

const MARK_ALL_READ: &str = "
    UPDATE notices SET read_at = $3 WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL";

pub async fn mark_all_read(tx: &mut Tx, workspace: &WorkspaceId, user: &UserId, now: Timestamp) -> Result<u64> {
    query(TABLE, MARK_ALL_READ).bind(workspace).bind(user).bind(now).execute(tx).await
}

fn read(row: &Row) -> Result<Notice> {
    Ok(Notice {
        id: row.get("notice_id")?,
        created_at: row.get("created_at")?,
        read_at: row.get("read_at")?,
        incident: incidents::read(row)?,
        client_names: Vec::new(),
    })
}
