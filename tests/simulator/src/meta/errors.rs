//! The Graph API's error documents. Its `type` and its HTTP status say little; `code` and
//! `error_subcode` say it.

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    answer,
    call::Call,
    ledger::{Ending, Refused},
    world::META_BUSINESS,
};

pub(super) fn graph(status: u16, code: u32, subcode: Option<u32>, message: &str) -> Response {
    answer::json(status, &json!({"error": document(code, subcode, message)}))
}

fn document(code: u32, subcode: Option<u32>, message: &str) -> Value {
    let mut error = json!({
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "AnUyGZoFqN2m50GHVpOQEqr",
    });
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    error
}

pub(super) fn bad_token(refused: Refused) -> Response {
    let (code, subcode, message) = token_problem(refused);
    graph(400, code, subcode, message)
}

/// Code, subcode and text for a token that is no good.
pub(super) fn token_problem(refused: Refused) -> (u32, Option<u32>, &'static str) {
    match refused {
        Refused::Ended(Ending::Revoked) => {
            (190, Some(458), "Error validating access token: The user has not authorized application 861000000000001.")
        }
        Refused::Ended(Ending::PasswordChanged) => (
            190,
            Some(460),
            "Error validating access token: The session has been invalidated because the user \
             changed their password or Facebook has changed the session for security reasons.",
        ),
        Refused::Ended(Ending::SignedOut) => {
            (190, Some(467), "Error validating access token: The session is invalid because the user logged out.")
        }
        Refused::Expired | Refused::Ended(_) | Refused::Spent => (
            190,
            Some(463),
            "Error validating access token: Session has expired on Friday, 18-Aug-23 08:00:00 PDT. \
             The current time is Friday, 18-Aug-23 09:12:44 PDT.",
        ),
        Refused::Unknown => (190, None, "Invalid OAuth access token - Cannot parse access token"),
        Refused::Missing => {
            (2500, None, "An active access token must be used to query information about the current user.")
        }
    }
}

pub(super) fn checkpoint() -> Response {
    graph(
        400,
        190,
        Some(459),
        "Error validating access token: You cannot access the app till you log in to \
         www.facebook.com and follow the instructions given.",
    )
}

pub(super) fn identity_confirmation() -> Response {
    let mut error = document(10, Some(2_332_002), "Application does not have permission for this action");
    error["is_transient"] = json!(false);
    error["error_user_title"] = json!("Authorization and login needed");
    error["error_user_msg"] =
        json!("To access the API, you'll need to follow the steps at facebook.com/ads/library/api.");
    answer::json(400, &json!({"error": error}))
}

pub(super) fn terms_not_accepted() -> Response {
    let mut error = document(200, Some(1_870_034), "Permissions error");
    error["is_transient"] = json!(false);
    error["error_user_title"] = json!("Terms of service not accepted");
    error["error_user_msg"] = json!("You need to agree to the terms before you can go on. See business.facebook.com.");
    answer::json(403, &json!({"error": error}))
}

pub(super) fn ads_not_granted() -> Response {
    graph(403, 200, None, "(#200) Ad account owner has NOT grant ads_management or ads_read permission")
}

pub(super) fn business_not_granted() -> Response {
    graph(403, 200, None, "(#200) Requires business_management permission to manage the object")
}

pub(super) fn no_object(id: &str) -> Response {
    let mut error = document(
        100,
        Some(33),
        &format!(
            "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to \
             missing permissions, or does not support this operation. Please read the Graph API \
             documentation at https://developers.facebook.com/docs/graph-api"
        ),
    );
    error["type"] = json!("GraphMethodException");
    answer::json(400, &json!({"error": error}))
}

pub(super) fn invalid_parameter(message: &str) -> Response {
    graph(400, 100, None, &format!("(#100) {message}"))
}

/// The wait is in minutes and in a header only.
pub(crate) fn rate_limited(call: &Call, retry_after_s: u64) -> Response {
    if !call.path.ends_with("/insights") {
        let response = graph(400, 4, None, "(#4) Application request limit reached");
        return answer::header(response, "x-app-usage", r#"{"call_count":100,"total_time":25,"total_cputime":25}"#);
    }
    let response = graph(
        400,
        80000,
        Some(2_446_079),
        "(#80000) There have been too many calls from this ad-account. Wait a bit and try again. For \
         more info, please refer to \
         https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
    );
    let usage = json!({META_BUSINESS: [{
        "type": "ads_insights",
        "call_count": 100,
        "total_cputime": 25,
        "total_time": 25,
        "estimated_time_to_regain_access": retry_after_s.div_ceil(60),
    }]});
    answer::header(response, "x-business-use-case-usage", &usage.to_string())
}

pub(crate) fn outage(status: u16) -> Response {
    let mut error = document(2, None, "(#2) Service temporarily unavailable");
    error["is_transient"] = json!(true);
    answer::json(status, &json!({"error": error}))
}
