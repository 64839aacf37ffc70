//! Incidents: something was broken from a moment to a moment. There is at most one open incident for
//! each authorization, each connection, and each app of a workspace.

mod affected;

use relink_core::id::{AuthorizationId, ConnectionId, IncidentId, UserId, WorkspaceId};
use relink_core::reason::{Actor, Certainty, Diagnosis, Reason, Remedy};
use relink_core::time::Timestamp;

use crate::code::code_enum;
use crate::db::{Access, Tx};
use crate::error::{Result, StoreError};
use crate::page::{Cursor, Page, rows_to_fetch};
use crate::query::{composed_query, query};
use crate::row::Row;
use crate::visible::Visible;

pub(crate) use self::affected::AFFECTED_CONNECTION;
pub use self::affected::{AffectedConnection, affected};

const TABLE: &str = "incidents";

code_enum! {
    /// What is broken.
    Scope {
        Authorization = "authorization",
        Connection = "connection",
        /// Our registration at the provider: the operator must act, agencies need not.
        App = "app",
    }
}

code_enum! {
    /// How an incident ended.
    Resolution {
        Reconnected = "reconnected",
        /// By itself, as a probe has shown.
        Recovered = "recovered",
        KeyReplaced = "key-replaced",
        /// Nobody suffers from it any more: what did was stopped.
        Removed = "removed",
        /// Another incident tells what is to be done now.
        Superseded = "superseded",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    pub workspace_id: WorkspaceId,
    pub id: IncidentId,
    pub scope: Scope,
    pub plugin_id: String,
    pub authorization_id: Option<AuthorizationId>,
    pub connection_id: Option<ConnectionId>,
    pub reason: Reason,
    pub code: String,
    pub cause: Option<String>,
    pub certainty: Certainty,
    pub actor: Actor,
    pub remedy: Remedy,
    pub message: String,
    pub help_url: Option<String>,
    pub provider_answer: Option<String>,
    pub opened_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub resolution: Option<Resolution>,
    /// None if nobody did it: it recovered by itself.
    pub resolved_by: Option<UserId>,
}

#[derive(Clone, Debug)]
pub struct NewIncident<'a> {
    pub workspace_id: &'a WorkspaceId,
    pub scope: Scope,
    pub plugin_id: &'a str,
    /// For a connection: the authorization that it uses.
    pub authorization_id: Option<&'a AuthorizationId>,
    pub connection_id: Option<&'a ConnectionId>,
    pub diagnosis: &'a Diagnosis,
    /// What the provider said, without secrets.
    pub provider_answer: Option<&'a str>,
    pub opened_at: Timestamp,
}

macro_rules! columns {
    () => {
        "i.workspace_id, i.id, i.scope, i.plugin_id, i.authorization_id, i.connection_id, i.reason, i.code, i.cause,
         i.certainty, i.actor, i.remedy, i.message, i.help_url, i.provider_answer, i.opened_at, i.resolved_at,
         i.resolution, i.resolved_by"
    };
}
pub(crate) use columns;

const OPEN: &str = "
    INSERT INTO incidents
        (workspace_id, id, scope, plugin_id, authorization_id, connection_id, reason, code, cause, certainty, actor,
         remedy, message, help_url, provider_answer, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT DO NOTHING";

const FIND_OPEN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND i.scope = $2 AND i.resolved_at IS NULL
       AND ((i.scope = 'authorization' AND i.authorization_id = $3) OR (i.scope = 'connection' AND i.connection_id = $4)
            OR (i.scope = 'app' AND i.plugin_id = $5))"
);

/// Opens an incident, or finds the one that is open for the same thing; says whether it is new.
pub async fn open(tx: &mut Tx, new: &NewIncident<'_>) -> Result<(Incident, bool)> {
    let id = IncidentId::new();
    let insert = query(TABLE, OPEN)
        .bind(new.workspace_id)
        .bind(&id)
        .bind(new.scope)
        .bind(new.plugin_id)
        .bind(new.authorization_id)
        .bind(new.connection_id)
        .bind(new.diagnosis.reason)
        .bind(&new.diagnosis.code)
        .bind(new.diagnosis.cause.as_deref())
        .bind(new.diagnosis.certainty)
        .bind(new.diagnosis.actor)
        .bind(new.diagnosis.remedy)
        .bind(&new.diagnosis.message)
        .bind(new.diagnosis.help_url.as_deref())
        .bind(new.provider_answer)
        .bind(new.opened_at);
    let newly_opened = insert.changes_a_row(tx).await?;
    let found = query(TABLE, FIND_OPEN)
        .bind(new.workspace_id)
        .bind(new.scope)
        .bind(new.authorization_id)
        .bind(new.connection_id)
        .bind(new.plugin_id);
    let found = found.fetch_optional(tx, read).await?;
    let incident = found.ok_or_else(|| StoreError::Vanished { table: TABLE, row: id.to_string() })?;
    Ok((incident, newly_opened))
}

