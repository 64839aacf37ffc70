//! What handlers ask for: a person on a page, a caller of the API, the address of the browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use url::form_urlencoded;

use crate::app::App;
use crate::auth::Identity;
use crate::web::trouble::Trouble;

/// A person on a page; without a session the browser is sent to sign in and comes back afterwards.
pub(crate) struct SignedIn(pub(crate) Identity);

/// A caller of the API.
pub(crate) struct Caller(pub(crate) Identity);

/// Where the browser is, as far as this can be known.
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Response> {
        match parts.extensions.get::<Identity>() {
            Some(identity) if identity.session.is_some() => Ok(Self(identity.clone())),
            Some(_) => Err(Trouble::forbidden("Pages are for browsers; API tokens are for /api/v1.").into_response()),
            None => Err(Redirect::to(&sign_in_address(parts)).into_response()),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Trouble> {
        let identity = parts.extensions.get::<Identity>().cloned();
        identity.map(Self).ok_or_else(|| Trouble::unauthorized("Sign in, or send an API token as bearer."))
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = app.trusts_forwarded_for().then(|| last_forwarded(parts)).flatten();
        Ok(Self(forwarded.or(peer).unwrap_or(Ipv4Addr::UNSPECIFIED.into())))
    }
}

/// The entry that the operator's own proxy added; those before it are the browser's claim.
fn last_forwarded(parts: &Parts) -> Option<IpAddr> {
    let line = parts.headers.get_all("x-forwarded-for").iter().next_back()?;
    line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// A page is come back to; a form that was sent without a session is not repeated.
fn sign_in_address(parts: &Parts) -> String {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let here = uri.path_and_query().map_or("/", |path| path.as_str());
    if parts.method != http::Method::GET || here == "/" {
        return "/login".to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", here).finish();
    format!("/login?{query}")
}
