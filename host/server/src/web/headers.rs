//! The headers that every answer carries, errors included.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::app::App;
use crate::ui::security::content_security_policy;

/// What is no page loads nothing and is shown nowhere.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Pages hold data of clients: the back button of the next person must not show them.
const NEVER_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// Adds them. `same-origin` as referrer policy: with none at all, forms would come with `Origin: null`.
pub(crate) async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_page = is_page(&response);
    let policy = if is_page { page_policy(&app) } else { NO_PAGE };
    let headers = response.headers_mut();
    if is_page {
        headers.insert(CACHE_CONTROL, NEVER_KEPT);
    }
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin-allow-popups"),
    );
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    );
    headers.entry(CACHE_CONTROL).or_insert(NEVER_KEPT);
    if app.base_url().scheme() == "https" {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

fn is_page(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn page_policy(app: &App) -> HeaderValue {
    HeaderValue::try_from(content_security_policy(&app.form_targets())).unwrap_or(NO_PAGE)
}
