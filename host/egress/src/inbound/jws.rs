//! Signed tokens as messages: RFC 8417 in the compact serialization of RFC 7515.
//!
//! The header of a token says which algorithm and key it wants, and is itself not proven yet. So it may
//! only choose between RS256 and ES256, and the key it names must be of that kind: `none` and hashes with
//! a public key for a secret have no way in.

use std::collections::BTreeMap;

use relink_core::plugin::{Encoding, Jws};
use relink_core::time::Timestamp;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use super::encoding::decode;
use super::key_sets::{Key, Material};
use super::{AppSecrets, Signed, Unproven};

const MAX_CLOCK_SKEW_MS: i64 = 300_000;

/// A token that is read, and not proven.
pub(super) struct Token<'a> {
    header: Header,
    /// Header and payload as they were signed.
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that have to be understood; none is.
    crit: Option<Value>,
}

/// Of RFC 8417; `events` tells such a token from a sign-in, which the same issuer signs for the same app.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    #[serde(rename = "iat")]
    _issued_at: serde_json::Number,
    #[serde(rename = "jti")]
    _id: String,
    exp: Option<f64>,
    events: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Token<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Self, Unproven> {
        let malformed = || Unproven::Refused("it is no signed token");
        let text = str::from_utf8(body).map_err(|_| malformed())?.trim();
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        let bytes = |part| decode(Encoding::Base64url, part).ok_or_else(malformed);
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| malformed())?;
        if !matches!(header.alg.as_str(), "RS256" | "ES256") {
            return Err(Unproven::Refused("the token is signed with neither RS256 nor ES256"));
        }
        if header.crit.is_some() {
            return Err(Unproven::Refused("the token demands an extension"));
        }
        Ok(Self { header, signed, payload: bytes(payload)?, signature: bytes(signature)? })
    }

    /// The id of the key that the token wants to be proven with.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    pub(super) fn prove(
        self,
        proof: &Jws,
        keys: &[Key],
        secrets: AppSecrets<'_>,
        now: Timestamp,
    ) -> Result<Signed, Unproven> {
        let audiences = secrets.named(&proof.audience)?;
        let candidates = keys.iter().filter(|key| key.is_named(self.kid()));
        if !candidates.into_iter().any(|key| self.is_signed_with(key)) {
            return Err(Unproven::Refused("the token is not signed with a key of the provider"));
        }
        let claims: Claims = serde_json::from_slice(&self.payload)
            .map_err(|_| Unproven::Refused("the token is no security event token"))?;
        if claims.iss != proof.issuer {
            return Err(Unproven::Refused("the token is of another issuer"));
        }
        if !audiences.iter().any(|audience| claims.aud.is_for(audience)) {
            return Err(Unproven::Refused("the token is for another app"));
        }
        if claims.events.is_empty() {
            return Err(Unproven::Refused("the token tells of no event"));
        }
        if claims.exp.is_some_and(|seconds| seconds * 1_000.0 < now.plus_ms(-MAX_CLOCK_SKEW_MS).as_ms() as f64) {
            return Err(Unproven::Refused("the token has expired"));
        }
        Ok(Signed { content: self.signed.as_bytes().to_vec(), body: self.payload })
    }

    fn is_signed_with(&self, key: &Key) -> bool {
        let message = self.signed.as_bytes();
        match (self.header.alg.as_str(), &key.material) {
            ("RS256", Material::Rsa { n, e }) => RsaPublicKeyComponents { n, e }
                .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, &self.signature)
                .is_ok(),
            ("ES256", Material::P256 { point }) => UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &self.signature)
                .is_ok(),
            _ => false,
        }
    }
}

impl Audience {
    fn is_for(&self, app: &str) -> bool {
        match self {
            Self::One(audience) => audience == app,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == app),
        }
    }
}
