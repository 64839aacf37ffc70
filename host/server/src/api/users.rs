//! People of the workspace, what they may do and whose data they see.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use relink_core::id::{ClientId, UserId};
use relink_core::secret::Secret;
use relink_store::users::{self, Role, User as Stored};
use relink_store::{Tx, Visible, clients, sessions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shape::{self, Listed, admins_only, moment, operators_only};
use crate::api::tokens::note;
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct User {
    id: String,
    email: String,
    name: String,
    /// `owner`, `admin`, `staff` or `viewer`.
    role: &'static str,
    /// Whether the person operates the host: installs and changes plugins, for every workspace.
    operator: bool,
    /// The clients whose data the person sees; null means all.
    client_ids: Option<Vec<String>>,
    created_at: String,
    deactivated_at: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    email: String,
    name: String,
    role: String,
    password: String,
    /// The clients whose data the person sees; null means all.
    client_ids: Option<Vec<String>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    role: Option<String>,
    /// True: the person operates the host. Only operators make operators.
    operator: Option<bool>,
    /// Replaces whose data the person sees.
    client_ids: Option<Vec<String>>,
    /// True: the person sees every client.
    all_clients: Option<bool>,
    /// True: the person can no longer sign in.
    deactivated: Option<bool>,
}

/// List the people
#[utoipa::path(get, path = "/api/v1/users", tag = "users", responses((status = 200, body = Listed<User>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<User>>, Trouble> {
    admins_only(&caller)?;
    let mut items = Vec::new();
    for stored in users::list(app.engine().db(), &caller.person.workspace_id).await? {
        items.push(shown(&app, stored).await?);
    }
    Ok(Json(Listed::whole(items)))
}

/// Get a person
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path,)),
    responses((status = 200, body = User), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<User>, Trouble> {
    let found = find(&app, &caller, &id).await?;
    Ok(Json(shown(&app, found).await?))
}

/// Add a person
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = User), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(crate) async fn create(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(wish): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Trouble> {
    admins_only(&caller)?;
    let role = role(&caller, &wish.role)?;
    let visible = visible(&app, &caller, wish.client_ids).await?;
    let hash = app.passwords().hash(&Secret::new(wish.password)).await;
    let hash = hash.map_err(|error| Trouble::unprocessable("password", error.to_string()))?;
    let new = Stored {
        workspace_id: caller.person.workspace_id.clone(),
        id: UserId::new(),
        email: shape::name("email", &wish.email)?,
        name: shape::name("name", &wish.name)?,
        role,
        password_hash: Some(Secret::new(hash)),
        all_clients: visible == Visible::All,
        is_operator: false,
        created_at: app.engine().now(),
        deactivated_at: None,
    };
    let mut tx = app.engine().db().begin().await?;
    users::create(&mut tx, &new).await?;
    users::set_clients(&mut tx, &new.workspace_id, &new.id, &visible).await?;
    note(&mut tx, &app, &caller, ("user.created", new.id.as_str())).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(shown(&app, new).await?)))
}

/// Change what a person may do
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path,)), request_body = Change,
    responses((status = 200, body = User), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(crate) async fn change(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<User>, Trouble> {
    let found = find(&app, &caller, &id).await?;
    if found.role == Role::Owner && caller.person.role != Role::Owner {
        return Err(Trouble::forbidden("Only an owner may change an owner."));
    }
    if change.operator.is_some() || found.is_operator {
        operators_only(&caller)?;
    }
    if found.id == caller.person.user_id {
        return Err(Trouble::conflict("Nobody changes their own role: ask another owner or admin."));
    }
    let role = change.role.as_deref().map(|name| role(&caller, name)).transpose()?;
    let visible = match (change.all_clients, change.client_ids) {
        (Some(true), _) => Some(Visible::All),
        (_, Some(ids)) => Some(visible(&app, &caller, Some(ids)).await?),
        (_, None) => None,
    };
    let mut tx = app.engine().db().begin().await?;
    carry_out(&mut tx, &found, role, visible.as_ref()).await?;
    if let Some(is_operator) = change.operator {
        users::set_operator(&mut tx, &found.workspace_id, &found.id, is_operator).await?;
    }
    if change.deactivated == Some(true) {
        users::deactivate(&mut tx, &found.workspace_id, &found.id, app.engine().now()).await?;
    }
    // With other rights the person signs in anew.
    sessions::delete_for_user(&mut tx, &found.workspace_id, &found.id).await?;
    note(&mut tx, &app, &caller, ("user.changed", found.id.as_str())).await?;
    tx.commit().await?;
    let changed = find(&app, &caller, &id).await?;
    Ok(Json(shown(&app, changed).await?))
}

async fn carry_out(tx: &mut Tx, user: &Stored, role: Option<Role>, visible: Option<&Visible>) -> Result<(), Trouble> {
    if let Some(role) = role {
        users::set_role(tx, &user.workspace_id, &user.id, role).await?;
    }
    if let Some(visible) = visible {
        users::set_clients(tx, &user.workspace_id, &user.id, visible).await?;
    }
    Ok(())
}

async fn find(app: &App, caller: &Identity, id: &str) -> Result<Stored, Trouble> {
    admins_only(caller)?;
    let id: UserId = shape::id(id)?;
    users::find(app.engine().db(), &caller.person.workspace_id, &id).await?.ok_or_else(Trouble::not_found)
}

/// Nobody gives more than they have: only an owner makes owners.
fn role(caller: &Identity, name: &str) -> Result<Role, Trouble> {
    let role = Role::from_code(name)
        .ok_or_else(|| Trouble::unprocessable("role", "The roles are owner, admin, staff and viewer."))?;
    if role == Role::Owner && caller.person.role != Role::Owner {
        return Err(Trouble::forbidden("Only an owner may make an owner."));
    }
    Ok(role)
}

async fn visible(app: &App, caller: &Identity, ids: Option<Vec<String>>) -> Result<Visible, Trouble> {
    let Some(ids) = ids else { return Ok(Visible::All) };
    let known = clients::list(app.engine().db(), &caller.person.workspace_id).await?;
    let found: Vec<ClientId> =
        known.into_iter().map(|client| client.id).filter(|id| ids.iter().any(|wanted| wanted == id.as_str())).collect();
    if found.len() == ids.len() {
        return Ok(Visible::Some(found));
    }
    Err(Trouble::unprocessable("client_ids", "One of these clients does not exist."))
}

async fn shown(app: &App, stored: Stored) -> Result<User, Trouble> {
    let client_ids = match users::visible_clients(app.engine().db(), &stored).await? {
        Visible::All => None,
        Visible::Some(ids) => Some(ids.iter().map(ToString::to_string).collect()),
    };
    Ok(User {
        id: stored.id.to_string(),
        email: stored.email,
        name: stored.name,
        role: stored.role.code(),
        operator: stored.is_operator,
        client_ids,
        created_at: moment(stored.created_at),
        deactivated_at: stored.deactivated_at.map(moment),
    })
}
