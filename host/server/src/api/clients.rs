//! Clients: whom the data is about.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use relink_core::id::ClientId;
use relink_store::clients::{self, Client as Stored};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shape::{self, Listed, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Client {
    id: String,
    name: String,
    created_at: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientName {
    /// Unique in the workspace.
    name: String,
}

/// List the clients
#[utoipa::path(get, path = "/api/v1/clients", tag = "clients", responses((status = 200, body = Listed<Client>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<Client>>, Trouble> {
    let all = clients::list(app.engine().db(), &caller.person.workspace_id).await?;
    let visible = all.into_iter().filter(|client| caller.person.may_see(&client.id));
    Ok(Json(Listed::whole(visible.map(client).collect())))
}

/// Get a client
#[utoipa::path(get, path = "/api/v1/clients/{id}", tag = "clients", params(("id" = String, Path,)),
    responses((status = 200, body = Client), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Client>, Trouble> {
    Ok(Json(client(find(&app, &caller, &id).await?)))
}

/// Add a client
#[utoipa::path(post, path = "/api/v1/clients", tag = "clients", request_body = ClientName,
    responses((status = 201, body = Client), (status = 409, body = ProblemDocument)))]
pub(crate) async fn create(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(wish): Json<ClientName>,
) -> Result<(StatusCode, Json<Client>), Trouble> {
    let new = Stored {
        workspace_id: caller.person.workspace_id.clone(),
        id: ClientId::new(),
        name: shape::name("name", &wish.name)?,
        created_at: app.engine().now(),
    };
    if !caller.person.may_change(&new.id) {
        return Err(Trouble::forbidden("Only people who see all clients can add one."));
    }
    let mut tx = app.engine().db().begin().await?;
    clients::create(&mut tx, &new).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(client(new))))
}

/// Rename a client
#[utoipa::path(patch, path = "/api/v1/clients/{id}", tag = "clients", params(("id" = String, Path,)),
    request_body = ClientName, responses((status = 200, body = Client), (status = 404, body = ProblemDocument)))]
pub(crate) async fn rename(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(wish): Json<ClientName>,
) -> Result<Json<Client>, Trouble> {
    let found = find(&app, &caller, &id).await?;
    if !caller.person.may_change(&found.id) {
        return Err(Trouble::forbidden("Your role does not include changing this client."));
    }
    let name = shape::name("name", &wish.name)?;
    let mut tx = app.engine().db().begin().await?;
    clients::rename(&mut tx, &found.workspace_id, &found.id, &name).await?;
    tx.commit().await?;
    Ok(Json(client(Stored { name, ..found })))
}

/// A client that the caller may see; any other does not exist for the caller.
pub(super) async fn find(app: &App, caller: &Identity, id: &str) -> Result<Stored, Trouble> {
    let id: ClientId = shape::id(id)?;
    let found = clients::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    found.filter(|client| caller.person.may_see(&client.id)).ok_or_else(Trouble::not_found)
}

fn client(stored: Stored) -> Client {
    Client { id: stored.id.to_string(), name: stored.name, created_at: moment(stored.created_at) }
}
