//! The page for an address that shows nothing: not found, not allowed, not working.

use askama::Template;
use axum::http::StatusCode;

use crate::ui::icon;

#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct Problem {
    pub(crate) title: String,
    pub(crate) text: String,
    /// Names the request to those who support.
    pub(crate) reference: Option<String>,
    pub(crate) support_url: String,
}

impl Problem {
    /// The plain words that go with a status.
    pub(crate) fn of(status: StatusCode, support_url: &str) -> Self {
        let (title, text) = match status {
            StatusCode::NOT_FOUND => (
                "There is nothing at this address",
                "It may have been removed, or the link is incomplete. Start from the list of data sources.",
            ),
            StatusCode::FORBIDDEN => (
                "This page is not yours to see",
                "Your role does not include it. Ask the owner of your workspace if you need it.",
            ),
            StatusCode::GONE => (
                "This link has been used or is too old",
                "Links of this kind work once and for a limited time. Ask for a new one.",
            ),
            StatusCode::TOO_MANY_REQUESTS => {
                ("Too many attempts", "Wait a minute, then try again. Nothing was changed.")
            }
            StatusCode::SERVICE_UNAVAILABLE => (
                "Relink cannot answer right now",
                "Your data is safe, and fetching goes on as soon as possible. Try again in a minute.",
            ),
            status if status.is_client_error() => (
                "That did not work",
                "The page may have been open for too long. Go back, load it again and repeat what you did.",
            ),
            _ => (
                "Something went wrong on our side",
                "Nothing that you did caused it, and no data is lost. Try again; if it stays, contact support.",
            ),
        };
        Self { title: title.to_owned(), text: text.to_owned(), reference: None, support_url: support_url.to_owned() }
    }
}
