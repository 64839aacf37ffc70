//! The newest attempts to sync a connection.

use axum::Json;
use axum::extract::{Path, Query, State};
use relink_store::runs::{self, Run as Stored};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::connections;
use crate::api::shape::{Listed, Paging, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

#[derive(Serialize, ToSchema)]
pub(crate) struct Run {
    id: String,
    started_at: String,
    finished_at: String,
    outcome: String,
    reason: Option<String>,
    code: Option<String>,
    rows: i64,
    message: Option<String>,
}

/// List the runs, newest first
#[utoipa::path(get, path = "/api/v1/connections/{id}/runs", tag = "runs", params(("id" = String, Path,), Paging),
    responses((status = 200, body = Listed<Run>), (status = 404, body = ProblemDocument)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<Run>>, Trouble> {
    let connection = connections::find(&app, &caller, &id).await?;
    let after = paging.after()?;
    let (db, limit) = (app.engine().db(), paging.limit());
    let page = runs::list(db, &connection.workspace_id, &connection.id, after.as_ref(), limit).await?;
    Ok(Json(Listed::of(page, run)))
}

fn run(stored: Stored) -> Run {
    Run {
        id: stored.id.to_string(),
        started_at: moment(stored.started_at),
        finished_at: moment(stored.finished_at),
        outcome: stored.outcome,
        reason: stored.reason,
        code: stored.code,
        rows: stored.row_count,
        message: stored.message,
    }
}
