//! Errors that all Google APIs share, in the envelope of today and in the one of before.
//!
//! Today's is `google.rpc.Status` with the reasons of
//! <https://cloud.google.com/php/docs/reference/common-protos/latest/Api.ErrorReason>; before there were
//! `errors[].reason`, listed in <https://developers.google.com/search/apis/indexing-api/v3/core-errors>
//! and, for YouTube, in <https://developers.google.com/youtube/v3/docs/errors>. The domain "usageLimits"
//! and the status 403 stand for quotas, missing rights and switched-off APIs alike. An expired token
//! is a plain 401, and what the defaults say about it is right.

use relink_sdk::{Actor, Blast, Failure, Reason, Remedy, Rule};

use super::{named, phrased};

/// "Wait for 15 minutes": <https://developers.google.com/webmaster-tools/limits>.
const SEARCH_LOAD_WAIT_S: u64 = 900;
/// Daily quotas start again at midnight in California, which is looked for once an hour.
const DAILY_QUOTA_WAIT_S: u64 = 3600;
const ROLE_MESSAGE: &str = "The login of this connection may no longer see {account} at Google. An admin of the account there must give its access back; reconnecting with the same login does not help.";

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = about_our_project();
    rules.extend(about_the_person());
    rules.extend(about_quotas());
    rules.extend(about_rights());
    rules
}

fn about_our_project() -> Vec<Rule> {
    vec![
        named(
            "api-disabled",
            Reason::ProviderSpecific,
            &["SERVICE_DISABLED", "SERVICE_NOT_VISIBLE", "accessNotConfigured"],
        )
        .remedy(Remedy::Operator)
        .blast(Blast::App),
        phrased("api-disabled", Reason::ProviderSpecific, &["has not been used in project"])
            .remedy(Remedy::Operator)
            .blast(Blast::App),
        named(
            "project-refused",
            Reason::AppMisconfigured,
            &[
                "CONSUMER_SUSPENDED",
                "CONSUMER_INVALID",
                "GCP_SUSPENDED",
                "USER_PROJECT_DENIED",
                "RESOURCE_PROJECT_INVALID",
                "BILLING_DISABLED",
                "API_KEY_INVALID",
                "API_KEY_SERVICE_BLOCKED",
                "API_KEY_IP_ADDRESS_BLOCKED",
                "keyInvalid",
                "keyExpired",
                "ipRefererBlocked",
                "insufficientAudience",
                "insufficientAuthorizedParty",
            ],
        ),
        named(
            "token-not-sent",
            Reason::RequestRejected,
            &[
                "CREDENTIALS_MISSING",
                "ACCESS_TOKEN_TYPE_UNSUPPORTED",
                "required",
                "dailyLimitExceededUnreg",
                "rateLimitExceededUnreg",
                "userRateLimitExceededUnreg",
            ],
        ),
        // Google Ads says the same of tokens that were sent; there the code inside decides.
        phrased("token-not-sent", Reason::RequestRejected, &["missing required authentication credential"])
            .when(|failure: &Failure| !failure.text().contains("GoogleAdsFailure")),
    ]
}

fn about_the_person() -> Vec<Rule> {
    vec![
        named(
            "account-blocked",
            Reason::AccountActionRequired,
            &[
                "ACCOUNT_STATE_INVALID",
                "accountDeleted",
                "accountDisabled",
                "accountUnverified",
                "authenticatedUserAccountClosed",
                "authenticatedUserAccountSuspended",
            ],
        )
        .cause("account-blocked")
        .message("The Google account of this connection is suspended, closed or not confirmed. Log in at Google and follow its instructions; then reconnect."),
        named(
            "blocked-by-admin",
            Reason::AccountActionRequired,
            &["USER_BLOCKED_BY_ADMIN", "ORG_RESTRICTION_VIOLATION", "SECURITY_POLICY_VIOLATED", "domainPolicy"],
        )
        .remedy(Remedy::AskAdmin)
        .cause("admin-policy")
        .message("A policy of this Google Workspace does not allow the access. A Workspace admin must allow it; then the data comes back by itself."),
        named("channel-missing", Reason::AccountActionRequired, &["youtubeSignupRequired", "NoLinkedYouTubeAccount"])
            .cause("channel-missing")
            .message("This Google account has no YouTube channel. Create one, or reconnect with the Google account that owns the channel."),
        named("nothing-to-read", Reason::NotAFailure, &["commentsDisabled"]),
    ]
}

fn about_quotas() -> Vec<Rule> {
    vec![
        phrased("search-console-load", Reason::RateLimited, &["search analytics load quota"])
            .retry_after_s(SEARCH_LOAD_WAIT_S),
        named(
            "daily-quota",
            Reason::RateLimited,
            &["dailyLimitExceeded", "dailyLimitExceeded402", "quotaExceeded402", "variableTermExpiredDailyExceeded"],
        )
        .actor(Actor::Operator)
        .retry_after_s(DAILY_QUOTA_WAIT_S),
        phrased("daily-quota", Reason::RateLimited, &["queries per day", "requests per day"])
            .actor(Actor::Operator)
            .retry_after_s(DAILY_QUOTA_WAIT_S),
        named(
            "quota",
            Reason::RateLimited,
            &[
                "RESOURCE_EXHAUSTED",
                "RATE_LIMIT_EXCEEDED",
                "RESOURCE_QUOTA_EXCEEDED",
                "rateLimitExceeded",
                "userRateLimitExceeded",
                "quotaExceeded",
                "limitExceeded",
                "concurrentLimitExceeded",
                "servingLimitExceeded",
                "variableTermLimitExceeded",
                "uploadLimitExceeded",
            ],
        ),
        // The Analytics Management API says it with the reason "badRequest".
        phrased("quota", Reason::RateLimited, &["quota exceeded", "quota error"]).statuses(400, 499),
        named(
            "transient",
            Reason::ProviderOutage,
            &["UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED", "INTERNAL", "backendError", "internalError"],
        ),
    ]
}

fn about_rights() -> Vec<Rule> {
    vec![
        // Before the scopes: old APIs give a missing role and a missing scope the same reason.
        phrased(
            "role-lost",
            Reason::InsufficientPrivileges,
            &[
                "user does not have sufficient permission",
                "user does not have any google analytics account",
                "not a verified search console site",
                "failed to verify the url ownership",
            ],
        )
        .cause("role-lost")
        .message(ROLE_MESSAGE),
        named(
            "scope-missing",
            Reason::InsufficientPrivileges,
            &["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"],
        )
        .remedy(Remedy::Reauthorize)
        .cause("scope-missing"),
        phrased("scope-missing", Reason::InsufficientPrivileges, &["insufficient authentication scopes"])
            .remedy(Remedy::Reauthorize)
            .cause("scope-missing"),
        named(
            "role-lost",
            Reason::InsufficientPrivileges,
            &["PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "forbidden"],
        )
        .status(403)
        .cause("role-lost")
        .message(ROLE_MESSAGE),
    ]
}
