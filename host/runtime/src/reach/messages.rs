//! What passes for a message of the provider, in words.

use relink_core::plugin::{Echo, Handshake, Hmac, Inbound, Jws, Part, Proof, SignedField, SignedHandshake, Source};

pub(super) fn believed(inbound: &Inbound) -> Vec<String> {
    let (proof, conditions) = match &inbound.proof {
        Proof::Hmac(hmac) => (format!("a hash with {}", hmac.secret), Some(conditions_of(hmac))),
        Proof::SignedField(SignedField { secret, name }) => (format!("a hash with {secret} in {name}"), None),
        Proof::Jws(Jws { jwks_url, issuer, audience }) => {
            (format!("the keys of {jwks_url}"), Some(format!("tokens of {issuer} for your {audience}")))
        }
    };
    let messages = format!("messages to \"{}\" proven by {proof}", inbound.label);
    [messages].into_iter().chain(conditions).collect()
}

/// What strangers can have of the host before anything is proven.
pub(super) fn handshake(inbound: &Inbound) -> Option<String> {
    let words = match inbound.handshake.as_ref()? {
        Handshake::Echo(Echo { token, secret, .. }) => {
            format!("the challenge of a handshake back to whoever shows {secret} as {token}")
        }
        Handshake::Signed(SignedHandshake { secret, .. }) => {
            format!("a hash of any challenge, made with {secret}, to whoever asks for it")
        }
    };
    Some(words)
}

/// What is not hashed could be anybody's, and what has no moment could be sent again.
fn conditions_of(hmac: &Hmac) -> String {
    let age = match &hmac.sent_at {
        Some(sent_at) => format!("up to {} s old", sent_at.tolerance_s),
        None => "however old".to_owned(),
    };
    let parts: Vec<_> = hmac.content.iter().map(part).collect();
    format!("messages {age} whose hash covers {}", parts.join(", "))
}

fn part(part: &Part) -> String {
    match part {
        Part::Body => "the body".to_owned(),
        Part::Method => "the method".to_owned(),
        Part::Url => "the address".to_owned(),
        Part::Value(Source::Header(header)) => format!("header {header}"),
        Part::Value(Source::HeaderItem { header, item }) => format!("{item} in header {header}"),
        Part::Text(text) => format!("{text:?}"),
    }
}
