//! Who did what to what.

use axum::Json;
use axum::extract::{Query, State};
use relink_store::audit::{self, AuditLine};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shape::{Listed, Paging, admins_only, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::Trouble;

#[derive(Serialize, ToSchema)]
pub(crate) struct Line {
    id: String,
    at: String,
    /// Null if Relink did it by itself.
    user_id: Option<String>,
    action: String,
    target: String,
    detail: Option<String>,
}

/// List the audit trail, newest first
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Paging), responses((status = 200, body = Listed<Line>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<Line>>, Trouble> {
    admins_only(&caller)?;
    let after = paging.after()?;
    let page = audit::list(app.engine().db(), &caller.person.workspace_id, after.as_ref(), paging.limit()).await?;
    Ok(Json(Listed::of(page, |line: AuditLine| Line {
        id: line.id.to_string(),
        at: moment(line.at),
        user_id: line.user_id.map(|id| id.to_string()),
        action: line.action,
        target: line.target,
        detail: line.detail,
    })))
}
