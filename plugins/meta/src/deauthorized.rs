//! Meta says by itself that a person removed the app, at the "Deauthorize callback URL" of the app.
//!
//! The form field `signed_request` is signed with the app secret; its payload is
//! `{"algorithm":"HMAC-SHA256","issued_at":1700000000,"user_id":"10220000000000001"}`. See
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow> and
//! <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>.

use relink_sdk::{About, Inbound, Message, Signal};

pub(crate) fn callback() -> Inbound {
    Inbound::signed_field("Deauthorize callback URL", "client_secret", "signed_request")
        .help("https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow")
}

/// The id is that of the person for this app, as `/me` gives it.
pub(crate) fn signal(message: &Message) -> Option<Signal> {
    let payload = message.json()?;
    let id = payload["user_id"].as_str()?;
    Some(Signal::failed(About::Subject(id.to_owned())).at_second(payload["issued_at"].as_u64()))
}
