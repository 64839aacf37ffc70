//! Errors of Google Ads: a `GoogleAdsFailure` whose `errorCode` decides.
//!
//! See <https://developers.google.com/google-ads/api/reference/rpc/v25/AuthenticationErrorEnum.AuthenticationError>,
//! its neighbours `AuthorizationError`, `QuotaError`, `RequestError` and `InternalError`, and
//! <https://developers.google.com/google-ads/api/docs/common-errors>.

use relink_sdk::{Actor, Blast, Reason, Remedy, Rule};

use super::named;

const TWO_STEP_HELP: &str = "https://support.google.com/google-ads/answer/9747703";
const ACCESS_HELP: &str = "https://support.google.com/google-ads/answer/6372672";
const ACCOUNT_STATE_HELP: &str = "https://support.google.com/google-ads/answer/2375392";
const API_ACCESS_HELP: &str = "https://developers.google.com/google-ads/api/docs/api-policy/access-levels";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        named(
            "ads-two-step-verification",
            Reason::AccountActionRequired,
            &["TWO_STEP_VERIFICATION_NOT_ENROLLED", "ADVANCED_PROTECTION_NOT_ENROLLED"],
        )
        .cause("mfa-required")
        .message("An admin of the Google Ads account asks for a safer login. Turn on what Google asks for in your Google account (2-Step Verification, or Advanced Protection); then reconnect.")
        .help(TWO_STEP_HELP),
        named("ads-login-deleted", Reason::AccountActionRequired, &["GOOGLE_ACCOUNT_DELETED"])
            .remedy(Remedy::AskAdmin)
            .cause("account-deleted")
            .message("The Google account of this connection was deleted. An admin must restore it, or somebody reconnects with another Google account that sees the same data."),
        named("ads-token-revoked", Reason::InvalidRefreshToken, &["OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_DISABLED"])
            .cause("revoked"),
        named(
            "ads-wrong-login",
            Reason::InsufficientPrivileges,
            &["NOT_ADS_USER", "GOOGLE_ACCOUNT_USER_AND_ADS_USER_MISMATCH"],
        )
        .remedy(Remedy::Reauthorize)
        .cause("wrong-google-account")
        .message("This Google account has no access to Google Ads. Please reconnect with the one that has.")
        .help(ACCESS_HELP),
        named(
            "ads-access-lost",
            Reason::InsufficientPrivileges,
            &[
                "USER_PERMISSION_DENIED",
                "CUSTOMER_NOT_FOUND",
                "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION",
                "ACTION_NOT_PERMITTED",
                "ACCESS_DENIED_FOR_ACCOUNT_TYPE",
            ],
        )
        .cause("role-lost")
        .message("The login of this connection no longer sees the Google Ads account {account}: its access was removed, or the account was unlinked from its manager. A Google Ads admin must restore it; reconnecting with the same login does not help.")
        .help(ACCESS_HELP),
        named(
            "ads-account-inactive",
            Reason::AccountActionRequired,
            &["CUSTOMER_NOT_ENABLED", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", "INCOMPLETE_SIGNUP"],
        )
        .actor(Actor::AccountAdmin)
        .blast(Blast::Account)
        .cause("account-inactive")
        .message("The Google Ads account {account} is suspended, deactivated or not set up completely. A Google Ads admin must repair it at Google Ads; the data comes back by itself.")
        .help(ACCOUNT_STATE_HELP),
        // The operator's own standing with Google Ads. It used to hang on the developer token, and
        // hangs on the Cloud project since September 2026.
        named(
            "ads-api-access",
            Reason::ProviderSpecific,
            &[
                "DEVELOPER_TOKEN_INVALID",
                "DEVELOPER_TOKEN_NOT_APPROVED",
                "DEVELOPER_TOKEN_NOT_ON_ALLOWLIST",
                "DEVELOPER_TOKEN_PROHIBITED",
                "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION",
                "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION",
                "ORGANIZATION_NOT_RECOGNIZED",
                "ORGANIZATION_NOT_APPROVED",
                "ORGANIZATION_NOT_ASSOCIATED_WITH_DEVELOPER_TOKEN",
                "PROJECT_DISABLED",
                "MISSING_TOS",
                "SERVICE_ACCESS_DENIED",
                "METRIC_ACCESS_DENIED",
                "ACCESS_PROHIBITED",
            ],
        )
        .remedy(Remedy::Operator)
        .blast(Blast::App)
        .message("Google Ads does not give our application access at present. Our operators have to repair this; you need not do anything.")
        .help(API_ACCESS_HELP),
        // Answered with 401 too, though the token is not at fault.
        named(
            "ads-request",
            Reason::RequestRejected,
            &[
                "DEVELOPER_TOKEN_PARAMETER_MISSING",
                "CLIENT_CUSTOMER_ID_INVALID",
                "OAUTH_TOKEN_HEADER_INVALID",
                "USER_ID_INVALID",
                "INVALID_EMAIL_ADDRESS",
                "LOGIN_COOKIE_REQUIRED",
                "LOGIN_COOKIE_INVALID",
                "GOOGLE_ACCOUNT_COOKIE_INVALID",
            ],
        ),
        // Page tokens live for some hours; the run starts again from the first page.
        named("ads-page-token", Reason::RequestRejected, &["EXPIRED_PAGE_TOKEN"]).remedy(Remedy::Wait),
        named(
            "ads-quota",
            Reason::RateLimited,
            &[
                "RESOURCE_TEMPORARILY_EXHAUSTED",
                "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION",
                "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION",
                "PAYMENTS_PROFILE_ACTIVATION_RATE_LIMIT_EXCEEDED",
            ],
        ),
        named(
            "ads-transient",
            Reason::ProviderOutage,
            &["TRANSIENT_ERROR", "INTERNAL_ERROR", "CONCURRENT_MODIFICATION"],
        ),
    ]
}
