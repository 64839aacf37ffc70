//! The consent page, the exchange of its code, and the refresh that approved partners have.

use relink_sdk::{Blast, Phase, Reason, Remedy, Rule, rule};

const ERROR: &str = "/error";
const DESCRIPTION: &str = "/error_description";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule("consent-declined", Reason::AccountActionRequired)
            .phase([Phase::Authorize])
            .redirect("error", ["user_cancelled_login", "user_cancelled_authorize"])
            .remedy(Remedy::Reauthorize)
            .message("The access to LinkedIn was not granted on its page. Please start again and agree."),
        rule("scope-not-approved", Reason::AppMisconfigured)
            .phase([Phase::Authorize])
            .redirect("error", ["unauthorized_scope_error"])
            .cause("scope-not-approved-for-app"),
        // One sentence for a code that is late, used or of another app or address; codes live for
        // thirty minutes and work once. The page from which the person came starts again.
        rule("code-refused", Reason::RequestRejected)
            .phase([Phase::Exchange])
            .json(ERROR, ["invalid_request"])
            .json_contains(DESCRIPTION, "authorization code")
            .cause("code-expired-or-mismatch")
            .blast(Blast::Request)
            .remedy(Remedy::None)
            .message("This attempt to connect to LinkedIn is no longer valid. Please start again."),
        // RFC 6749 has "invalid_grant" for this, and LinkedIn uses that as well. A refresh token lives
        // for a year from the consent, however often it is used:
        // https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
        rule("refresh-token-refused", Reason::InvalidRefreshToken)
            .phase([Phase::Refresh])
            .json(ERROR, ["invalid_request"])
            .json_contains(DESCRIPTION, "refresh token is invalid"),
    ]
}
