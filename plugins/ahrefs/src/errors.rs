//! What the errors of Ahrefs mean.
//!
//! An error is `{"error": "text"}` or `["Error", "text"]`; there are no codes beside the status.
//! Only owners and admins of a workspace can make keys or change the plan, so they are the ones to
//! act. See <https://docs.ahrefs.com/api/docs/introduction>.

use relink_sdk::{Actor, ErrorTable, Grant, Reason, Remedy, rule};

const BILLING_HELP: &str = "https://ahrefs.com/pricing";
const LIMITS_HELP: &str = "https://docs.ahrefs.com/api/docs/limits-consumption";
const KEYS_HELP: &str = "https://docs.ahrefs.com/api/docs/api-keys-creation-and-management";
/// Tokens of Ahrefs Connect live for a year; a refusal after that needs no other explanation.
const TOKEN_DAYS: u64 = 364;

pub(crate) fn table() -> ErrorTable {
    ErrorTable::new(
        "ahrefs",
        "Ahrefs",
        [
            rule("units-used-up", Reason::ProviderSpecific)
                .api()
                .statuses(400, 499)
                .contains(["units limit reached", "api units left: 0", "not enough units", "out of units"])
                .remedy(Remedy::FixBilling)
                .cause("units-used-up")
                .message("The API units of the Ahrefs workspace are used up. Data comes again when they are renewed with the next billing month; an Ahrefs admin can also buy more or raise the limit of this key. The key stays the same.")
                .help(LIMITS_HELP),
            rule("plan-lacks-access", Reason::ProviderSpecific)
                .api()
                .statuses(400, 499)
                .contains(["insufficient plan", "upgrade your plan", "not available on your plan", "not included in your plan"])
                .remedy(Remedy::FixBilling)
                .cause("plan-lacks-access")
                .message("The plan of the Ahrefs workspace does not include this data. An Ahrefs admin must choose a plan that does; the key stays the same.")
                .help(BILLING_HELP),
            // There is no text of its own for a lapsed subscription: a good key is answered with a
            // bare "Forbidden". A key that is not good is answered with 401.
            rule("subscription-lapsed", Reason::ProviderSpecific)
                .api()
                .status(403)
                .json_present("")
                .contains(["forbidden", "subscription"])
                .remedy(Remedy::FixBilling)
                .cause("subscription-inactive")
                .message("Ahrefs gives access to its API only with an active subscription, and the subscription of this workspace is not active. An Ahrefs admin must renew it. The key stays the same, and the data comes back by itself.")
                .help(BILLING_HELP),
            rule("payment-required", Reason::ProviderSpecific)
                .api()
                .status(402)
                .remedy(Remedy::FixBilling)
                .cause("payment-required")
                .message("Ahrefs asks for a payment before it gives data again. An Ahrefs admin must see to it; the key stays the same.")
                .help(BILLING_HELP),
            rule("key-refused", Reason::InvalidCredentials)
                .api()
                .status(401)
                .grant(Grant::Secret)
                .actor(Actor::AccountAdmin)
                .message("Ahrefs no longer accepts this API key: it was deleted, is older than one year, or the person who made it left the workspace. An owner or admin of the Ahrefs workspace must create a new key and enter it here.")
                .help(KEYS_HELP),
            rule("token-year-over", Reason::ExpiredToken)
                .api()
                .status(401)
                .grant(Grant::NotRefreshable)
                .token_older_than_days(TOKEN_DAYS)
                .cause("token-lifetime-1y")
                .message("Ahrefs gives access for one year, and the year is over. Please reconnect."),
        ],
    )
}
