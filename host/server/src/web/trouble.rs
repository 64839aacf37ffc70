//! What goes wrong on the way to an answer, as a problem document (RFC 9457) or as a page.
//!
//! The words are for the person or program that asked. Causes that are ours go to the log, once.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use relink_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::ui;
use crate::ui::views::problem;

/// Words of the framework about a request that it could not read are at most so long.
const FRAMEWORK_WORDS: usize = 2_000;

/// A status and what to say with it. Handlers return it; [`render`] makes it a document or a page.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    status: StatusCode,
    detail: String,
    /// The field of the request that is at fault.
    field: Option<String>,
}

/// An error as RFC 9457 describes it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// What kind of error it is: a stable address.
    r#type: String,
    title: &'static str,
    status: u16,
    /// What happened here, and what to do.
    detail: String,
    /// The field of the request that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Trouble {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), field: None }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// The same for what does not exist and for what is somebody else's.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here that you may see.")
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    pub(crate) fn unprocessable(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Nothing was changed.")
    }

    fn into_json(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let slug = title.to_ascii_lowercase().replace(' ', "-");
        let document = ProblemDocument {
            r#type: format!("/problems/{slug}"),
            title,
            status: self.status.as_u16(),
            detail: self.detail,
            field: self.field,
        };
        let mut response = (self.status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        add_hints(self.status, headers);
        response
    }

    fn into_page(self, app: &App) -> Response {
        let mut page = problem::Problem::of(self.status, app.support_url());
        if self.status.is_client_error() && self.status != StatusCode::NOT_FOUND {
            page.text = self.detail;
        }
        let mut response = ui::respond_with(self.status, &page);
        add_hints(self.status, response.headers_mut());
        response
    }
}

fn add_hints(status: StatusCode, headers: &mut HeaderMap) {
    match status {
        StatusCode::UNAUTHORIZED => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"))
        }
        _ => None,
    };
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::conflict("Such an entry exists already."),
            StoreError::MissingReference { .. } => Self::not_found(),
            StoreError::Cursor => {
                Self::bad_request("The cursor does not belong to this list: start from the first page.")
            }
            StoreError::Unavailable { .. } => {
                tracing::error!(error = %with_causes(&error), "the database did not answer");
                Self::unavailable("The database does not answer at the moment. Try again in a few seconds.")
            }
            _ => {
                tracing::error!(error = %with_causes(&error), "a request failed");
                Self::internal()
            }
        }
    }
}

/// An error and its causes in one line, for the log.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What answers where there is no route.
pub(crate) async fn nothing_here() -> Trouble {
    Trouble::not_found()
}

/// Gives every error of every handler, and of the framework, the one shape that callers know.
pub(crate) async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let wants_json = ["/api/", "/webhooks/"].iter().any(|program| request.uri().path().starts_with(program));
    let response = next.run(request).await;
    let allow = response.headers().get(ALLOW).cloned();
    let trouble = match response.extensions().get::<Trouble>() {
        Some(trouble) => trouble.clone(),
        None if is_bare_error(&response) => of_framework(response).await,
        None => return response,
    };
    let mut rendered = if wants_json { trouble.into_json() } else { trouble.into_page(&app) };
    if let Some(allow) = allow {
        rendered.headers_mut().insert(ALLOW, allow);
    }
    rendered
}

/// An error that no handler of ours wrote: a wrong method, a body that is no JSON, a timeout.
fn is_bare_error(response: &Response) -> bool {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    is_error && kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

async fn of_framework(response: Response) -> Trouble {
    let status = response.status();
    let words = to_bytes(response.into_body(), FRAMEWORK_WORDS).await.unwrap_or_default();
    match (status, std::str::from_utf8(&words)) {
        (StatusCode::NOT_FOUND, _) => Trouble::not_found(),
        (status, Ok(words)) if status.is_client_error() && !words.is_empty() => Trouble::new(status, words),
        (StatusCode::METHOD_NOT_ALLOWED, _) => Trouble::new(status, "This address does not take this method."),
        (StatusCode::REQUEST_TIMEOUT, _) => Trouble::unavailable("The answer took too long. Try again in a moment."),
        (status, _) if status.is_client_error() => Trouble::new(status, "The request could not be read."),
        _ => Trouble::internal(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn document(trouble: Trouble) -> serde_json::Value {
        let response = trouble.into_json();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        serde_json::from_slice(&to_bytes(response.into_body(), 10_000).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn problems_have_the_shape_of_rfc_9457() {
        let found = document(Trouble::unprocessable("name", "Name the client.")).await;
        let expected = serde_json::json!({
            "type": "/problems/unprocessable-content", "title": "Unprocessable Entity", "status": 422,
            "detail": "Name the client.", "field": "name",
        });
        assert_eq!(found["status"], expected["status"]);
        assert_eq!((&found["detail"], &found["field"]), (&expected["detail"], &expected["field"]));
        assert!(found["type"].as_str().unwrap().starts_with("/problems/unprocessable"));
    }

    #[tokio::test]
    async fn causes_that_are_ours_are_not_told() {
        let error =
            StoreError::Corrupt { table: "users", column: "role", row: "user_1".to_owned(), source: "x".into() };
        let found = document(error.into()).await;
        assert_eq!(found["status"], 500);
        assert!(!found.to_string().contains("users"), "{found}");
    }
}