const RESOLVE: &str = "
    UPDATE incidents SET resolution = $3, resolved_by = $4, resolved_at = $5
    WHERE workspace_id = $1 AND id = $2 AND resolved_at IS NULL";

/// Closes an incident; false if it was closed already.
pub async fn resolve(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &IncidentId,
    (resolution, by): (Resolution, Option<&UserId>),
    now: Timestamp,
) -> Result<bool> {
    query(TABLE, RESOLVE).bind(workspace).bind(id).bind(resolution).bind(by).bind(now).changes_a_row(tx).await
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM incidents i WHERE i.workspace_id = $1 AND i.id = $2");

pub async fn find(access: impl Into<Access<'_>>, workspace: &WorkspaceId, id: &IncidentId) -> Result<Option<Incident>> {
    query(TABLE, FIND).bind(workspace).bind(id).fetch_optional(access, read).await
}

const OPEN_OF_AUTHORIZATION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND i.authorization_id = $2 AND i.scope = 'authorization' AND i.resolved_at IS NULL"
);

/// Finds what breaks the authorization itself.
pub async fn open_of_authorization(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
) -> Result<Option<Incident>> {
    query(TABLE, OPEN_OF_AUTHORIZATION).bind(workspace).bind(authorization).fetch_optional(access, read).await
}

const OPEN_OF_CONNECTIONS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND i.authorization_id = $2 AND i.scope = 'connection' AND i.resolved_at IS NULL
     ORDER BY i.id"
);

/// Lists what breaks single connections of an authorization, since a new grant may repair that too.
pub async fn open_of_connections(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    authorization: &AuthorizationId,
) -> Result<Vec<Incident>> {
    query(TABLE, OPEN_OF_CONNECTIONS).bind(workspace).bind(authorization).fetch_all(access, read).await
}

const OPEN_OF_CONNECTION: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND i.connection_id = $2 AND i.scope = 'connection' AND i.resolved_at IS NULL"
);

/// Finds what breaks one connection, but not its siblings.
pub async fn open_of_connection(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
) -> Result<Option<Incident>> {
    query(TABLE, OPEN_OF_CONNECTION).bind(workspace).bind(connection).fetch_optional(access, read).await
}

const OPEN_OF_APP: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND i.plugin_id = $2 AND i.scope = 'app' AND i.resolved_at IS NULL"
);

/// Finds what is wrong with the app with which a plugin of the workspace is registered.
pub async fn open_of_app(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    plugin: &str,
) -> Result<Option<Incident>> {
    query(TABLE, OPEN_OF_APP).bind(workspace).bind(plugin).fetch_optional(access, read).await
}

/// Which incidents to list.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    pub only_open: bool,
    pub plugin_id: Option<String>,
    pub after: Option<Cursor>,
    pub limit: usize,
}

const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents i
     WHERE i.workspace_id = $1 AND (i.resolved_at IS NULL OR NOT $2) AND ($3 IS NULL OR i.plugin_id = $3)
       AND ($4 IS NULL OR i.id < $4)"
);

/// Lists incidents newest first; somebody who does not see all clients gets those that affect a visible one.
pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    visible: &Visible,
    filter: &IncidentFilter,
) -> Result<Page<Incident>> {
    let affects_visible = match visible {
        Visible::All => String::new(),
        Visible::Some(_) => format!(
            "AND EXISTS (SELECT c.id FROM connections c WHERE {AFFECTED_CONNECTION} AND {})",
            visible.condition("c.client_id", 6)
        ),
    };
    let list = composed_query(TABLE, format!("{LIST} {affects_visible} ORDER BY i.id DESC LIMIT $5"))
        .bind(workspace)
        .bind(filter.only_open)
        .bind(filter.plugin_id.as_deref())
        .bind(filter.after.as_ref().map(|cursor| &cursor.id))
        .bind(rows_to_fetch(filter.limit));
    let incidents = visible.bind_to(list).fetch_all(access, read).await?;
    Ok(Page::of(incidents, filter.limit, |incident| Cursor::at_id(&incident.id)))
}

pub(crate) fn read(row: &Row) -> Result<Incident> {
    Ok(Incident {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        scope: row.get("scope")?,
        plugin_id: row.get("plugin_id")?,
        authorization_id: row.get("authorization_id")?,
        connection_id: row.get("connection_id")?,
        reason: row.get("reason")?,
        code: row.get("code")?,
        cause: row.get("cause")?,
        certainty: row.get("certainty")?,
        actor: row.get("actor")?,
        remedy: row.get("remedy")?,
        message: row.get("message")?,
        help_url: row.get("help_url")?,
        provider_answer: row.get("provider_answer")?,
        opened_at: row.get("opened_at")?,
        resolved_at: row.get("resolved_at")?,
        resolution: row.get("resolution")?,
        resolved_by: row.get("resolved_by")?,
    })
}
