//! Reconnections: a person repairs an authorization on the provider's own pages.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use relink_core::id::{AuthorizationId, ClientId, ReconnectionId};
use relink_engine::{Begun, Completed, Wanted};
use relink_store::reconnections::{self, Reconnection as Stored};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shape::{self, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::web::return_to::ReturnTo;
use crate::web::trouble::{ProblemDocument, Trouble};

const HOME: &str = "/data-sources";

/// Which authorization to repair, or which new one to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// The authorization to repair.
    authorization_id: Option<String>,
    /// For a new authorization: the provider, the way to sign in, and the client.
    provider: Option<String>,
    auth_method: Option<String>,
    client_id: Option<String>,
    /// For a new authorization: the settings that the way to sign in asks for, by name.
    #[serde(default)]
    settings: BTreeMap<String, String>,
    /// A path of this host to come back to.
    return_to: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    id: String,
    /// Where to send the browser that began it.
    authorize_url: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Reconnection {
    id: String,
    authorization_id: Option<String>,
    provider: String,
    /// `started`, `exchanging`, `succeeded` or `failed`.
    status: &'static str,
    /// How it failed, in a stable word.
    outcome: Option<String>,
    message: Option<String>,
    created_at: String,
    finished_at: Option<String>,
}

/// What a repair did to each connection.
#[derive(Serialize, ToSchema)]
pub(crate) struct Healing {
    authorization_id: String,
    healed: Vec<String>,
    not_healed: Vec<NotHealed>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct NotHealed {
    connection_id: String,
    message: String,
}

impl Healing {
    pub(super) fn of(completed: &Completed) -> Self {
        let not_healed = completed.not_healed.iter().map(|unhealed| NotHealed {
            connection_id: unhealed.connection_id.to_string(),
            message: unhealed.message.clone(),
        });
        Self {
            authorization_id: completed.authorization_id.to_string(),
            healed: completed.healed.iter().map(ToString::to_string).collect(),
            not_healed: not_healed.collect(),
        }
    }
}

/// Begin a reconnection; the same browser has to finish it, so a session is needed
#[utoipa::path(post, path = "/api/v1/reconnections", tag = "reconnections", request_body = Wish,
    responses((status = 201, body = Started), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(crate) async fn begin(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<Started>), Trouble> {
    let Begun { reconnection_id, authorize_url } = begin_wish(&app, &caller, wish).await?;
    let started = Started { id: reconnection_id.to_string(), authorize_url: authorize_url.to_string() };
    Ok((StatusCode::CREATED, Json(started)))
}

async fn begin_wish(app: &App, caller: &Identity, wish: Wish) -> Result<Begun, Trouble> {
    let Some(session) = &caller.session else {
        return Err(Trouble::forbidden(
            "A reconnection is finished in the browser that began it: sign in there, an API token cannot begin one.",
        ));
    };
    let return_to = ReturnTo::or(wish.return_to.as_deref(), HOME);
    let (engine, person, session) = (app.engine(), &caller.person, &session.token_hash);
    if let Some(id) = wish.authorization_id {
        let id: AuthorizationId = shape::id(&id)?;
        return Ok(engine.begin_reconnect(person, &id, session, return_to.as_str()).await?);
    }
    let (Some(provider), Some(method), Some(client)) = (wish.provider, wish.auth_method, wish.client_id) else {
        let needed = "Name an authorization_id, or a provider, an auth_method and a client_id.";
        return Err(Trouble::unprocessable("authorization_id", needed));
    };
    let client: ClientId = crate::api::clients::find(app, caller, &client).await?.id;
    let wanted = Wanted { plugin_id: &provider, auth_method: &method, client: &client, settings: wish.settings };
    Ok(engine.begin_connect(person, &wanted, session, return_to.as_str()).await?)
}

/// See how a reconnection of yours went
#[utoipa::path(get, path = "/api/v1/reconnections/{id}", tag = "reconnections", params(("id" = String, Path,)),
    responses((status = 200, body = Reconnection), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Reconnection>, Trouble> {
    let id: ReconnectionId = shape::id(&id)?;
    let found = reconnections::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    let own = found.filter(|attempt| attempt.user_id == caller.person.user_id);
    own.map(|attempt| Json(reconnection(attempt))).ok_or_else(Trouble::not_found)
}

fn reconnection(stored: Stored) -> Reconnection {
    Reconnection {
        id: stored.id.to_string(),
        authorization_id: stored.authorization_id.map(|id| id.to_string()),
        provider: stored.plugin_id,
        status: stored.status.code(),
        outcome: stored.outcome,
        message: stored.message,
        created_at: moment(stored.created_at),
        finished_at: stored.finished_at.map(moment),
    }
}
