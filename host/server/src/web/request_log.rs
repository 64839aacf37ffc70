//! One line in the log for each request: what, how it ended, how long it took. Never a query, which may
//! hold a code or a token, and never a path below `/welcome`.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

pub(crate) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    app.metrics().count_request(status);
    tracing::info!(
        http.method = %method,
        http.route = route.as_deref().unwrap_or("none"),
        http.status = status,
        duration_ms = began.elapsed().as_millis() as u64,
        "request"
    );
    response
}
