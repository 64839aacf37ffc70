//! A stream that says when something of the workspace changed.

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::live;
use crate::web::trouble::{ProblemDocument, Trouble};

/// Listen for changes: server-sent events named `changed`
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    responses((status = 200, description = "A stream of events", content_type = "text/event-stream"), (status = 503, body = ProblemDocument)))]
pub(crate) async fn events(State(app): State<App>, Caller(caller): Caller) -> Result<Response, Trouble> {
    live::listen(&app, caller.person.workspace_id)
}
