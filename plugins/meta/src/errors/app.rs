//! What is wrong with our app, our version or our request: nothing for a person who connected.
//!
//! See <https://developers.facebook.com/docs/development/build-and-test/app-modes>.

use relink_sdk::{Phase, Reason, Rule, rule};

use super::{CODE, MESSAGE};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule("client-refused", Reason::AppMisconfigured)
            .json_contains(MESSAGE, "validating client secret")
            .cause("client-secret-wrong"),
        rule("client-refused", Reason::AppMisconfigured).token_endpoint().json_contains(MESSAGE, "client_"),
        rule("app-refused", Reason::AppMisconfigured)
            .json_contains(MESSAGE, "validating application")
            .cause("app-deleted-or-unknown"),
        rule("app-refused", Reason::AppMisconfigured).json(CODE, ["101"]).cause("app-deleted-or-unknown"),
        rule("app-refused", Reason::AppMisconfigured).token_endpoint().json_contains(MESSAGE, "platform app"),
        rule("app-blocked", Reason::AppMisconfigured).json_contains(MESSAGE, "api access blocked").cause("app-blocked"),
        rule("app-blocked", Reason::AppMisconfigured)
            .json_contains(MESSAGE, "api access deactivated")
            .cause("app-deactivated"),
        rule("app-blocked", Reason::AppMisconfigured)
            .json_contains(MESSAGE, "non-active apps")
            .cause("app-in-development"),
        rule("app-lacks-capability", Reason::AppMisconfigured).json(CODE, ["3"]).cause("app-lacks-capability"),
        rule("version-ended", Reason::RequestRejected).json(CODE, ["12", "2635"]).cause("api-version-sunset"),
        rule("page-token-needed", Reason::RequestRejected)
            .json(CODE, ["190", "210"])
            .json_contains(MESSAGE, "page access token"),
        // Only a long-lived token of Instagram can be refreshed; a short-lived one is to be exchanged.
        rule("token-not-extendable", Reason::RequestRejected)
            .phase([Phase::Refresh])
            .json(CODE, ["190"])
            .json_contains(MESSAGE, "invalid user id")
            .cause("refreshing-short-lived-token"),
        rule("too-much-data", Reason::RequestRejected)
            .json(CODE, ["1"])
            .json_contains(MESSAGE, "reduce the amount of data")
            .cause("too-much-data")
            .doubtful(),
    ]
}
