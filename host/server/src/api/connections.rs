//! Connections: one data source of one client each.

use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use relink_core::id::{AuthorizationId, ClientId, ConnectionId};
use relink_core::plugin::Account;
use relink_store::authorizations;
use relink_store::connections::{self, Connection as Stored};
use relink_store::data_sources::{self, DataSourceRow, Filter, Sort, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shape::{self, Listed, Paging, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

/// A connection as lists show it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectionRow {
    id: String,
    client_id: String,
    client_name: String,
    authorization_id: String,
    authorization_label: String,
    provider: String,
    account_id: String,
    account_label: String,
    account_kind: Option<String>,
    /// `needs-reconnect`, `paused`, `stopped`, `expires-soon`, `delayed` or `connected`.
    status: &'static str,
    /// Why data is late although nobody need act.
    delay_reason: Option<String>,
    reauthorize_at: Option<String>,
    connected_at: String,
    last_success_at: Option<String>,
    /// What breaks it.
    incident: Option<IncidentSummary>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentSummary {
    id: String,
    reason: &'static str,
    code: String,
    remedy: &'static str,
    who_acts: &'static str,
    message: String,
    opened_at: String,
}

/// A connection with everything that is known of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connection {
    id: String,
    client_id: String,
    authorization_id: String,
    provider: String,
    account_id: String,
    account_label: String,
    account_kind: Option<String>,
    /// What people want of it: `active`, `paused` or `stopped`.
    state: &'static str,
    status: &'static str,
    incident_id: Option<String>,
    delay_reason: Option<String>,
    backfill_from: String,
    connected_at: String,
    connected_by: Option<String>,
    /// When a person last granted access to the authorization that it uses.
    authorized_at: String,
    last_success_at: Option<String>,
    last_run_at: Option<String>,
    next_due_at: Option<String>,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those with this status; without it all but stopped ones.
    status: Option<String>,
    provider: Option<String>,
    client_id: Option<String>,
    /// A part of the name of the account, the client or the authorization.
    search: Option<String>,
    /// `client`, `account`, `plugin`, `status`, `last-success` or `connected-at`.
    sort: Option<String>,
    /// Turns the order round.
    descending: Option<bool>,
    /// The `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
pub(crate) struct NewConnection {
    authorization_id: String,
    client_id: String,
    /// The id of one of the authorization's accounts.
    account_id: String,
}

/// List the connections
#[utoipa::path(get, path = "/api/v1/connections", tag = "connections", params(Wanted),
    responses((status = 200, body = Listed<ConnectionRow>), (status = 400, body = ProblemDocument)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed<ConnectionRow>>, Trouble> {
    let filter = filter_of(wanted, &app)?;
    let person = &caller.person;
    let page = data_sources::list(app.engine().db(), &person.workspace_id, &person.visible, &filter).await?;
    Ok(Json(Listed::of(page, row)))
}

fn filter_of(wanted: Wanted, app: &App) -> Result<Filter, Trouble> {
    let paging = Paging { after: wanted.after, limit: wanted.limit };
    let unknown = |what: &str| Trouble::bad_request(format!("There is no such {what}."));
    let status = wanted.status.map(|code| Status::from_code(&code).ok_or_else(|| unknown("status")));
    let sort = wanted.sort.map(|code| Sort::from_code(&code).ok_or_else(|| unknown("sort order")));
    let client_id = wanted.client_id.map(|id| id.parse::<ClientId>().map_err(|_| unknown("client")));
    Ok(Filter {
        status: status.transpose()?,
        plugin_id: wanted.provider,
        client_id: client_id.transpose()?,
        search: wanted.search,
        sort: sort.transpose()?.unwrap_or(Sort::Client),
        descending: wanted.descending.unwrap_or(false),
        after: paging.after()?,
        ..Filter::all(app.engine().now(), paging.limit())
    })
}

fn row(row: DataSourceRow) -> ConnectionRow {
    ConnectionRow {
        id: row.id.to_string(),
        client_id: row.client_id.to_string(),
        client_name: row.client_name,
        authorization_id: row.authorization_id.to_string(),
        authorization_label: row.authorization_label,
        provider: row.plugin_id,
        account_id: row.account_id,
        account_label: row.account_label,
        account_kind: row.account_kind,
        status: row.status.code(),
        delay_reason: row.delay_reason,
        reauthorize_at: row.reauthorize_at.map(moment),
        connected_at: moment(row.connected_at),
        last_success_at: row.last_success_at.map(moment),
        incident: row.incident.map(|incident| IncidentSummary {
            id: incident.id.to_string(),
            reason: incident.reason.code(),
            code: incident.code,
            remedy: incident.remedy.code(),
            who_acts: incident.actor.code(),
            message: incident.message,
            opened_at: moment(incident.opened_at),
        }),
    }
}

/// Get a connection
#[utoipa::path(get, path = "/api/v1/connections/{id}", tag = "connections", params(("id" = String, Path,)),
    responses((status = 200, body = Connection), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Connection>, Trouble> {
    let found = find(&app, &caller, &id).await?;
    shown(&app, found).await.map(Json)
}

/// A connection that the caller may see; any other does not exist for the caller.
pub(super) async fn find(app: &App, caller: &Identity, id: &str) -> Result<Stored, Trouble> {
    let id: ConnectionId = shape::id(id)?;
    let found = connections::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    found.filter(|connection| caller.person.may_see(&connection.client_id)).ok_or_else(Trouble::not_found)
}

async fn shown(app: &App, found: Stored) -> Result<Connection, Trouble> {
    let authorization = authorizations::find(app.engine().db(), &found.workspace_id, &found.authorization_id).await?;
    let authorization = authorization.ok_or_else(Trouble::internal)?;
    let expires_before = app.engine().now().plus_ms(data_sources::EXPIRES_SOON_MS);
    let expires_soon = authorization.reauthorize_at.is_some_and(|at| at <= expires_before);
    Ok(Connection {
        status: status_of(&found, expires_soon).code(),
        id: found.id.to_string(),
        client_id: found.client_id.to_string(),
        authorization_id: found.authorization_id.to_string(),
        provider: found.plugin_id,
        account_id: found.account_id,
        account_label: found.account_label,
        account_kind: found.account_kind,
        state: found.state.code(),
        incident_id: found.incident_id.map(|id| id.to_string()),
        delay_reason: found.delay_reason,
        backfill_from: found.backfill_from.to_string(),
        connected_at: moment(found.connected_at),
        connected_by: found.connected_by.map(|id| id.to_string()),
        authorized_at: moment(authorization.authorized_at),
        last_success_at: found.last_success_at.map(moment),
        last_run_at: found.last_run_at.map(moment),
        next_due_at: found.next_due_at.map(moment),
    })
}

/// The same order as in the list.
fn status_of(connection: &Stored, expires_soon: bool) -> Status {
    match connection.state {
        _ if connection.incident_id.is_some() => Status::NeedsReconnect,
        connections::ConnectionState::Paused => Status::Paused,
        connections::ConnectionState::Stopped => Status::Stopped,
        connections::ConnectionState::Active if expires_soon => Status::ExpiresSoon,
        connections::ConnectionState::Active if connection.delay_reason.is_some() => Status::Delayed,
        connections::ConnectionState::Active => Status::Connected,
    }
}

/// Connect an account, or revive the connection that was stopped
#[utoipa::path(post, path = "/api/v1/connections", tag = "connections", request_body = NewConnection,
    responses((status = 201, body = Connection), (status = 404, body = ProblemDocument)))]
pub(crate) async fn create(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(wish): Json<NewConnection>,
) -> Result<(StatusCode, Json<Connection>), Trouble> {
    crate::api::authorizations::find(&app, &caller, &wish.authorization_id).await?;
    let authorization: AuthorizationId = shape::id(&wish.authorization_id)?;
    let client = crate::api::clients::find(&app, &caller, &wish.client_id).await?;
    let accounts = app.engine().accounts(&caller.person, &authorization).await?;
    let account: Option<Account> = accounts.into_iter().find(|account| account.id == wish.account_id);
    let account =
        account.ok_or_else(|| Trouble::unprocessable("account_id", "The authorization does not see this account."))?;
    let connection = app.engine().add_connection(&caller.person, &authorization, &client.id, account).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, connection).await?)))
}

/// Run it now; a broken one is probed
#[utoipa::path(post, path = "/api/v1/connections/{id}/check", tag = "connections", params(("id" = String, Path,)),
    responses((status = 202, description = "It will run at once"), (status = 404, body = ProblemDocument)))]
pub(crate) async fn check(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    app.engine().check_now(&caller.person, &shape::id(&id)?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Stop syncing until somebody resumes
#[utoipa::path(post, path = "/api/v1/connections/{id}/pause", tag = "connections", params(("id" = String, Path,)),
    responses((status = 204, description = "Paused"), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(crate) async fn pause(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    app.engine().pause(&caller.person, &shape::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Go on, and fill what was missed
#[utoipa::path(post, path = "/api/v1/connections/{id}/resume", tag = "connections", params(("id" = String, Path,)),
    responses((status = 204, description = "Resumed"), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(crate) async fn resume(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    app.engine().resume(&caller.person, &shape::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End it, and keep its data
#[utoipa::path(post, path = "/api/v1/connections/{id}/stop", tag = "connections", params(("id" = String, Path,)),
    responses((status = 204, description = "Stopped"), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(crate) async fn stop(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    app.engine().stop(&caller.person, &shape::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
