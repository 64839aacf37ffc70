//! Stands before every page and every resource: finds out who asks, and lets no other website act
//! in a person's name.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use http::{Method, StatusCode};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::auth::{self, Identity, SessionRef, origin};
use crate::web::trouble::Trouble;
use crate::web::upload::{self, UPLOAD_BYTES, Upload};

/// The name of the form field with the session's token against forgery, and of the header.
pub(crate) const CSRF_FIELD: &str = "csrf";
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// A form is a few fields; the longest is a key or a service account of some kilobytes.
const FORM_BYTES: usize = 256 * 1024;

/// Leaves an [`Identity`] for the handlers, if there is one.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(identity) => {
            if let Some(identity) = identity {
                request.extensions_mut().insert(identity);
            }
            next.run(request).await
        }
        Err(trouble) => trouble.into_response(),
    }
}

async fn admit(app: &App, request: &mut Request) -> Result<Option<Identity>, Trouble> {
    let now = app.engine().now();
    if let Some(token) = bearer(request.headers())? {
        let found = auth::by_api_token(app.engine().db(), token, now).await?;
        return found.map(Some).ok_or_else(|| Trouble::unauthorized("The API token is not known, or was revoked."));
    }
    let changes_something = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes_something && !origin::is_own(request.headers(), app.base_url()) {
        return Err(Trouble::forbidden("The request comes from another website, so it was not carried out."));
    }
    let Some(token) = app.cookies().session(request.headers()) else { return Ok(None) };
    let identity = auth::by_session(app.engine().db(), token.expose(), now).await?;
    if let Some(identity) = &identity
        && let Some(session) = &identity.session
        && changes_something
        && !carries_token(request, identity, session).await?
    {
        return Err(Trouble::forbidden(
            "The page was open for too long, or the request did not come from it. Load the page again and repeat.",
        ));
    }
    Ok(identity)
}

/// An API token; with anything else in the header the caller shall not be taken for a browser.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Trouble> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match token {
        Some((_, token)) => Ok(Some(token.trim())),
        None => Err(Trouble::unauthorized("The Authorization header must be `Bearer` and an API token.")),
    }
}

/// Looks for the session's token in the header, as scripts send it, or in the form.
async fn carries_token(request: &mut Request, identity: &Identity, session: &SessionRef) -> Result<bool, Trouble> {
    let is_right = |token: &[u8]| bool::from(token.ct_eq(session.csrf.as_bytes()));
    if let Some(token) = request.headers().get(CSRF_HEADER) {
        return Ok(is_right(token.as_bytes()));
    }
    if is_form(request.headers()) {
        let form = read_body(request, FORM_BYTES).await?;
        let mut fields = url::form_urlencoded::parse(&form);
        return Ok(fields.any(|(name, value)| name == CSRF_FIELD && is_right(value.as_bytes())));
    }
    // Files are for operators only, so nobody else can have them held in memory.
    let Some(boundary) = upload::boundary(request.headers()).filter(|_| identity.may_operate()) else {
        return Ok(false);
    };
    let form = Upload::read(boundary, read_body(request, UPLOAD_BYTES).await?).await?;
    Ok(form.get(CSRF_FIELD).is_some_and(|token| is_right(token)))
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Reads the body and puts it back for the handler.
async fn read_body(request: &mut Request, limit: usize) -> Result<Bytes, Trouble> {
    let body = std::mem::take(request.body_mut());
    let bytes = to_bytes(body, limit)
        .await
        .map_err(|_| Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large, or did not arrive whole."))?;
    *request.body_mut() = Body::from(bytes.clone());
    Ok(bytes)
}
