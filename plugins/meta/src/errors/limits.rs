//! Too many calls. The answer can have any status.
//!
//! See <https://developers.facebook.com/docs/graph-api/overview/rate-limiting#error-codes>.

use relink_sdk::{Actor, Blast, Reason, Rule, rule};

use super::{CODE, SUBCODE};

const AD_ACCOUNT_BLOCK_S: u64 = 3600;
const POLICY_BLOCK_S: u64 = 3600;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // One limit for all people who use the app.
        rule("app-limit", Reason::RateLimited)
            .json(CODE, ["4"])
            .blast(Blast::App)
            .actor(Actor::Operator)
            .cause("app-level"),
        // Meta does not say how long this block lasts; up to an hour was seen.
        rule("ad-account-limit", Reason::RateLimited)
            .json(CODE, ["17"])
            .json(SUBCODE, ["2446079"])
            .blast(Blast::Account)
            .cause("ad-account-level")
            .retry_after_s(AD_ACCOUNT_BLOCK_S),
        rule("too-many-calls", Reason::RateLimited).json(CODE, ["17", "32", "341", "613"]),
        rule("business-use-case-limit", Reason::RateLimited)
            .json(CODE, BUSINESS_USE_CASES)
            .blast(Blast::Account)
            .cause("business-use-case"),
        rule("blocked-for-misuse", Reason::AccountActionRequired)
            .json(CODE, ["368"])
            .cause("temporarily-blocked-policy")
            .retry_after_s(POLICY_BLOCK_S)
            .message("Meta has blocked this login for a while, since it found its rules broken. The block usually ends by itself; log in at Facebook to see what Meta wants. There is no need to reconnect."),
    ]
}

/// One code per product: ads management, ads insights, pages, Instagram and so on.
const BUSINESS_USE_CASES: [&str; 15] = [
    "80000", "80001", "80002", "80003", "80004", "80005", "80006", "80007", "80008", "80009", "80010", "80011",
    "80012", "80013", "80014",
];
