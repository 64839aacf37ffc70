//! What a page shows of connections: each with its client, its authorization and what breaks it.
//!
//! The status is not stored: it follows from the row and the moment, so it can never be out of date.

mod row;

use std::collections::BTreeMap;

use relink_core::id::{ClientId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::code::code_enum;
use crate::db::Access;
use crate::error::{Result, StoreError};
use crate::page::{Cursor, Key, Page, rows_to_fetch};
use crate::query::{Query, composed_query};
use crate::row::Row;
use crate::visible::Visible;

use self::row::read;
pub use self::row::{DataSourceRow, IncidentSummary};

const TABLE: &str = "connections";

/// So long before a person must grant access again, the page begins to say so.
pub const EXPIRES_SOON_MS: i64 = 14 * 24 * 60 * 60 * 1_000;

code_enum! {
    /// How a connection stands; of several, the first one that holds.
    Status {
        NeedsReconnect = "needs-reconnect",
        Paused = "paused",
        Stopped = "stopped",
        ExpiresSoon = "expires-soon",
        Delayed = "delayed",
        Connected = "connected",
    }
}

code_enum! {
    /// What the list is sorted by.
    Sort {
        Client = "client",
        Account = "account",
        Plugin = "plugin",
        Status = "status",
        LastSuccess = "last-success",
        ConnectedAt = "connected-at",
    }
}

#[derive(Clone, Debug)]
pub struct Filter {
    /// None lists all but stopped ones.
    pub status: Option<Status>,
    pub plugin_id: Option<String>,
    pub client_id: Option<ClientId>,
    /// A part of the account's, the client's or the authorization's name.
    pub search: Option<String>,
    pub sort: Sort,
    pub descending: bool,
    /// Belongs to one sort order only.
    pub after: Option<Cursor>,
    pub limit: usize,
    pub now: Timestamp,
}

impl Filter {
    /// Everything but what is stopped, by client.
    pub fn all(now: Timestamp, limit: usize) -> Self {
        Self {
            status: None,
            plugin_id: None,
            client_id: None,
            search: None,
            sort: Sort::Client,
            descending: false,
            after: None,
            limit,
            now,
        }
    }
}

/// The status of connection `c` with authorization `a`; $2 is the end of what expires soon.
macro_rules! status {
    () => {
        "CASE WHEN c.incident_id IS NOT NULL THEN 'needs-reconnect'
              WHEN c.state = 'paused' THEN 'paused'
              WHEN c.state = 'stopped' THEN 'stopped'
              WHEN a.reauthorize_at IS NOT NULL AND a.reauthorize_at <= $2 THEN 'expires-soon'
              WHEN c.delay_reason IS NOT NULL THEN 'delayed'
              ELSE 'connected' END"
    };
}

const COLUMNS: &str = concat!(
    "SELECT c.id, c.client_id, cl.name AS client_name, c.authorization_id, a.label AS authorization_label, c.plugin_id,
            c.account_id, c.account_label, c.account_kind, c.state, c.delay_reason, c.delayed_since, a.reauthorize_at,
            c.next_due_at, c.connected_at, c.last_success_at, c.last_run_at,
            i.id AS incident_id, i.reason AS incident_reason, i.code AS incident_code, i.remedy AS incident_remedy,
            i.actor AS incident_actor, i.message AS incident_message, i.opened_at AS incident_opened_at, ",
    status!(),
    " AS status"
);

/// Binds $1 to $5, as [`bind_filter`] does.
const FILTERED: &str = "
    FROM connections c
    JOIN clients cl ON cl.workspace_id = c.workspace_id AND cl.id = c.client_id
    JOIN authorizations a ON a.workspace_id = c.workspace_id AND a.id = c.authorization_id
    LEFT JOIN incidents i ON i.workspace_id = c.workspace_id AND i.id = c.incident_id
    WHERE c.workspace_id = $1 AND ($3 IS NULL OR c.plugin_id = $3) AND ($4 IS NULL OR c.client_id = $4)
      AND ($5 IS NULL OR LOWER(c.account_label) LIKE LOWER($5) ESCAPE '\\'
           OR LOWER(cl.name) LIKE LOWER($5) ESCAPE '\\' OR LOWER(a.label) LIKE LOWER($5) ESCAPE '\\')";

const OF_STATUS: &str = concat!("(($6 IS NULL AND c.state <> 'stopped') OR $6 = ", status!(), ")");

/// Lists connections of visible clients.
pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    visible: &Visible,
    filter: &Filter,
) -> Result<Page<DataSourceRow>> {
    let key = sort_key(filter.sort);
    let (order, beyond) = if filter.descending { ("DESC", "<") } else { ("ASC", ">") };
    let (not_seen, first_client) = match &filter.after {
        Some(cursor) if fits(cursor, filter.sort) => (format!("AND ({key}, c.id) {beyond} ($8, $9)"), 10),
        Some(_) => return Err(StoreError::Cursor),
        None => (String::new(), 8),
    };
    let is_visible = visible.condition("c.client_id", first_client);
    let text = format!(
        "{COLUMNS}, {key} AS sort_key {FILTERED} AND {OF_STATUS} {not_seen} AND {is_visible}
         ORDER BY {key} {order}, c.id {order} LIMIT $7"
    );
    let mut list = bind_filter(composed_query(TABLE, text), workspace, filter);
    list = list.bind(filter.status.map(Status::code)).bind(rows_to_fetch(filter.limit));
    if let Some(cursor) = &filter.after {
        list = list.bind(&cursor.key).bind(&cursor.id);
    }
    let rows = visible.bind_to(list).fetch_all(access, |row| Ok((read(row)?, read_key(row, filter.sort)?))).await?;
    let page = Page::of(rows, filter.limit, |(row, key)| Cursor { key: key.clone(), id: row.id.to_string() });
    Ok(Page { items: page.items.into_iter().map(|(row, _)| row).collect(), next: page.next })
}

