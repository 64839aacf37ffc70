//! Incidents: what was broken from a moment to a moment, and whom it reaches.

use axum::Json;
use axum::extract::{Path, Query, State};
use relink_core::id::IncidentId;
use relink_store::incidents::{self, Incident as Stored, IncidentFilter, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shape::{self, Listed, Paging, moment};
use crate::app::App;
use crate::auth::Identity;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Incident {
    id: String,
    /// `authorization`, `connection` or `app`.
    scope: &'static str,
    provider: String,
    authorization_id: Option<String>,
    connection_id: Option<String>,
    /// The common code.
    reason: &'static str,
    /// The specific code, such as `ahrefs.subscription-lapsed`.
    code: String,
    cause: Option<String>,
    certainty: &'static str,
    who_acts: &'static str,
    remedy: &'static str,
    message: String,
    help_url: Option<String>,
    /// What the provider said, without secrets.
    provider_answer: Option<String>,
    opened_at: String,
    resolved_at: Option<String>,
    /// `reconnected`, `recovered`, `key-replaced` or `removed`.
    resolution: Option<&'static str>,
    resolved_by: Option<String>,
    affected: Vec<Affected>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Affected {
    connection_id: String,
    client_id: String,
    client_name: String,
    account_label: String,
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those that are open.
    open: Option<bool>,
    provider: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// List the incidents, newest first
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents", params(Wanted),
    responses((status = 200, body = Listed<Incident>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Listed<Incident>>, Trouble> {
    let paging = Paging { after: wanted.after, limit: wanted.limit };
    let filter = IncidentFilter {
        only_open: wanted.open.unwrap_or(false),
        plugin_id: wanted.provider,
        after: paging.after()?,
        limit: paging.limit(),
    };
    let person = &caller.person;
    let page = incidents::list(app.engine().db(), &person.workspace_id, &person.visible, &filter).await?;
    let next = page.next;
    let mut items = Vec::with_capacity(page.items.len());
    for stored in page.items {
        items.extend(shown(&app, &caller, stored).await?);
    }
    Ok(Json(Listed::of(relink_store::Page { items, next }, |incident| incident)))
}

/// Get an incident
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "incidents", params(("id" = String, Path,)),
    responses((status = 200, body = Incident), (status = 404, body = ProblemDocument)))]
pub(crate) async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Incident>, Trouble> {
    let id: IncidentId = shape::id(&id)?;
    let found = incidents::find(app.engine().db(), &caller.person.workspace_id, &id).await?;
    let incident = shown(&app, &caller, found.ok_or_else(Trouble::not_found)?).await?;
    incident.map(Json).ok_or_else(Trouble::not_found)
}

/// The incident with what the caller may see of it; none if that is nothing.
async fn shown(app: &App, caller: &Identity, stored: Stored) -> Result<Option<Incident>, Trouble> {
    let person = &caller.person;
    let affected = incidents::affected(app.engine().db(), &person.workspace_id, &stored.id, &person.visible).await?;
    let is_operators = stored.scope == Scope::App && caller.may_administer();
    let sees_all = person.visible == relink_store::Visible::All && stored.scope != Scope::App;
    if affected.is_empty() && !is_operators && !sees_all {
        return Ok(None);
    }
    let affected = affected.into_iter().map(|connection| Affected {
        connection_id: connection.connection_id.to_string(),
        client_id: connection.client_id.to_string(),
        client_name: connection.client_name,
        account_label: connection.account_label,
    });
    Ok(Some(Incident {
        affected: affected.collect(),
        id: stored.id.to_string(),
        scope: stored.scope.code(),
        provider: stored.plugin_id,
        authorization_id: stored.authorization_id.map(|id| id.to_string()),
        connection_id: stored.connection_id.map(|id| id.to_string()),
        reason: stored.reason.code(),
        code: stored.code,
        cause: stored.cause,
        certainty: stored.certainty.code(),
        who_acts: stored.actor.code(),
        remedy: stored.remedy.code(),
        message: stored.message,
        help_url: stored.help_url,
        provider_answer: stored.provider_answer,
        opened_at: moment(stored.opened_at),
        resolved_at: stored.resolved_at.map(moment),
        resolution: stored.resolution.map(relink_store::incidents::Resolution::code),
        resolved_by: stored.resolved_by.map(|id| id.to_string()),
    }))
}
