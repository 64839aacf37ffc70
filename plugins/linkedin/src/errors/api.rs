//! Answers to requests for data.

use relink_sdk::{Actor, Blast, Failure, Grant, Reason, Remedy, Rule, rule};

const MESSAGE: &str = "/message";
/// A new token is not known to all of LinkedIn at once; most are after some seconds.
const NEW_TOKEN_S: u64 = 30;
const NEW_TOKEN_WAIT_S: u64 = 10;

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = about_the_token();
    rules.extend(about_limits());
    rules.extend(about_rights());
    rules
}

fn about_the_token() -> Vec<Rule> {
    vec![
        rule("token-missing", Reason::RequestRejected)
            .api()
            .status(401)
            .when(|failure| says(failure, 65604, "EMPTY_ACCESS_TOKEN", "empty oauth2 access token")),
        rule("member-restricted", Reason::AccountActionRequired)
            .api()
            .when(|failure| says(failure, 65608, "RESTRICTED_MEMBER", "member is restricted"))
            .cause("account-restricted")
            .message("LinkedIn has restricted this member's account. Log in at www.linkedin.com and follow its instructions; then the data comes back by itself. If it does not, please reconnect."),
        // https://github.com/tomasvotava/fastapi-sso/issues/196
        rule("token-not-yet-known", Reason::ProviderOutage)
            .api()
            .status(401)
            .token_younger_than_s(NEW_TOKEN_S)
            .blast(Blast::Authorization)
            .cause("token-propagation-delay")
            .retry_after_s(NEW_TOKEN_WAIT_S)
            .message("LinkedIn does not know the new access everywhere yet. We try again in some seconds; nothing needs to be done."),
        token_expired()
            .grant(Grant::NotRefreshable)
            .message("LinkedIn gives access for sixty days at a time, and they are over. Please reconnect."),
        token_expired(),
        rule("access-revoked", Reason::InvalidCredentials)
            .api()
            .status(401)
            .when(|failure| says(failure, 65601, "REVOKED_ACCESS_TOKEN", "revoked"))
            .cause("revoked-by-user")
            .message("The access was removed in the LinkedIn settings of this member, under \"Permitted services\". Please reconnect if you still want the data."),
        // Token introspection answers 200 for dead tokens.
        rule("token-expired", Reason::ExpiredToken)
            .json("/active", ["false"])
            .json("/status", ["expired"])
            .cause("token-60-days"),
        rule("access-revoked", Reason::InvalidCredentials)
            .json("/active", ["false"])
            .json("/status", ["revoked"])
            .cause("revoked-by-user"),
        rule("token-inactive", Reason::InvalidCredentials).json("/active", ["false"]),
    ]
}

/// See <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits>.
fn about_limits() -> Vec<Rule> {
    vec![
        rule("resource-limit", Reason::RateLimited).api().status(403).json_contains(MESSAGE, "throttle limit"),
        // Counted per app and per member, and anew from midnight UTC.
        daily_quota().json_contains(MESSAGE, "day limit"),
        daily_quota().json("/serviceErrorCode", ["101"]),
    ]
}

fn about_rights() -> Vec<Rule> {
    vec![
        scope_missing().when(lacks_a_scope),
        rule("field-not-permitted", Reason::RequestRejected)
            .api()
            .status(403)
            .json_contains(MESSAGE, "unpermitted fields"),
        // The names of services for approved apps begin so; LinkedIn's review is for the operator.
        rule("product-missing", Reason::InsufficientPrivileges)
            .api()
            .status(403)
            .json_contains(MESSAGE, "permissions to access: partnerapi")
            .cause("product-or-scope-missing")
            .blast(Blast::App)
            .remedy(Remedy::Operator)
            .actor(Actor::Operator)
            .doubtful()
            .message("LinkedIn no longer lets our application read advertising data. Our operators have to look at this; you need not do anything."),
        scope_missing(),
        rule("route-unknown", Reason::RequestRejected).api().status(404).json_contains(MESSAGE, "no virtual resource"),
        // LinkedIn hides ad accounts from those who have no role in them.
        rule("account-not-visible", Reason::InsufficientPrivileges)
            .api()
            .status(404)
            .json_present(MESSAGE)
            .cause("role-lost")
            .blast(Blast::Account)
            .doubtful()
            .message("The member of this connection can no longer see the ad account. An admin of it must give the member a role in LinkedIn Campaign Manager, or somebody who has one must reconnect."),
        rule("version-ended", Reason::RequestRejected).status(426).cause("api-version-sunset"),
    ]
}

fn token_expired() -> Rule {
    rule("token-expired", Reason::ExpiredToken)
        .api()
        .status(401)
        .when(|failure| says(failure, 65602, "EXPIRED_ACCESS_TOKEN", "expired"))
        .cause("token-60-days")
}

fn daily_quota() -> Rule {
    rule("daily-quota", Reason::RateLimited).api().status(429).cause("daily-quota").retry_at_utc_midnight()
}

fn scope_missing() -> Rule {
    rule("scope-missing", Reason::InsufficientPrivileges)
        .api()
        .status(403)
        .json_contains(MESSAGE, "not enough permissions")
        .cause("scope-missing")
        .remedy(Remedy::Reauthorize)
}

/// Each trouble has a number, a name and words; old services send only the words.
fn says(failure: &Failure, service_code: u32, code: &str, words: &str) -> bool {
    let Some(error) = failure.json() else {
        return false;
    };
    if let Some(found) = error["serviceErrorCode"].as_u64().filter(|found| *found > 0) {
        return found == u64::from(service_code);
    }
    let message = || error["message"].as_str().is_some_and(|message| message.to_lowercase().contains(words));
    error["code"].as_str().map_or_else(message, |found| found == code)
}

/// LinkedIn grants all scopes or none, but an authorization may be older than what is asked for now.
fn lacks_a_scope(failure: &Failure) -> bool {
    let facts = &failure.facts;
    !facts.granted_scopes.is_empty() && facts.requested_scopes.iter().any(|scope| !facts.granted_scopes.contains(scope))
}
