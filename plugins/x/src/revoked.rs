//! X says by itself that a person revoked the access, if the operator has the Account Activity API and
//! subscribed the app to that person.
//!
//! Requests of webhooks are signed with the app's API secret key and not with the client secret of
//! OAuth 2, and X asks for the hash of a challenge once an hour. See
//! <https://docs.x.com/x-api/webhooks/quickstart> and
//! <https://docs.x.com/x-api/enterprise-gnip-2.0/fundamentals/account-activity>.

use relink_sdk::{About, Encoding, Hmac, Inbound, Message, Signal, SignedHandshake};

/// The app secret that proves messages.
pub(crate) const CONSUMER_SECRET: &str = "consumer_secret";
pub(crate) const WEBHOOKS_HELP: &str = "https://docs.x.com/x-api/webhooks/quickstart";
/// Where a message says that access was revoked.
pub(crate) const REVOKE: &str = "/user_event/revoke";

const PREFIX: &str = "sha256=";

pub(crate) fn webhook() -> Inbound {
    let hmac = Hmac::sha256(CONSUMER_SECRET, "x-twitter-webhooks-signature").prefix(PREFIX).encoding(Encoding::Base64);
    Inbound::hmac("Webhook URL", hmac)
        .signed(SignedHandshake {
            challenge: "crc_token".to_owned(),
            secret: CONSUMER_SECRET.to_owned(),
            prefix: PREFIX.to_owned(),
            encoding: Encoding::Base64,
            answer: "response_token".to_owned(),
            repeat: None,
        })
        .help(WEBHOOKS_HELP)
}

/// All else that X tells of, posts and likes and messages, is of no concern here.
pub(crate) fn signal(message: &Message) -> Option<Signal> {
    let document = message.json()?;
    let revoke = document.pointer(REVOKE)?;
    let id = revoke.pointer("/source/user_id")?.as_str()?;
    Some(Signal::failed(About::Subject(id.to_owned())).at_time(revoke["date_time"].as_str().unwrap_or_default()))
}
