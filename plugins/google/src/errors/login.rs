//! Errors of the consent page, of the redirect and of the token endpoint.
//!
//! See <https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors> and,
//! for what ends a refresh token,
//! <https://developers.google.com/identity/protocols/oauth2#expiration>. A dead refresh token is a
//! plain `invalid_grant`, as in RFC 6749, and the answer never says what killed it.

use relink_sdk::{Actor, Failure, Phase, Reason, Remedy, Rule, rule};

const SESSION_HELP: &str = "https://support.google.com/a/answer/9368756";
const APP_ACCESS_HELP: &str = "https://support.google.com/a/answer/7281227";
const PAGE_HELP: &str = "https://support.google.com/accounts/answer/16668185";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // Shown to the address of the host, for any request; it says nothing about a credential.
        rule("automated-queries", Reason::RateLimited)
            .on_web_pages()
            .contains(["automated queries", "unusual traffic from your computer network"])
            .actor(Actor::Operator),
        // google-auth retries these whether they stand in `error` or in `error_description`, and at
        // any status: https://github.com/googleapis/google-auth-library-python (oauth2/_client.py).
        rule("login-unavailable", Reason::ProviderOutage)
            .token_endpoint()
            .json("/error_description", ["internal_failure", "server_error", "temporarily_unavailable"]),
        rule("session-ended", Reason::AccountActionRequired)
            .token_endpoint()
            .contains(["invalid_rapt", "rapt_required", "reauth related error"])
            .remedy(Remedy::Reauthorize)
            .cause("session-control")
            .message("The Google Workspace of this login asks people to sign in again every few hours, for apps too. Please reconnect. So that it does not happen again, a Workspace admin can mark this app as trusted.")
            .help(SESSION_HELP),
        rule("google-account-gone", Reason::AccountActionRequired)
            .token_endpoint()
            .json("/error", ["invalid_grant"])
            .contains(["account has been deleted", "account has been disabled", "robot is disabled", "account not found"])
            .remedy(Remedy::AskAdmin)
            .cause("account-deleted")
            .message("The Google account of this connection was deleted or disabled. An admin must restore it, or somebody reconnects with another Google account that sees the same data."),
        rule("delegation-missing", Reason::InsufficientPrivileges)
            .token_endpoint()
            .json("/error", ["unauthorized_client"])
            .contains(["unauthorized to retrieve access tokens using this method"])
            .cause("delegation-missing")
            .message("The Google Workspace does not let this app act for its people. A Workspace admin must allow it under API controls.")
            .help("https://support.google.com/a/answer/162106"),
        rule("admin-policy", Reason::AccountActionRequired)
            .when(|failure| {
                says(failure, &["admin_policy_enforced", "policy_enforced", "access_not_configured", "app_not_configured_for_user"])
            })
            .on_web_pages()
            .remedy(Remedy::AskAdmin)
            .cause("admin-policy")
            .message("The admin of this Google Workspace does not let people connect this app. A Workspace admin must allow it; then connect again.")
            .help(APP_ACCESS_HELP),
        rule("login-limit", Reason::RateLimited)
            .phase([Phase::Authorize])
            .on_web_pages()
            .contains(["rate_limit_exceeded"])
            .actor(Actor::Operator)
            .message("Too many people connected this app to Google in a short time. Please try again later."),
        rule("oauth-client", Reason::AppMisconfigured)
            .when(|failure| {
                says(failure, &["deleted_client", "disabled_client", "invalid_client", "restricted_client", "org_internal"])
                    || says(failure, &["redirect_uri_mismatch", "origin_mismatch", "invalid_scope", "unauthorized_client"])
            })
            .on_web_pages(),
        // A person who presses Cancel comes back with `access_denied`; on a page of Google's the same
        // code means that the app is not verified and the person is not among its testers.
        rule("app-not-verified", Reason::AppMisconfigured)
            .phase([Phase::Authorize])
            .on_web_pages()
            .contains(["error 403: access_denied", "google verification process", "this app is blocked", "oauth 2.0 policy"])
            .help(PAGE_HELP),
        rule("consent-page", Reason::RequestRejected)
            .phase([Phase::Authorize])
            .on_web_pages()
            .contains(["disallowed_useragent", "error 400: invalid_request", "error 400: invalid_grant"])
            .help(PAGE_HELP),
    ]
}

/// The login names one of these codes: on the redirect, in the answer of the token endpoint, or on a
/// page ("Error 400: redirect_uri_mismatch") from which nobody comes back.
fn says(failure: &Failure, codes: &[&str]) -> bool {
    if !matches!(failure.phase, Phase::Authorize | Phase::Exchange | Phase::Refresh) {
        return false;
    }
    let named = failure.redirect_param("error").or_else(|| failure.body_param("error"));
    let page = failure.text();
    let is_on_page = |code: &&str| failure.phase == Phase::Authorize && page.contains(*code);
    codes.iter().any(|code| named.as_deref() == Some(code) || is_on_page(code))
}
