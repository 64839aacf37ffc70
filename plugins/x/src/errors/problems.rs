//! Problem documents of API v2, told apart by the end of their `type`.

use relink_sdk::{Blast, Failure, Reason, Remedy, Rule, rule};

const SUSPENDED_HELP: &str = "https://help.x.com/en/managing-your-account/suspended-x-accounts";
const PORTAL: &str = "https://console.x.com";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule("daily-cap", Reason::RateLimited).api().json_contains("/type", "usage-capped").json("/period", ["Daily"]).retry_at_utc_midnight(),
        // It comes as 429, while the window of fifteen minutes is far from used up.
        rule("usage-cap", Reason::ProviderSpecific)
            .api()
            .contains(["problems/usage-capped", "usagecapexceeded"])
            .remedy(Remedy::Operator)
            .blast(Blast::App)
            .cause("usage-cap")
            .message("Our application has used up what it may read from X this month. Our operators have to see to it; you need not do anything.")
            .help(PORTAL),
        rule("credits-used-up", Reason::ProviderSpecific)
            .api()
            .status(402)
            .remedy(Remedy::Operator)
            .blast(Blast::App)
            .cause("credits-used-up")
            .message("The credits of our application at X are used up. Our operators have to see to it; you need not do anything.")
            .help(PORTAL),
        rule("app-not-enrolled", Reason::AppMisconfigured)
            .api()
            .contains(["problems/client-forbidden", "problems/oauth1-permissions", "client-not-enrolled"])
            .help(PORTAL),
        rule("wrong-token-kind", Reason::RequestRejected).api().json_contains("/type", "unsupported-authentication"),
        rule("account-suspended", Reason::AccountActionRequired)
            .api()
            .statuses(400, 499)
            .contains(["your account is suspended", "user account is suspended", "account is temporarily locked", "account has been locked"])
            .cause("account-suspended")
            .message("X has suspended or locked the account of this connection. Log in at X and follow its instructions; the data comes back by itself.")
            .help(SUSPENDED_HELP),
        rule("profile-not-visible", Reason::InsufficientPrivileges)
            .api()
            .when(is_about_our_profile)
            .doubtful()
            .message("X no longer shows the profile {account} to this login. If it was deleted or became private, somebody with access to it must reconnect."),
        // A post that is gone, or a profile that is private, is no trouble of the connection.
        rule("nothing-to-read", Reason::NotAFailure)
            .api()
            .statuses(400, 499)
            .contains(["problems/resource-not-found", "problems/not-authorized-for-resource", "problems/resource-unavailable"]),
        rule("forbidden", Reason::InsufficientPrivileges)
            .api()
            .status(403)
            .json("/type", ["about:blank"])
            .doubtful()
            .remedy(Remedy::Reauthorize)
            .message("X does not allow this connection to read the data, as happens when permissions were not granted. Please reconnect and allow what X asks for."),
    ]
}

/// While a dataset is fetched, the only object that is asked for is the connection's own profile.
fn is_about_our_profile(failure: &Failure) -> bool {
    let Some(document) = failure.json() else { return false };
    let object = document.pointer("/errors/0").unwrap_or(&document);
    let is_ours = failure.account.is_some() && failure.dataset.is_some();
    let kind = object["type"].as_str().unwrap_or_default();
    is_ours
        && document.get("data").is_none()
        && ["resource-not-found", "not-authorized-for-resource"].iter().any(|end| kind.ends_with(end))
}
