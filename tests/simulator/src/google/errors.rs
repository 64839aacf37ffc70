//! Google's error documents: `google.rpc.Status` everywhere, with a `GoogleAdsFailure` at Google Ads.

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    answer,
    call::Call,
    ledger::{Ending, Refused},
    traffic::Endpoint,
};

const ADS_HOST: &str = "googleads.googleapis.com";
const INVALID_CREDENTIALS: &str = "Request had invalid authentication credentials. Expected OAuth 2 \
    access token, login cookie or other valid authentication credential. See \
    https://developers.google.com/identity/sign-in/web/devconsole-project.";
const MISSING_CREDENTIALS: &str = "Request is missing required authentication credential. Expected \
    OAuth 2 access token, login cookie or other valid authentication credential. See \
    https://developers.google.com/identity/sign-in/web/devconsole-project.";

fn rpc(code: u16, status: &str, message: &str, details: Option<Value>) -> Response {
    let mut error = json!({"code": code, "message": message, "status": status});
    if let Some(details) = details {
        error["details"] = json!([details]);
    }
    answer::json(code, &json!({"error": error}))
}

fn error_info(reason: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    })
}

/// One entry of a `GoogleAdsFailure`.
pub(super) struct AdsError {
    pub(super) http: u16,
    /// Name of the field in `errorCode`, such as `authorizationError`.
    pub(super) kind: &'static str,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl AdsError {
    pub(super) fn authorization(code: &'static str, message: &str) -> Self {
        Self { http: 403, kind: "authorizationError", code, message: message.to_owned() }
    }

    pub(super) fn query(code: &'static str, message: String) -> Self {
        Self { http: 400, kind: "queryError", code, message }
    }

    pub(super) fn request(code: &'static str, message: &str) -> Self {
        Self { http: 400, kind: "requestError", code, message: message.to_owned() }
    }
}

pub(super) fn ads(error: &AdsError) -> Response {
    let details = ads_failure(error.kind, error.code, &error.message);
    let (status, message) = match error.http {
        401 => ("UNAUTHENTICATED", MISSING_CREDENTIALS),
        403 => ("PERMISSION_DENIED", "The caller does not have permission"),
        _ => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    };
    rpc(error.http, status, message, Some(details))
}

fn ads_failure(kind: &str, code: &str, message: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.ads.googleads.v21.errors.GoogleAdsFailure",
        "errors": [{"errorCode": {kind: code}, "message": message}],
        "requestId": "wy4ZYbsjWcgh6uC2Ruc_Zg",
    })
}

pub(super) fn bad_token(host: &str, refused: Refused) -> Response {
    if refused == Refused::Missing {
        return rpc(401, "UNAUTHENTICATED", MISSING_CREDENTIALS, Some(error_info("CREDENTIALS_MISSING")));
    }
    if host == "openidconnect.googleapis.com" || host == "www.googleapis.com" {
        return answer::json(401, &json!({"error": "invalid_request", "error_description": "Invalid Credentials"}));
    }
    if host != ADS_HOST {
        return rpc(401, "UNAUTHENTICATED", INVALID_CREDENTIALS, Some(error_info("ACCESS_TOKEN_EXPIRED")));
    }
    let (code, message) = match refused {
        Refused::Ended(Ending::Revoked | Ending::PasswordChanged) => {
            ("OAUTH_TOKEN_REVOKED", "OAuth token in the header has been revoked.")
        }
        Refused::Unknown => ("OAUTH_TOKEN_INVALID", "OAuth token in the header is not valid."),
        _ => ("OAUTH_TOKEN_EXPIRED", "OAuth token in the header has expired."),
    };
    let failure = ads_failure("authenticationError", code, message);
    rpc(401, "UNAUTHENTICATED", INVALID_CREDENTIALS, Some(failure))
}

/// The person's Google account is closed; outside Google Ads the token is simply no good any more.
pub(super) fn account_gone(host: &str) -> Response {
    if host != ADS_HOST {
        return bad_token(host, Refused::Expired);
    }
    ads(&AdsError {
        http: 401,
        kind: "authenticationError",
        code: "GOOGLE_ACCOUNT_DELETED",
        message: "Client's Google account is deleted.".to_owned(),
    })
}

pub(super) fn missing_scope(scope: &str) -> Response {
    let response = rpc(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        Some(error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")),
    );
    let challenge =
        format!("Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{scope}\"");
    answer::header(response, "www-authenticate", &challenge)
}

pub(super) fn permission_denied(message: &str) -> Response {
    rpc(403, "PERMISSION_DENIED", message, None)
}

pub(super) fn invalid_argument(message: &str) -> Response {
    rpc(400, "INVALID_ARGUMENT", message, None)
}

pub(super) fn not_found(path: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n\
         <p><b>404.</b> <ins>That’s an error.</ins>\n<p>The requested URL <code>{}</code> was not \
         found on this server. <ins>That’s all we know.</ins>\n",
        path.replace('<', "&lt;")
    );
    answer::html(404, page)
}

pub(crate) fn rate_limited(endpoint: Endpoint, call: &Call, retry_after_s: u64) -> Response {
    if endpoint != Endpoint::Api {
        return rpc(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", None);
    }
    if call.host != ADS_HOST {
        let message = "Exhausted property tokens per hour. These quota tokens will return in under \
                       an hour.";
        return rpc(429, "RESOURCE_EXHAUSTED", message, None);
    }
    let message = format!("Too many requests. Retry in {retry_after_s} seconds.");
    let mut failure = ads_failure("quotaError", "RESOURCE_EXHAUSTED", &message);
    failure["errors"][0]["details"] = json!({"quotaErrorDetails": {
        "rateScope": "DEVELOPER",
        "rateName": "Number of operations for explorer access",
        "retryDelay": format!("{retry_after_s}s"),
    }});
    rpc(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", Some(failure))
}

pub(crate) fn outage(endpoint: Endpoint, call: &Call, status: u16) -> Response {
    if matches!(endpoint, Endpoint::Exchange | Endpoint::Refresh) {
        let error = if status == 503 { "temporarily_unavailable" } else { "internal_failure" };
        return answer::json(status, &json!({"error": error}));
    }
    if status == 503 {
        return rpc(503, "UNAVAILABLE", "The service is currently unavailable.", None);
    }
    let details = (call.host == ADS_HOST).then(|| {
        let message = "Google Ads API encountered an unexpected transient error. The user should \
                       retry their request in these cases.";
        ads_failure("internalError", "TRANSIENT_ERROR", message)
    });
    rpc(status, "INTERNAL", "Internal error encountered.", details)
}
