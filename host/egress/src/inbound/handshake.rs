//! What a provider asks of an address before it sends anything there.

use relink_core::plugin::{Handshake, SignedHandshake};
use ring::hmac;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::encoding::encode;
use super::{AppSecrets, Unproven};

const MAX_CHALLENGE: usize = 256;

/// What the provider is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandshakeAnswer {
    Text(String),
    Json(String),
}

/// Answers the query of a handshake.
pub fn shake_hands(handshake: &Handshake, query: &str, secrets: AppSecrets<'_>) -> Result<HandshakeAnswer, Unproven> {
    match handshake {
        Handshake::Echo(echo) => {
            let expected = secrets.named(&echo.secret)?;
            let token = parameter(query, &echo.token)?;
            if !expected.iter().any(|expected| bool::from(expected.as_bytes().ct_eq(token.as_bytes()))) {
                return Err(Unproven::Refused("the token of the handshake is another one"));
            }
            challenge(query, &echo.challenge).map(HandshakeAnswer::Text)
        }
        Handshake::Signed(signed) => sign(signed, query, secrets),
    }
}

fn sign(signed: &SignedHandshake, query: &str, secrets: AppSecrets<'_>) -> Result<HandshakeAnswer, Unproven> {
    let secrets = secrets.named(&signed.secret)?;
    // Of several secrets, the provider's console knows the one of the first method.
    let secret = secrets.first().ok_or(Unproven::Refused("there is no secret"))?;
    let challenge = challenge(query, &signed.challenge)?;
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), challenge.as_bytes());
    let mac = format!("{}{}", signed.prefix, encode(signed.encoding, mac.as_ref()));
    let mut answer = Map::from_iter([(signed.answer.clone(), Value::String(mac))]);
    answer.extend(signed.repeat.as_ref().map(|member| (member.clone(), Value::String(challenge))));
    Ok(HandshakeAnswer::Json(Value::Object(answer).to_string()))
}

fn challenge(query: &str, name: &str) -> Result<String, Unproven> {
    let challenge = parameter(query, name)?;
    let is_one = is_challenge(challenge.as_bytes());
    is_one.then_some(challenge).ok_or(Unproven::Refused("the challenge is too long or has odd characters"))
}

/// Whether bytes look as the random challenges of providers do: letters, digits and what base64 and
/// UUIDs have besides.
///
/// Anybody may ask for the hash of a challenge, and some providers (X among them) sign their messages
/// with the same key and hash. So a challenge never looks as a message does, and no message counts
/// that looks as a challenge does.
pub(super) fn is_challenge(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    (1..=MAX_CHALLENGE).contains(&bytes.len()) && bytes.iter().all(is_plain)
}

fn parameter(query: &str, name: &str) -> Result<String, Unproven> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value.into_owned()),
        _ => Err(Unproven::Refused("the query is not that of a handshake")),
    }
}
