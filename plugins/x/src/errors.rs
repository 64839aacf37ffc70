//! What the errors of X mean.
//!
//! API v2 answers with problem documents that have a `type`
//! (<https://docs.x.com/x-api/fundamentals/response-codes-and-errors>), accounts and the old API with
//! numbered errors, X Ads with codes in capitals
//! (<https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses>). Access to the API is bought
//! by the operator, so used-up plans and credits are not for the person who connected.

mod ads;
mod numbered;
mod problems;

use relink_sdk::{ErrorTable, Phase, Reason, Remedy, rule};

pub(crate) fn table() -> ErrorTable {
    let login = [
        // X says `invalid_request` where RFC 6749 has `invalid_grant`.
        rule("refresh-token-refused", Reason::InvalidRefreshToken)
            .phase([Phase::Refresh])
            .json("/error", ["invalid_request"])
            .json_contains("/error_description", "token was invalid"),
        rule("redirect-uri", Reason::AppMisconfigured)
            .phase([Phase::Authorize, Phase::Exchange])
            .contains(["redirect uri", "callback url not approved"]),
        // A code is good for 30 seconds.
        rule("code-refused", Reason::RequestRejected)
            .phase([Phase::Exchange])
            .json("/error", ["invalid_request"])
            .contains(["authorization code was invalid", "code verifier"])
            .remedy(Remedy::None)
            .message("This attempt to connect to X took too long or was used before. Please start again."),
        rule("access-revoked", Reason::InvalidRefreshToken)
            .phase([Phase::Inbound])
            .json_present(crate::revoked::REVOKE)
            .cause("revoked-by-user")
            .message("The access was removed in the X settings of this profile, under \"Connected apps\". Please reconnect if you still want the data."),
    ];
    let rules = login.into_iter().chain(problems::rules()).chain(ads::rules()).chain(numbered::rules());
    ErrorTable::new("x", "X", rules)
}
