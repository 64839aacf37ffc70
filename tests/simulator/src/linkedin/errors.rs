//! LinkedIn's service errors.

use axum::response::Response;
use serde_json::json;

use crate::{
    answer,
    ledger::{Ending, Refused},
};

pub(super) fn service(status: u16, service_code: u32, code: Option<&str>, message: &str) -> Response {
    let mut body = json!({"status": status, "serviceErrorCode": service_code, "message": message});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    answer::json(status, &body)
}

pub(super) fn bad_token(refused: Refused) -> Response {
    match refused {
        Refused::Missing => service(401, 65604, Some("EMPTY_ACCESS_TOKEN"), "Empty oauth2 access token"),
        Refused::Ended(Ending::Revoked) => service(
            401,
            65601,
            Some("REVOKED_ACCESS_TOKEN"),
            "The token used in the request has been revoked by the user",
        ),
        Refused::Expired | Refused::Ended(Ending::Expired) => {
            service(401, 65602, Some("EXPIRED_ACCESS_TOKEN"), "The token used in the request has expired")
        }
        _ => service(401, 65600, Some("INVALID_ACCESS_TOKEN"), "Invalid access token"),
    }
}

pub(super) fn restricted_member() -> Response {
    service(401, 65608, Some("RESTRICTED_MEMBER"), "Member is restricted")
}

pub(super) fn not_enough_permissions(resource: &str) -> Response {
    let message = format!("Not enough permissions to access: {resource}");
    service(403, 100, Some("ACCESS_DENIED"), &message)
}

/// A daily quota; LinkedIn does not say when it ends.
pub(crate) fn rate_limited() -> Response {
    service(
        429,
        101,
        Some("TOO_MANY_REQUESTS"),
        "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    )
}

pub(crate) fn outage(status: u16) -> Response {
    service(status, 0, Some("INTERNAL_SERVER_ERROR"), "Internal Server Error")
}
