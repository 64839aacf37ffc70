//! The login dialog and the exchange of its code.
//!
//! See <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>.

use relink_sdk::{Blast, Phase, Reason, Remedy, Rule, rule};

use super::{CODE, MESSAGE, SUBCODE};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule("consent-declined", Reason::AccountActionRequired)
            .phase([Phase::Authorize])
            .redirect("error_code", ["4201"])
            .remedy(Remedy::Reauthorize)
            .message("The access to Meta was not granted on its page. Please start again and agree."),
        // The dialog reports what is wrong with the app as `error_code` and `error_message`, and not
        // as `error`; most of the codes are undocumented, and none is about the person.
        rule("dialog-refused", Reason::AppMisconfigured)
            .phase([Phase::Authorize])
            .redirect("error_code", [])
            .redirect("error_message", []),
        rule("dialog-refused", Reason::AppMisconfigured).phase([Phase::Authorize]).on_web_pages().contains([
            "url blocked",
            "can't load url",
            "error accessing app",
            "app not active",
            "app not set up",
            "invalid app id",
            "feature unavailable",
        ]),
        code_refused().json(CODE, ["100"]).json(SUBCODE, ["36007", "36009"]),
        rule("redirect-uri-mismatch", Reason::AppMisconfigured)
            .phase([Phase::Exchange])
            .json_contains(MESSAGE, "redirect_uri")
            .cause("redirect-uri-mismatch"),
        code_refused().json_contains(MESSAGE, "authorization code"),
        code_refused().json_contains(MESSAGE, "verification code"),
        // Instagram: "Matching code was not found or was already used".
        code_refused().json_contains(MESSAGE, "matching code"),
    ]
}

/// Codes live for ten minutes and work once; the page from which the person came starts again.
fn code_refused() -> Rule {
    rule("code-refused", Reason::RequestRejected)
        .phase([Phase::Exchange])
        .cause("code-expired-or-used")
        .blast(Blast::Request)
        .remedy(Remedy::None)
        .message("This attempt to connect to Meta is no longer valid. Please start again.")
}
