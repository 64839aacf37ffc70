//! What answers under the addresses that people see: fills the views of [`crate::ui`] and carries out
//! what the forms ask for.
//!
//! A handler that changes something answers with a redirect and leaves word for the next page.

mod callback;
mod client_pages;
pub(crate) mod connect;
mod connect_accounts;
mod connection;
mod connection_actions;
mod data_sources;
pub(crate) mod demo;
mod flash;
mod form;
mod help;
mod incident_cards;
pub(crate) mod lookup;
mod notices;
mod plugin;
mod plugin_install;
mod plugins;
mod reconnections;
mod rows;
mod secrets;
mod settings;
mod sign_in;
mod strip;
mod tray;
mod visit;
pub(crate) mod welcome;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::web::upload::UPLOAD_BYTES;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(demo::front_door))
        .route("/data-sources", get(data_sources::page))
        .route("/clients", get(client_pages::list))
        .route("/clients/{id}/data-sources", get(client_pages::page))
        .route("/connections/{id}", get(connection::page))
        .route("/connections/{id}/check", post(connection_actions::check))
        .route("/connections/{id}/pause", post(connection_actions::pause))
        .route("/connections/{id}/resume", post(connection_actions::resume))
        .route("/connections/{id}/stop", post(connection_actions::stop))
        .route("/reconnections", post(reconnections::begin))
        .route("/oauth/callback/{workspace_id}/{plugin_id}", get(callback::callback))
        .route("/authorizations/{id}/secrets", post(secrets::replace))
        .route("/connect", get(connect::page).post(connect::begin))
        .route("/connect/{authorization_id}/accounts", get(connect_accounts::page).post(connect_accounts::add))
        .route("/notices", get(notices::page))
        .route("/notices/read", post(notices::read))
        .route("/plugins", get(plugins::page))
        .route("/plugins/install", get(plugin_install::page))
        .route("/plugins/install", post(plugin_install::install).layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .route("/plugins/{id}", get(plugin::page))
        .route("/plugins/{id}/remove", post(plugin::remove))
        .route("/plugins/{id}/{action}", post(plugin::act))
        .route("/settings", get(settings::page))
        .route("/settings/tokens", post(settings::create_token))
        .route("/settings/tokens/{id}/revoke", post(settings::revoke_token))
        .route("/help/reasons/{code}", get(help::page))
        .route("/login", get(sign_in::page).post(sign_in::sign_in))
        .route("/logout", post(sign_in::sign_out))
        .route("/welcome/{token}", get(welcome::page).post(welcome::create_owner))
        .route("/demo/role", post(demo::change_role))
}

/// Sends the browser to a path of this host with a GET.
fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}
