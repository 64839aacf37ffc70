//! Shorthand for the answers that providers give.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

/// JSON with the content type that every simulated provider sends.
pub(crate) fn json(status: u16, body: &Value) -> Response {
    with_type(status, "application/json; charset=utf-8", body.to_string())
}

pub(crate) fn html(status: u16, body: String) -> Response {
    with_type(status, "text/html; charset=utf-8", body)
}

pub(crate) fn empty(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status_code(status);
    response
}

pub(crate) fn with_type(status: u16, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status_code(status);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds a header whose value the simulator made up itself.
pub(crate) fn header(mut response: Response, name: &'static str, value: &str) -> Response {
    let value = HeaderValue::from_str(value).expect("the simulator only makes printable values");
    response.headers_mut().insert(name, value);
    response
}

pub(crate) fn see_other(location: &str) -> Response {
    header(empty(303), "location", location)
}

/// A status that a test asked for and that HTTP does not know is shown as 500.
fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
