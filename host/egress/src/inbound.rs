//! Messages that a provider sends by itself: is it the provider's own, and what did it prove?
//!
//! It is here that the secrets are which prove it. Nothing of a message is believed, shown to a plugin
//! or logged before its proof held, and why a proof failed is told to the operator alone.

mod encoding;
mod handshake;
mod hmac;
mod jws;
mod key_sets;
mod signed_field;
mod source;

use http::HeaderMap;
use relink_core::plugin::{Descriptor, Handshake, Inbound, Proof, TransportFailure};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use ring::digest;

use crate::credentials::Credentials;
use crate::send::Egress;

pub use handshake::{HandshakeAnswer, shake_hands};
pub(crate) use key_sets::KeySets;

/// A message as it came in.
#[derive(Clone, Copy)]
pub struct Posted<'a> {
    pub method: &'a str,
    /// The address with its query, as the provider knows it: what a proxy made of it does not count.
    pub url: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// What a message proved.
#[derive(Debug)]
pub struct Proven {
    /// The body, the payload of a signed field, or the claims of a token.
    pub body: Vec<u8>,
    /// SHA-256 of what was signed: the same message has the same one, however it is sent again.
    pub digest: [u8; 32],
}

/// Why a message or handshake is not the provider's own, for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    #[error("{0}")]
    Refused(&'static str),
    /// Nothing can be proven before the operator has set it.
    #[error("the app secret {0:?} is not set")]
    NotSetUp(String),
    #[error("the provider's keys cannot be had: {}", .0.detail)]
    NoKeys(TransportFailure),
}

/// The operator's secrets for one plugin, of each of its auth methods.
#[derive(Clone, Copy)]
pub struct AppSecrets<'a>(pub &'a [Credentials]);

impl<'a> AppSecrets<'a> {
    /// The values of one name. Never none and never empty: a hash without a key is anybody's.
    fn named(self, name: &str) -> Result<Vec<&'a str>, Unproven> {
        let set = self.0.iter().filter_map(|method| method.get(name));
        let values: Vec<&str> = set.map(Secret::expose).filter(|value| !value.is_empty()).collect();
        if values.is_empty() { Err(Unproven::NotSetUp(name.to_owned())) } else { Ok(values) }
    }
}

impl Egress {
    /// Demands the proof that the plugin's descriptor declares.
    ///
    /// Asks the provider for its keys, if there is need and it was not done just now.
    pub async fn prove(
        &self,
        descriptor: &Descriptor,
        inbound: &Inbound,
        posted: Posted<'_>,
        secrets: AppSecrets<'_>,
        now: Timestamp,
    ) -> Result<Proven, Unproven> {
        let signed = match &inbound.proof {
            Proof::Hmac(proof) => hmac::prove(proof, posted, secrets, now)?,
            Proof::SignedField(proof) => signed_field::prove(proof, posted, secrets)?,
            Proof::Jws(proof) => {
                let token = jws::Token::parse(posted.body)?;
                let keys = self.keys(descriptor, &proof.jwks_url, token.kid()).await?;
                token.prove(proof, &keys, secrets, now)?
            }
        };
        let is_signed_for_anybody = matches!(inbound.handshake, Some(Handshake::Signed(_)));
        if is_signed_for_anybody && handshake::is_challenge(&signed.content) {
            return Err(Unproven::Refused("the handshake would sign the same for anybody"));
        }
        Ok(Proven { body: signed.body, digest: sha256(&signed.content) })
    }
}

/// What a proof covered.
struct Signed {
    /// Byte by byte what was hashed or signed.
    content: Vec<u8>,
    /// The part of it that the plugin gets.
    body: Vec<u8>,
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
