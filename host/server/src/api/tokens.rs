//! API tokens of the workspace. A token is shown once, when it is made.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use relink_core::id::{ApiTokenId, AuditId};
use relink_store::api_tokens::{self, ApiToken};
use relink_store::audit::{self, AuditLine};
use relink_store::token::token_hash;
use relink_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shape::{self, Listed, admins_only, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::auth::{Identity, secret_token};
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    id: String,
    user_id: String,
    name: String,
    created_at: String,
    last_used_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct NewToken {
    id: String,
    /// Shown this once.
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenName {
    /// What the token is for.
    name: String,
}

/// List the tokens
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", responses((status = 200, body = Listed<Token>)))]
pub(crate) async fn list(State(app): State<App>, Caller(caller): Caller) -> Result<Json<Listed<Token>>, Trouble> {
    admins_only(&caller)?;
    let tokens = api_tokens::list(app.engine().db(), &caller.person.workspace_id).await?;
    let token = |token: ApiToken| Token {
        id: token.id.to_string(),
        user_id: token.user_id.to_string(),
        name: token.name,
        created_at: moment(token.created_at),
        last_used_at: token.last_used_at.map(moment),
    };
    Ok(Json(Listed::whole(tokens.into_iter().map(token).collect())))
}

/// Make a token that acts for you
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenName,
    responses((status = 201, body = NewToken), (status = 422, body = ProblemDocument)))]
pub(crate) async fn create(
    State(app): State<App>,
    Caller(caller): Caller,
    Json(wish): Json<TokenName>,
) -> Result<(StatusCode, Json<NewToken>), Trouble> {
    admins_only(&caller)?;
    let token = secret_token::random_api_token();
    let row = ApiToken {
        workspace_id: caller.person.workspace_id.clone(),
        id: ApiTokenId::new(),
        user_id: caller.person.user_id.clone(),
        name: shape::name("name", &wish.name)?,
        token_hash: token_hash(token.expose()).to_vec(),
        created_at: app.engine().now(),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = app.engine().db().begin().await?;
    api_tokens::create(&mut tx, &row).await?;
    note(&mut tx, &app, &caller, ("api-token.created", row.id.as_str())).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(NewToken { id: row.id.to_string(), token: token.expose().to_owned() })))
}

/// Revoke a token
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = String, Path,)),
    responses((status = 204, description = "Revoked"), (status = 404, body = ProblemDocument)))]
pub(crate) async fn revoke(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    admins_only(&caller)?;
    let id: ApiTokenId = shape::id(&id)?;
    let mut tx = app.engine().db().begin().await?;
    if !api_tokens::revoke(&mut tx, &caller.person.workspace_id, &id, app.engine().now()).await? {
        return Err(Trouble::not_found());
    }
    note(&mut tx, &app, &caller, ("api-token.revoked", id.as_str())).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a line in the audit trail: what was done, and to what.
pub(crate) async fn note(
    tx: &mut Tx,
    app: &App,
    caller: &Identity,
    (action, target): (&str, &str),
) -> Result<(), StoreError> {
    let line = AuditLine {
        workspace_id: caller.person.workspace_id.clone(),
        id: AuditId::new(),
        at: app.engine().now(),
        user_id: Some(caller.person.user_id.clone()),
        action: action.to_owned(),
        target: target.to_owned(),
        detail: None,
    };
    audit::add(tx, &line).await
}
