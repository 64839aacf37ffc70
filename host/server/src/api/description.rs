//! `/openapi.json`: the API, described for programs.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api;
use crate::app::App;
use crate::web::trouble::ProblemDocument;

#[derive(OpenApi)]
#[openapi(
    info(title = "Relink", description = "Keeps the connections to data providers alive."),
    paths(
        api::providers::list,
        api::plugins::list,
        api::plugins::install,
        api::plugins::detail::get,
        api::plugins::remove,
        api::plugins::act,
        api::clients::list,
        api::clients::create,
        api::clients::get,
        api::clients::rename,
        api::authorizations::list,
        api::authorizations::get,
        api::authorizations::accounts,
        api::authorizations::create,
        api::authorizations::replace_secrets,
        api::connections::list,
        api::connections::create,
        api::connections::get,
        api::connections::check,
        api::connections::pause,
        api::connections::resume,
        api::connections::stop,
        api::records::list,
        api::gaps::coverage,
        api::gaps::gaps,
        api::runs::list,
        api::reconnections::begin,
        api::reconnections::get,
        api::incidents::list,
        api::incidents::get,
        api::notices::list,
        api::notices::read,
        api::notices::read_all,
        api::events::events,
        api::tokens::list,
        api::tokens::create,
        api::tokens::revoke,
        api::users::list,
        api::users::create,
        api::users::get,
        api::users::change,
        api::audit::list,
    ),
    components(schemas(ProblemDocument)),
    modifiers(&SignIn),
    security(("token" = []), ("session" = [])),
)]
struct Description;

/// The two ways to say who asks.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-relink")));
        components.add_security_scheme("session", session);
    }
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/openapi.json", get(|| async { Json(Description::openapi()) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_below_the_api_is_described() {
        let source = include_str!("../api.rs");
        let described = Description::openapi().paths.paths;
        let routes: Vec<&str> = source.split("route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(routes.len() > 20);
        for route in routes {
            assert!(described.contains_key(&format!("/api/v1{route}")), "{route} is not described");
        }
    }
}
