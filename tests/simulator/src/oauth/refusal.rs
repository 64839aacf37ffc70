//! An error of a token endpoint as RFC 6749 section 5.2 writes it.

use axum::response::Response;
use serde_json::json;

use crate::answer;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal {
    status: u16,
    error: &'static str,
    description: &'static str,
}

impl Refusal {
    pub(crate) const fn new(status: u16, error: &'static str, description: &'static str) -> Self {
        Self { status, error, description }
    }

    pub(crate) fn answer(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        answer::json(self.status, &body)
    }
}

/// The answer of a refusal that nobody looks at before it is sent.
pub(crate) fn refuse(status: u16, error: &'static str, description: &'static str) -> Response {
    Refusal::new(status, error, description).answer()
}
