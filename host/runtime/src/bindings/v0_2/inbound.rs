//! Messages from the provider, in both directions, between 0.2 and the host's types.

use relink_core::plugin as core;
use relink_core::time::Timestamp;

use super::exchange::{fields, unix_ms};
use super::types;
use crate::text;

const LABEL_CHARS: usize = 200;

// ---- to the plugin

impl From<core::Message> for types::Message {
    fn from(from: core::Message) -> Self {
        Self { now: unix_ms(from.now), headers: fields(from.headers), query: fields(from.query), body: from.body }
    }
}

// ---- from the plugin

impl From<types::Signal> for core::Signal {
    fn from(from: types::Signal) -> Self {
        let about = match from.about {
            types::About::Subject(subject) => core::About::Subject(subject),
            types::About::Account(id) => core::About::Account(id),
        };
        let event = match from.event {
            types::SignalEvent::Failed => core::SignalEvent::Failed,
            types::SignalEvent::Restored => core::SignalEvent::Restored,
        };
        let moment = |ms| Timestamp::from_ms(i64::try_from(ms).unwrap_or(i64::MAX));
        Self { about, event, at: from.at.map(moment) }
    }
}

impl From<types::Inbound> for core::Inbound {
    fn from(from: types::Inbound) -> Self {
        Self {
            label: text::line(&from.label, LABEL_CHARS),
            proof: from.proof.into(),
            handshake: from.handshake.map(Into::into),
            help_url: from.help_url,
        }
    }
}

impl From<types::Proof> for core::Proof {
    fn from(from: types::Proof) -> Self {
        match from {
            types::Proof::Hmac(hmac) => Self::Hmac(hmac.into()),
            types::Proof::SignedField(types::SignedField { secret, name }) => {
                Self::SignedField(core::SignedField { secret, name })
            }
            types::Proof::Jws(types::Jws { jwks_url, issuer, audience }) => {
                Self::Jws(core::Jws { jwks_url, issuer, audience })
            }
        }
    }
}

impl From<types::Hmac> for core::Hmac {
    fn from(from: types::Hmac) -> Self {
        let hash = match from.hash {
            types::Hash::Sha1 => core::Hash::Sha1,
            types::Hash::Sha256 => core::Hash::Sha256,
            types::Hash::Sha512 => core::Hash::Sha512,
        };
        let sent_at = |from: types::SentAt| core::SentAt {
            source: from.source.into(),
            milliseconds: from.milliseconds,
            tolerance_s: from.tolerance_s,
        };
        Self {
            secret: from.secret,
            hash,
            signature: from.signature.into(),
            prefix: from.prefix,
            encoding: from.encoding.into(),
            content: from.content.into_iter().map(Into::into).collect(),
            sent_at: from.sent_at.map(sent_at),
        }
    }
}

impl From<types::Encoding> for core::Encoding {
    fn from(from: types::Encoding) -> Self {
        match from {
            types::Encoding::Hex => Self::Hex,
            types::Encoding::Base64 => Self::Base64,
            types::Encoding::Base64url => Self::Base64url,
        }
    }
}

impl From<types::Source> for core::Source {
    fn from(from: types::Source) -> Self {
        match from {
            types::Source::Header(header) => Self::Header(header),
            types::Source::HeaderItem(types::HeaderItem { header, item }) => Self::HeaderItem { header, item },
        }
    }
}

impl From<types::Part> for core::Part {
    fn from(from: types::Part) -> Self {
        match from {
            types::Part::Body => Self::Body,
            types::Part::Method => Self::Method,
            types::Part::Url => Self::Url,
            types::Part::Value(source) => Self::Value(source.into()),
            types::Part::Text(text) => Self::Text(text),
        }
    }
}

impl From<types::Handshake> for core::Handshake {
    fn from(from: types::Handshake) -> Self {
        match from {
            types::Handshake::Echo(types::Echo { challenge, token, secret }) => {
                Self::Echo(core::Echo { challenge, token, secret })
            }
            types::Handshake::Signed(signed) => Self::Signed(core::SignedHandshake {
                challenge: signed.challenge,
                secret: signed.secret,
                prefix: signed.prefix,
                encoding: signed.encoding.into(),
                answer: signed.answer,
                repeat: signed.repeat,
            }),
        }
    }
}