const STATUS: &str = status!();

/// Counts, per status, what [`list`] would list for the same filter with that status.
pub async fn counts(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    visible: &Visible,
    filter: &Filter,
) -> Result<BTreeMap<Status, i64>> {
    let is_visible = visible.condition("c.client_id", 6);
    let text = format!(
        "SELECT status, COUNT(*) AS connections
         FROM (SELECT {STATUS} AS status {FILTERED} AND {is_visible}) AS shown GROUP BY status"
    );
    let count = visible.bind_to(bind_filter(composed_query(TABLE, text), workspace, filter));
    let rows = count.fetch_all(access, |row| Ok((row.get("status")?, row.get("connections")?))).await?;
    Ok(rows.into_iter().collect())
}

fn bind_filter(query: Query, workspace: &WorkspaceId, filter: &Filter) -> Query {
    let pattern = filter.search.as_deref().map(|search| format!("%{}%", escape_like(search)));
    query
        .bind(workspace)
        .bind(filter.now.plus_ms(EXPIRES_SOON_MS))
        .bind(filter.plugin_id.as_deref())
        .bind(filter.client_id.as_ref())
        .bind(pattern.as_deref())
}

/// Takes the special meaning from what a person searches for.
fn escape_like(search: &str) -> String {
    search.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Client => "LOWER(cl.name)",
        Sort::Account => "LOWER(c.account_label)",
        Sort::Plugin => "c.plugin_id",
        Sort::Status => SEVERITY,
        Sort::LastSuccess => "COALESCE(c.last_success_at, 0)",
        Sort::ConnectedAt => "c.connected_at",
    }
}

/// What a person should look at first comes first.
const SEVERITY: &str = concat!(
    "CAST(CASE (",
    status!(),
    ") WHEN 'needs-reconnect' THEN 0 WHEN 'expires-soon' THEN 1 WHEN 'delayed' THEN 2 WHEN 'connected' THEN 3
        WHEN 'paused' THEN 4 ELSE 5 END AS BIGINT)"
);

fn sorts_by_number(sort: Sort) -> bool {
    matches!(sort, Sort::Status | Sort::LastSuccess | Sort::ConnectedAt)
}

fn fits(cursor: &Cursor, sort: Sort) -> bool {
    matches!(cursor.key, Key::Integer(_)) == sorts_by_number(sort)
}

fn read_key(row: &Row, sort: Sort) -> Result<Key> {
    if sorts_by_number(sort) { row.get("sort_key").map(Key::Integer) } else { row.get("sort_key").map(Key::Text) }
}
