//! X's problem documents of API v2, and the numbered errors that it still answers for accounts.

use axum::response::Response;
use serde_json::json;

use super::LIMIT_PER_WINDOW;
use crate::answer;

pub(super) fn problem(status: u16, title: &str, detail: &str) -> Response {
    let body = json!({"title": title, "type": "about:blank", "status": status, "detail": detail});
    answer::json(status, &body)
}

pub(super) fn numbered(status: u16, code: u32, message: &str) -> Response {
    answer::json(status, &json!({"errors": [{"code": code, "message": message}]}))
}

pub(super) fn invalid_request(parameter: &str, value: &str, message: &str) -> Response {
    answer::json(
        400,
        &json!({
            "errors": [{"parameters": {parameter: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.x.com/2/problems/invalid-request",
        }),
    )
}

pub(super) fn credits_depleted() -> Response {
    answer::json(
        402,
        &json!({
            "title": "CreditsDepleted",
            "detail": "Your enrolled account does not have any credits to fulfill this request.",
            "type": "https://api.x.com/2/problems/credits",
        }),
    )
}

pub(crate) fn rate_limited(now: i64, retry_after_s: u64) -> Response {
    let reset = now.saturating_div(1000).saturating_add_unsigned(retry_after_s);
    let response = problem(429, "Too Many Requests", "Too Many Requests");
    let response = answer::header(response, "x-rate-limit-limit", &LIMIT_PER_WINDOW.to_string());
    let response = answer::header(response, "x-rate-limit-remaining", "0");
    answer::header(response, "x-rate-limit-reset", &reset.to_string())
}

pub(crate) fn outage(status: u16) -> Response {
    problem(status, "Service Unavailable", "Service Unavailable")
}
