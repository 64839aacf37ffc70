//! Authorizations: the sign-ins and keys, never their secrets.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use relink_core::id::AuthorizationId;
use relink_core::secret::Secret;
use relink_engine::{Typed, Wanted};
use relink_store::authorizations::{self, Authorization as Stored};
use relink_store::connections;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::clients;
use crate::api::reconnections::Healing;
use crate::api::shape::{self, Listed, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::pages::lookup::kind_of;
use crate::ui::views::repair::SignInKind;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Authorization {
    id: String,
    provider: String,
    auth_method: String,
    /// Whose login at the provider it is, if the provider tells.
    subject: Option<String>,
    label: String,
    granted_scopes: Vec<String>,
    created_at: String,
    /// When a person last granted access.
    authorized_at: String,
    authorized_by: Option<String>,
    /// When a person must grant access again at the latest.
    reauthorize_at: Option<String>,
    /// The open incident that breaks it.
    incident_id: Option<String>,
    connection_ids: Vec<String>,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfProvider {
    /// Only those of this provider.
    provider: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    id: String,
    label: String,
    kind: Option<String>,
    parent: Option<String>,
}

/// The values that a person types, by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSecrets {
    /// Those that are missing keep their value.
    #[serde(default)]
    secrets: BTreeMap<String, String>,
    /// Those that are missing keep their value, and an empty one is forgotten.
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// A key, for a provider without a sign-in page.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAuthorization {
    provider: String,
    auth_method: String,
    /// For whose data.
    client_id: String,
    secrets: BTreeMap<String, String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
}

/// List the authorizations
#[utoipa::path(get, path = "/api/v1/authorizations", tag = "authorizations", params(OfProvider),
    responses((status = 200, body = Listed<Authorization>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(filter): Query<OfProvider>,
) -> Result<Json<Listed<Authorization>>, Trouble> {
    let db = app.engine().db();
    let mut items = Vec::new();
    for stored in authorizations::list(db, &caller.person.workspace_id, filter.provider.as_deref()).await? {
        items.extend(shown(&app, &caller, stored).await?);
    }
    Ok(Json(Listed::whole(items)))
}

/// Try typed secrets with the provider, and make an authorization of them
#[utoipa::path(post, path = "/api/v1/authorizations", tag = "authorizations", request_body = NewAuthorization,
    responses((status = 201, body = Authorization), (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(crate) async fn create(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(new): Json<NewAuthorization>,
) -> Result<(StatusCode, Json<Authorization>), Trouble> {
    let client = clients::find(&app, &caller, &new.client_id).await?.id;
    let (plugin_id, auth_method) = (new.provider.as_str(), new.auth_method.as_str());
    if !takes_keys(&app, plugin_id, auth_method) {
        return Err(Trouble::unprocessable(
            "auth_method",
            "There is no such provider, or no such way to sign in with typed secrets.",
        ));
    }
    let wanted = Wanted { plugin_id, auth_method, client: &client, settings: new.settings };
    let id = app.engine().connect_with_secrets(&caller.person, &wanted, secrets_of(new.secrets)).await?;
    let made = authorizations::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    Ok((StatusCode::CREATED, Json(authorization(made.ok_or_else(Trouble::internal)?, Vec::new()))))
}

fn takes_keys(app: &App, plugin_id: &str, auth_method: &str) -> bool {
    let plugin = app.engine().registry().get(plugin_id);
    let method = plugin.as_ref().and_then(|plugin| plugin.descriptor().auth_method(auth_method));
    method.is_some_and(|method| kind_of(method) == SignInKind::Key)
}

/// Get an authorization
#[utoipa::path(get, path = "/api/v1/authorizations/{id}", tag = "authorizations", params(("id" = String, Path,)),
    responses((status = 200, body = Authorization), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Authorization>, Trouble> {
    find(&app, &caller, &id).await.map(Json)
}

/// Ask the provider which accounts the authorization can see
#[utoipa::path(get, path = "/api/v1/authorizations/{id}/accounts", tag = "authorizations",
    params(("id" = String, Path,)), responses((status = 200, body = Listed<Account>), (status = 404, body = ProblemDocument)))]
pub(crate) async fn accounts(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Listed<Account>>, Trouble> {
    find(&app, &caller, &id).await?;
    let id: AuthorizationId = shape::id(&id)?;
    let accounts = app.engine().accounts(&caller.person, &id).await?;
    let account = |account: relink_core::plugin::Account| Account {
        id: account.id,
        label: account.label,
        kind: account.kind,
        parent: account.parent,
    };
    Ok(Json(Listed::whole(accounts.into_iter().map(account).collect())))
}

/// Try new values with the provider, and then put them in the place of the old ones
#[utoipa::path(put, path = "/api/v1/authorizations/{id}/secrets", tag = "authorizations",
    params(("id" = String, Path,)), request_body = NewSecrets,
    responses((status = 200, body = Healing), (status = 422, body = ProblemDocument)))]
pub(crate) async fn replace_secrets(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(typed): Json<NewSecrets>,
) -> Result<Json<Healing>, Trouble> {
    find(&app, &caller, &id).await?;
    let id: AuthorizationId = shape::id(&id)?;
    let typed = Typed { secrets: secrets_of(typed.secrets), settings: typed.settings };
    let completed = app.engine().replace_secrets(&caller.person, &id, typed).await?;
    Ok(Json(Healing::of(&completed)))
}

fn secrets_of(typed: BTreeMap<String, String>) -> BTreeMap<String, Secret> {
    typed.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()
}

/// An authorization of which the caller may see some data; any other does not exist for the caller.
pub(super) async fn find(app: &App, caller: &Identity, id: &str) -> Result<Authorization, Trouble> {
    let id: AuthorizationId = shape::id(id)?;
    let found = authorizations::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    let found = found.filter(|found| found.removed_at.is_none()).ok_or_else(Trouble::not_found)?;
    shown(app, caller, found).await?.ok_or_else(Trouble::not_found)
}

async fn shown(app: &App, caller: &Identity, stored: Stored) -> Result<Option<Authorization>, Trouble> {
    let dependents = connections::list_of_authorization(app.engine().db(), &stored.workspace_id, &stored.id).await?;
    let visible = dependents.iter().filter(|connection| caller.person.may_see(&connection.client_id));
    let connection_ids: Vec<String> = visible.map(|connection| connection.id.to_string()).collect();
    let sees_all = caller.person.visible == relink_store::Visible::All;
    if connection_ids.is_empty() && !sees_all {
        return Ok(None);
    }
    Ok(Some(authorization(stored, connection_ids)))
}

fn authorization(stored: Stored, connection_ids: Vec<String>) -> Authorization {
    Authorization {
        id: stored.id.to_string(),
        provider: stored.plugin_id,
        auth_method: stored.auth_method,
        subject: stored.subject,
        label: stored.label,
        granted_scopes: stored.granted_scopes,
        created_at: moment(stored.created_at),
        authorized_at: moment(stored.authorized_at),
        authorized_by: stored.authorized_by.map(|id| id.to_string()),
        reauthorize_at: stored.reauthorize_at.map(moment),
        incident_id: stored.incident_id.map(|id| id.to_string()),
        connection_ids,
    }
}
