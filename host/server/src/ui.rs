//! The pages: what a person sees and clicks.
//!
//! A page is a struct in [`views`] with exactly what it shows, and a template beside it. Views know
//! no store, no engine and no request: handlers fill them. Nothing here decides anything; wording
//! lives in [`words`], and everything works without a script, which only makes it quicker.

pub(crate) mod amount;
pub(crate) mod assets;
pub(crate) mod icon;
#[cfg(test)]
mod samples;
pub(crate) mod security;
pub(crate) mod views;
pub(crate) mod when;
pub(crate) mod words;

use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

/// Names the part of a page that a script asks for, see [`views::shell::Part`].
pub(crate) const FRAGMENT_HEADER: HeaderName = HeaderName::from_static("x-fragment");

/// Answers with a page, or with the part of it that was asked for.
pub(crate) fn respond(page: &impl Template) -> Response {
    respond_with(StatusCode::OK, page)
}

/// Answers with a page that tells of trouble, under the status that belongs to it.
pub(crate) fn respond_with(status: StatusCode, page: &impl Template) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // A page shows what is true now; a part of it must never be taken for the whole.
        (CACHE_CONTROL, "private, no-cache"),
        (VARY, "x-fragment, cookie"),
    ];
    let html = page.render().expect("templates write to memory and have no failing filter");
    (status, headers, html).into_response()
}
