//! The control page and the style of the consent page, embedded so that one file is all there is.

use axum::response::Response;

use crate::answer;

pub(crate) async fn index() -> Response {
    answer::html(200, include_str!("../assets/control.html").to_owned())
}

pub(super) async fn control_css() -> Response {
    css(include_str!("../assets/control.css"))
}

pub(super) async fn consent_css() -> Response {
    css(include_str!("../assets/consent.css"))
}

pub(super) async fn control_js() -> Response {
    answer::with_type(200, "text/javascript; charset=utf-8", include_str!("../assets/control.js").to_owned())
}

fn css(text: &str) -> Response {
    answer::with_type(200, "text/css; charset=utf-8", text.to_owned())
}
