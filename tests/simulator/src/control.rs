//! The control interface under `/_sim/`: look at the state, break things, heal them.

mod commands;
pub(crate) mod page;
mod state;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use crate::dispatch::Shared;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/state", get(state::state))
        .route("/log", get(state::log))
        .route("/count", get(state::count))
        .route("/fault", post(commands::fault))
        .route("/heal", post(commands::heal))
        .route("/reset", post(commands::reset))
        .route("/keys", post(commands::keys))
        .route("/tokens", post(commands::tokens))
        .route("/settings", post(commands::settings))
        .route("/webhooks", post(commands::webhooks))
        .route("/assets/control.css", get(page::control_css))
        .route("/assets/control.js", get(page::control_js))
        .route("/assets/consent.css", get(page::consent_css))
}
