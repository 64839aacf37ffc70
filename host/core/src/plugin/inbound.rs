//! Messages that a provider sends by itself, and how it proves that they are its own.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub label: String,
    pub proof: Proof,
    pub handshake: Option<Handshake>,
    pub help_url: Option<String>,
}

impl Inbound {
    /// The app secrets that the proof and the handshake name.
    pub fn app_secrets(&self) -> impl Iterator<Item = &str> {
        let audience = match &self.proof {
            Proof::Jws(Jws { audience, .. }) => Some(audience.as_str()),
            Proof::Hmac(_) | Proof::SignedField(_) => None,
        };
        self.keys().chain(audience)
    }

    /// Those among them that nobody else may know.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let proving = match &self.proof {
            Proof::Hmac(Hmac { secret, .. }) | Proof::SignedField(SignedField { secret, .. }) => Some(secret),
            Proof::Jws(_) => None,
        };
        let greeting = self.handshake.as_ref().map(|handshake| match handshake {
            Handshake::Echo(Echo { secret, .. }) | Handshake::Signed(SignedHandshake { secret, .. }) => secret,
        });
        [proving, greeting].into_iter().flatten().map(String::as_str)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    Hmac(Hmac),
    SignedField(SignedField),
    Jws(Jws),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hmac {
    pub secret: String,
    pub hash: Hash,
    pub signature: Source,
    pub prefix: String,
    pub encoding: Encoding,
    pub content: Vec<Part>,
    pub sent_at: Option<SentAt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    Hex,
    Base64,
    Base64url,
}

/// Where a value stands in the headers of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Header(String),
    HeaderItem { header: String, item: String },
}

impl Source {
    pub fn header(&self) -> &str {
        match self {
            Self::Header(header) | Self::HeaderItem { header, .. } => header,
        }
    }
}

/// A piece of what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Body,
    Method,
    Url,
    Value(Source),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentAt {
    pub source: Source,
    pub milliseconds: bool,
    pub tolerance_s: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedField {
    pub secret: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jws {
    pub jwks_url: String,
    pub issuer: String,
    pub audience: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handshake {
    Echo(Echo),
    Signed(SignedHandshake),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    pub challenge: String,
    pub token: String,
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHandshake {
    pub challenge: String,
    pub secret: String,
    pub prefix: String,
    pub encoding: Encoding,
    pub answer: String,
    pub repeat: Option<String>,
}

/// A message whose proof held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub now: Timestamp,
    /// Names in lower case.
    pub headers: Vec<Field>,
    pub query: Vec<Field>,
    pub body: Vec<u8>,
}

/// What a message means for the authorizations that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    pub about: About,
    pub event: SignalEvent,
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The `subject` of an identity.
    Subject(String),
    /// The `id` of an account.
    Account(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalEvent {
    Failed,
    Restored,
}
