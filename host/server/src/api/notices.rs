//! The caller's own notices.

use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use relink_core::id::NoticeId;
use relink_store::notices::{self, Notice as Stored};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shape::{self, Paging, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Notice {
    id: String,
    incident_id: String,
    provider: String,
    reason: &'static str,
    code: String,
    message: String,
    /// The affected clients that the caller may see.
    client_names: Vec<String>,
    created_at: String,
    read_at: Option<String>,
    resolved_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Notices {
    /// Those that are neither read nor over.
    unread: i64,
    items: Vec<Notice>,
}

/// List your newest notices
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", params(Paging), responses((status = 200, body = Notices)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Notices>, Trouble> {
    let (db, person) = (app.engine().db(), &caller.person);
    let (workspace, user, visible) = (&person.workspace_id, &person.user_id, &person.visible);
    let unread = notices::unread_count(db, workspace, user, visible).await?;
    let newest = notices::list_for_user(db, workspace, user, visible, paging.limit()).await?;
    Ok(Json(Notices { unread, items: newest.into_iter().map(notice).collect() }))
}

fn notice(stored: Stored) -> Notice {
    Notice {
        id: stored.id.to_string(),
        incident_id: stored.incident.id.to_string(),
        provider: stored.incident.plugin_id,
        reason: stored.incident.reason.code(),
        code: stored.incident.code,
        message: stored.incident.message,
        client_names: stored.client_names,
        created_at: moment(stored.created_at),
        read_at: stored.read_at.map(moment),
        resolved_at: stored.incident.resolved_at.map(moment),
    }
}

/// Mark one of your notices as read
#[utoipa::path(post, path = "/api/v1/notices/{id}/read", tag = "notices", params(("id" = String, Path,)),
    responses((status = 204, description = "Read"), (status = 404, body = ProblemDocument)))]
pub(crate) async fn read(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Trouble> {
    let id: NoticeId = shape::id(&id)?;
    let person = &caller.person;
    let mut tx = app.engine().db().begin().await?;
    if !notices::mark_read(&mut tx, &person.workspace_id, &person.user_id, &id, app.engine().now()).await? {
        return Err(Trouble::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mark all of your notices as read
#[utoipa::path(post, path = "/api/v1/notices/read", tag = "notices", responses((status = 204, description = "Read")))]
pub(crate) async fn read_all(State(app): State<App>, Caller(caller): Caller) -> Result<StatusCode, Trouble> {
    let person = &caller.person;
    let mut tx = app.engine().db().begin().await?;
    notices::mark_all_read(&mut tx, &person.workspace_id, &person.user_id, app.engine().now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
