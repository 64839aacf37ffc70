//! All routes, and what every request passes on its way to them.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::auth::guard;
use crate::web::{headers, request_log, trouble};
use crate::{api, metrics, pages, ui, webhooks};

/// Longer than the longest wait that is right: the sign-in at a slow provider.
const TIMEOUT: Duration = Duration::from_secs(90);
const BODY_BYTES: usize = 256 * 1024;

pub(crate) fn router(app: App) -> Router {
    let guarded = Router::new()
        .merge(pages::router())
        .nest("/api/v1", api::router())
        .fallback(trouble::nothing_here)
        .layer(from_fn_with_state(app.clone(), guard::guard));
    // Pages are not compressed: they hold a token beside words that a stranger may have chosen.
    let public = Router::new().merge(api::description::router()).merge(ui::assets::router());
    let open = public.layer(CompressionLayer::new()).merge(metrics::router()).merge(webhooks::router());
    guarded
        .merge(open)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), trouble::render))
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(from_fn_with_state(app.clone(), request_log::log))
        .with_state(app)
}

#[cfg(test)]
mod tests;
