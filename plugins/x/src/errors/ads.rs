//! Codes of the X Ads API.

use relink_sdk::{Reason, Rule, Unit, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // The limit per ad account, where it is stated, is the one that was hit.
        rule("ads-account-limit", Reason::RateLimited)
            .api()
            .status(429)
            .header("x-account-rate-limit-reset", "")
            .retry_after_header("x-account-rate-limit-reset", Unit::Seconds),
        coded("ads-token-refused", Reason::InvalidCredentials, &["UNAUTHORIZED_ACCESS"]),
        coded(
            "ads-api-access",
            Reason::AppMisconfigured,
            &["UNAUTHORIZED_CLIENT_APPLICATION", "READONLY_CLIENT_APPLICATION"],
        )
        .help("https://docs.x.com/x-ads-api/getting-started/step-by-step-guide"),
        coded("ads-login-blocked", Reason::AccountActionRequired, &["CURRENT_USER_SUSPENDED", "ACCOUNT_LOCKED_OUT"])
            .cause("account-suspended")
            .message("X has suspended or locked the account of this connection. Log in at X and follow its instructions; the data comes back by itself."),
        coded(
            "ads-access-lost",
            Reason::InsufficientPrivileges,
            &["ACCOUNT_NOT_FOUND", "USER_NOT_FOUND", "ACTION_NOT_ALLOWED", "FUNDING_INSTRUMENT_ACCESS_NOT_ALLOWED"],
        )
        .cause("role-lost")
        .message("The login of this connection may no longer see the ad account {account} at X. An admin of the ad account must give its access back; reconnecting with the same login does not help."),
    ]
}

fn coded(code: &str, reason: Reason, codes: &[&str]) -> Rule {
    rule(code, reason).api().statuses(400, 599).json("/errors/0/code", codes.iter().copied())
}
