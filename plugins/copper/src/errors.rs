//! What the errors of Copper mean.
//!
//! An error is `{"success": false, "status": 401, "message": "text"}`, `{"error": "text"}`, or has no
//! body at all. Only admins can make keys, and a key can do what its owner may do. See
//! <https://developer.copper.com/introduction/requests.html>.

use relink_sdk::{Actor, Blast, ErrorTable, Grant, Reason, Remedy, rule};

const KEYS_HELP: &str = "https://developer.copper.com/introduction/authentication.html";
/// The throttle counts the calls of the last minute.
const THROTTLE_S: u64 = 60;

pub(crate) fn table() -> ErrorTable {
    ErrorTable::new(
        "copper",
        "Copper",
        [
            rule("account-inactive", Reason::ProviderSpecific)
                .api()
                .statuses(400, 403)
                .contains(["trial has ended", "trial has expired", "subscription", "account is suspended", "account suspended", "past due"])
                .remedy(Remedy::FixBilling)
                .cause("account-inactive")
                .message("The Copper account is not active, so its API gives no data. A Copper account owner must renew the subscription. The key stays the same.")
                .quoting("/message"),
            rule("key-deleted", Reason::ProviderSpecific)
                .api()
                .status(401)
                .grant(Grant::Secret)
                .remedy(Remedy::ReplaceSecret)
                .actor(Actor::AccountAdmin)
                .cause("key-deleted-or-changed")
                .message("Copper no longer accepts this API key: the key was deleted or replaced, or its owner was removed or has another e-mail address now. A Copper admin must generate a key and enter it here together with the e-mail address of its owner.")
                .help(KEYS_HELP),
            rule("permission-missing", Reason::InsufficientPrivileges)
                .api()
                .status(403)
                .blast(Blast::Account)
                .message("The owner of this Copper API key may not see this data. Ask a Copper admin to extend the owner's permissions, or enter the key of somebody who may."),
            rule("too-many-requests", Reason::RateLimited)
                .api()
                .status(429)
                .retry_after_s(THROTTLE_S),
        ],
    )
}
