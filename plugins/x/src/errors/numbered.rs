//! Numbered errors, which the old API answers with, and v2 too where an account is in trouble.
//!
//! See <https://developer.x.com/en/support/x-api/error-troubleshooting>.

use relink_sdk::{Phase, Reason, Remedy, Rule, rule};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // Tokens of OAuth 1.0a have no end of their own, so nothing but a person brings them back.
        numbered("token-refused", Reason::InvalidCredentials, &["32", "89"]).cause("revoked"),
        numbered("account-locked", Reason::AccountActionRequired, &["64", "231", "326"])
            .cause("account-suspended")
            .message("X has suspended or locked the account of this connection, or wants its login confirmed. Log in at X and follow its instructions; the data comes back by itself."),
        numbered("permission-missing", Reason::InsufficientPrivileges, &["93", "220"])
            .remedy(Remedy::Reauthorize)
            .cause("permission-missing"),
        numbered("plan-lacks-access", Reason::ProviderSpecific, &["453"])
            .remedy(Remedy::Operator)
            .message("The plan of our application at X does not include this data. Our operators have to see to it; you need not do anything."),
        rule("app-refused", Reason::AppMisconfigured)
            .phase([Phase::Authorize, Phase::Exchange, Phase::Refresh, Phase::Probe, Phase::Sync])
            .json("/errors/0/code", ["87", "99", "261", "415", "416", "417"]),
        // Our clock, our signature, our address: nothing that a person can repair.
        numbered("request-malformed", Reason::RequestRejected, &["34", "92", "135", "215", "251"]),
        numbered("too-many-requests", Reason::RateLimited, &["88", "185", "205"]),
        numbered("overloaded", Reason::ProviderOutage, &["130", "131"]),
        // What was asked for is gone, private or suspended; the connection is not.
        numbered("not-for-us", Reason::NotAFailure, &["17", "50", "63", "108", "109", "136", "144", "179", "421", "422"]),
    ]
}

fn numbered(code: &str, reason: Reason, numbers: &[&str]) -> Rule {
    rule(code, reason).api().statuses(400, 599).json("/errors/0/code", numbers.iter().copied())
}
