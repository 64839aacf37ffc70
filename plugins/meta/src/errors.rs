//! What the errors of Meta mean.
//!
//! `code` and `error_subcode` decide; `type` is "OAuthException" on nearly everything, the status says
//! little, and `error_user_title` and `error_user_msg` are in the language of the person. `message`
//! is always English; it decides only where Meta leaves the subcode out or gives one code to several
//! troubles. See
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>,
//! <https://developers.facebook.com/docs/marketing-api/error-reference> and
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>.

mod access;
mod app;
mod limits;
mod login;
mod outage;
mod token;

use relink_sdk::{ErrorTable, Reason, Rule, rule};

const CODE: &str = "/error/code";
const SUBCODE: &str = "/error/error_subcode";
const MESSAGE: &str = "/error/message";

/// The first rule that fits counts, so troubles that share a code go from the special to the general.
pub(crate) fn table() -> ErrorTable {
    let groups: [Vec<Rule>; 6] =
        [login::rules(), app::rules(), limits::rules(), token::rules(), access::rules(), outage::rules()];
    // What is left of a code that means nearly anything.
    let parameter_rejected = rule("parameter-rejected", Reason::RequestRejected).json(CODE, ["100"]);
    ErrorTable::new("meta", "Meta", groups.into_iter().flatten().chain([parameter_rejected]))
}
