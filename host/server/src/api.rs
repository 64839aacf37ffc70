//! `/api/v1`: what the pages can do, for programs. Errors are problem documents (RFC 9457), lists have
//! cursors, and no answer holds a secret but the one that makes a token.

pub(crate) mod audit;
pub(crate) mod authorizations;
pub(crate) mod clients;
pub(crate) mod connections;
pub(crate) mod description;
pub(crate) mod events;
pub(crate) mod gaps;
pub(crate) mod incidents;
pub(crate) mod notices;
pub(crate) mod plugins;
pub(crate) mod providers;
pub(crate) mod reconnections;
pub(crate) mod records;
pub(crate) mod runs;
pub(crate) mod shape;
pub(crate) mod tokens;
pub(crate) mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};

use crate::app::App;
use crate::plugins::COMPONENT_BYTES;
use crate::web::trouble;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/providers", get(providers::list))
        .route("/plugins", get(plugins::list))
        .route("/plugins", post(plugins::install).layer(DefaultBodyLimit::max(COMPONENT_BYTES)))
        .route("/plugins/{id}", get(plugins::detail::get).delete(plugins::remove))
        .route("/plugins/{id}/{action}", post(plugins::act))
        .route("/clients", get(clients::list).post(clients::create))
        .route("/clients/{id}", get(clients::get).patch(clients::rename))
        .route("/authorizations", get(authorizations::list).post(authorizations::create))
        .route("/authorizations/{id}", get(authorizations::get))
        .route("/authorizations/{id}/accounts", get(authorizations::accounts))
        .route("/authorizations/{id}/secrets", put(authorizations::replace_secrets))
        .route("/connections", get(connections::list).post(connections::create))
        .route("/connections/{id}", get(connections::get))
        .route("/connections/{id}/check", post(connections::check))
        .route("/connections/{id}/pause", post(connections::pause))
        .route("/connections/{id}/resume", post(connections::resume))
        .route("/connections/{id}/stop", post(connections::stop))
        .route("/connections/{id}/records", get(records::list))
        .route("/connections/{id}/coverage", get(gaps::coverage))
        .route("/connections/{id}/gaps", get(gaps::gaps))
        .route("/connections/{id}/runs", get(runs::list))
        .route("/reconnections", post(reconnections::begin))
        .route("/reconnections/{id}", get(reconnections::get))
        .route("/incidents", get(incidents::list))
        .route("/incidents/{id}", get(incidents::get))
        .route("/notices", get(notices::list))
        .route("/notices/read", post(notices::read_all))
        .route("/notices/{id}/read", post(notices::read))
        .route("/events", get(events::events))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{id}", delete(tokens::revoke))
        .route("/users", get(users::list).post(users::create))
        .route("/users/{id}", get(users::get).patch(users::change))
        .route("/audit", get(audit::list))
        .fallback(trouble::nothing_here)
}
