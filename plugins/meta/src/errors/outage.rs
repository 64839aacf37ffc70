//! Troubles of Meta's own. They come with 400 as well, and some with a code that means another thing
//! elsewhere, so these rules are asked after those about people and apps.

use relink_sdk::{Blast, Reason, Rule, rule};

use super::{CODE, MESSAGE};
use crate::envelope;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // Metrics vanish while a report is being made, and are there again later.
        rule("report-inconsistent", Reason::ProviderOutage)
            .json(CODE, ["100"])
            .json_contains(MESSAGE, "in summary param because")
            .blast(Blast::Request),
        rule("server-error", Reason::ProviderOutage).api().json(CODE, ["-2", "-1", "1", "2"]),
        rule("server-error", Reason::ProviderOutage).json(CODE, ["-2", "-1", "2"]),
        rule("server-error", Reason::ProviderOutage).json("/error/is_transient", ["true"]),
        rule("server-error", Reason::ProviderOutage).json(CODE, ["1"]).json_contains(MESSAGE, "unknown error"),
        // What else has this code at the token endpoint is about the parameters of the app.
        rule("token-request-refused", Reason::AppMisconfigured).token_endpoint().json(CODE, ["1"]).doubtful(),
        rule("batch-item-unanswered", Reason::ProviderOutage)
            .api()
            .when(envelope::has_unanswered_item)
            .blast(Blast::Request)
            .cause("batch-item-timeout"),
    ]
}
