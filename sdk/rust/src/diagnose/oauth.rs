//! What RFC 6749, RFC 6750 and OpenID Connect mean by their error codes, phase by phase.

use super::Grant;
use super::verdict::Verdict;
use crate::{Actor, Blast, Failure, Phase, Reason, Remedy};

/// The redirect came back with an error (RFC 6749 section 4.1.2.1), or nothing is wrong with it.
pub(super) fn redirect(failure: &Failure) -> Verdict {
    if failure.redirect_param("denied").is_some() {
        return consent_declined();
    }
    let Some(error) = failure.redirect_param("error") else {
        return match failure.redirect_param("code") {
            Some(_) => Verdict::new(Reason::NotAFailure, "authorized"),
            None => Verdict::new(Reason::Unknown, "redirect-without-code"),
        };
    };
    match error.as_str() {
        "access_denied" | "user_denied" | "user_cancelled" | "user_canceled" | "cancelled" | "canceled"
        | "consent_declined" => consent_declined(),
        "invalid_request" => start_again(Verdict::new(Reason::RequestRejected, "authorize-rejected"))
            .acted_on(Actor::Operator, Remedy::Operator),
        other => common(other).unwrap_or_else(|| Verdict::new(Reason::Unknown, "authorize-refused")),
    }
}

/// The token endpoint named an error (RFC 6749 section 5.2). The status does not count: there are
/// endpoints that answer errors with 200.
pub(super) fn token_endpoint(failure: &Failure, grant: Grant) -> Option<Verdict> {
    let error = failure.body_param("error")?;
    let at_refresh = failure.phase == Phase::Refresh;
    Some(match error.as_str() {
        "invalid_grant" if grant == Grant::Secret => Verdict::new(Reason::InvalidCredentials, "login-refused"),
        "invalid_grant" if at_refresh => Verdict::new(Reason::InvalidRefreshToken, "grant-refused"),
        "invalid_grant" => start_again(Verdict::new(Reason::RequestRejected, "code-refused")),
        "invalid_request" | "unsupported_grant_type" => Verdict::new(Reason::RequestRejected, "token-request-rejected"),
        "access_denied" if at_refresh => Verdict::new(Reason::InvalidRefreshToken, "access-withdrawn").doubtful(),
        "access_denied" => consent_declined(),
        other => common(other)?,
    })
}

/// The data endpoint named an error (RFC 6750 section 3.1), in a header or in the body.
pub(super) fn bearer(failure: &Failure, grant: Grant) -> Option<Verdict> {
    let challenge = failure.header("www-authenticate").unwrap_or_default().to_lowercase();
    let named = failure.body_param("error").unwrap_or_default();
    let says = |code: &str| named == code || challenge.contains(&format!("error=\"{code}\""));
    if says("insufficient_scope") {
        return Some(scope_missing());
    }
    if !says("invalid_token") {
        return common(&named).filter(|verdict| verdict.reason == Reason::ProviderOutage);
    }
    let description = failure.body_param("error_description").unwrap_or_default().to_lowercase();
    let is_expiry = description.contains("expired") || challenge.contains("expired");
    Some(token_refused(failure, grant, is_expiry))
}

/// The token was not accepted. Behind it may be no more than its age, if there is a way to renew it
/// and that was not just done.
pub(super) fn token_refused(failure: &Failure, grant: Grant, is_expiry: bool) -> Verdict {
    let just_refreshed = failure.facts.just_refreshed == Some(true);
    match grant {
        Grant::Secret => Verdict::new(Reason::InvalidCredentials, "key-refused"),
        Grant::Refreshable if !just_refreshed => Verdict::new(Reason::ExpiredToken, "token-expired"),
        _ if is_expiry => Verdict::new(Reason::ExpiredToken, "token-expired"),
        _ => Verdict::new(Reason::InvalidCredentials, "token-refused"),
    }
}

fn common(error: &str) -> Option<Verdict> {
    Some(match error {
        "temporarily_unavailable" | "server_error" | "internal_failure" => {
            Verdict::new(Reason::ProviderOutage, "server-error")
        }
        "slow_down" => Verdict::new(Reason::RateLimited, "slow-down"),
        "invalid_client" => Verdict::new(Reason::AppMisconfigured, "client-refused"),
        "unauthorized_client" => Verdict::new(Reason::AppMisconfigured, "client-not-allowed"),
        "redirect_uri_mismatch" | "invalid_redirect_uri" => {
            Verdict::new(Reason::AppMisconfigured, "redirect-uri-mismatch")
        }
        "unsupported_response_type" => Verdict::new(Reason::AppMisconfigured, "response-type-refused"),
        "invalid_scope" => Verdict::new(Reason::AppMisconfigured, "scope-refused"),
        "insufficient_scope" => scope_missing(),
        "consent_required" => login_needed("consent-required"),
        "interaction_required" => login_needed("interaction-required"),
        "login_required" | "account_selection_required" => login_needed("login-required"),
        _ => return None,
    })
}

fn consent_declined() -> Verdict {
    Verdict::new(Reason::AccountActionRequired, "consent-declined")
        .acted_on(Actor::ConnectingUser, Remedy::Reauthorize)
        .says("The access to {provider} was not granted on its page. Please start again and agree.")
}

fn login_needed(code: &str) -> Verdict {
    Verdict::new(Reason::AccountActionRequired, code)
        .acted_on(Actor::ConnectingUser, Remedy::Reauthorize)
        .says("{provider} wants to see you in person again. Please reconnect and follow its pages.")
}

fn scope_missing() -> Verdict {
    Verdict::new(Reason::InsufficientPrivileges, "scope-missing").acted_on(Actor::ConnectingUser, Remedy::Reauthorize)
}

/// Nobody has to repair anything: the page from which the person came offers to start again.
fn start_again(verdict: Verdict) -> Verdict {
    verdict
        .acted_on(Actor::Nobody, Remedy::None)
        .hits(Blast::Request)
        .says("This attempt to connect to {provider} is no longer valid. Please start again.")
}
