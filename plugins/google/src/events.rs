//! Google says by itself what happens to the accounts of people: Cross-Account Protection, which sends
//! security event tokens of RISC.
//!
//! An operator enters the receiver once with the RISC API. Google sends what it sends for people who
//! gave the app their address or profile, and says who and when, and little else. See
//! <https://developers.google.com/identity/protocols/risc>.

use relink_sdk::{About, Inbound, Message, Phase, Reason, Remedy, Rule, Signal, rule};
use serde_json::Value;

const HELP: &str = "https://developers.google.com/identity/protocols/risc";

const TOKENS_REVOKED: &str = "https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked";
const SESSIONS_REVOKED: &str = "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked";
const ACCOUNT_DISABLED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
const ACCOUNT_ENABLED: &str = "https://schemas.openid.net/secevent/risc/event-type/account-enabled";

pub(crate) fn receiver() -> Inbound {
    const KEYS: &str = "https://www.googleapis.com/oauth2/v3/certs";
    Inbound::jws("Event receiver endpoint", KEYS, "https://accounts.google.com/", "client_id").help(HELP)
}

/// A token may tell of several events; tests of the endpoint, and events about other things, mean nothing.
pub(crate) fn signals(message: &Message) -> Vec<Signal> {
    let claims = message.json().unwrap_or_default();
    let events = claims["events"].as_object().into_iter().flatten();
    events.filter_map(|(kind, event)| Some(signal(kind, event)?.at_second(claims["iat"].as_u64()))).collect()
}

fn signal(kind: &str, event: &Value) -> Option<Signal> {
    let about = || Some(About::Subject(event.pointer("/subject/sub")?.as_str()?.to_owned()));
    match kind {
        TOKENS_REVOKED | SESSIONS_REVOKED | ACCOUNT_DISABLED => about().map(Signal::failed),
        ACCOUNT_ENABLED => about().map(Signal::restored),
        _ => None,
    }
}

pub(crate) fn rules() -> [Rule; 3] {
    [
        told("access-revoked", Reason::InvalidRefreshToken, TOKENS_REVOKED)
            .cause("revoked")
            .message("Google has withdrawn all access that this Google account had given. Please reconnect if you still want the data."),
        told("account-disabled", Reason::AccountActionRequired, ACCOUNT_DISABLED)
            .remedy(Remedy::ActAtProvider)
            .cause("account-disabled")
            .message("Google has disabled the Google account of this connection. Its owner has to recover it at Google; then the data comes back, and if it does not, please reconnect."),
        // The person is signed out everywhere, which need not end what apps were given: it is looked at once.
        told("sessions-revoked", Reason::InvalidRefreshToken, SESSIONS_REVOKED).cause("signed-out").doubtful(),
    ]
}

fn told(code: &str, reason: Reason, event: &str) -> Rule {
    let pointer = format!("/events/{}", event.replace('/', "~1"));
    rule(code, reason).phase([Phase::Inbound]).json_present(&pointer)
}
