//! Security event tokens as Google sends them: <https://developers.google.com/identity/protocols/risc>.
//!
//! The key lies beside this file, open to everybody: it signs nothing but what this double makes up.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng, distr::Alphanumeric};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use serde_json::{Value, json};

use super::{News, Posted, Webhook, typed};

const KEY: &[u8] = include_bytes!("../assets/google-signing-key.der");
const KEY_ID: &str = "simulated-1";
const ISSUER: &str = "https://accounts.google.com/";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type";
const OAUTH: &str = "https://schemas.openid.net/secevent/oauth/event-type";

/// What is found at `https://www.googleapis.com/oauth2/v3/certs`.
pub(crate) fn key_set() -> Value {
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(key().public());
    json!({ "keys": [{
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "kid": KEY_ID,
        "n": URL_SAFE_NO_PAD.encode(n),
        "e": URL_SAFE_NO_PAD.encode(e),
    }]})
}

pub(super) fn event_token(webhook: &Webhook, subject: &str, news: News, now: i64) -> Posted {
    let subject = json!({ "subject_type": "iss-sub", "iss": ISSUER, "sub": subject });
    let (kind, event) = match news {
        News::Revoked => (format!("{OAUTH}/tokens-revoked"), json!({ "subject": subject })),
        News::Disabled => (format!("{RISC}/account-disabled"), json!({ "subject": subject, "reason": "hijacking" })),
        News::Enabled => (format!("{RISC}/account-enabled"), json!({ "subject": subject })),
    };
    let id: String = rand::rng().sample_iter(Alphanumeric).take(20).map(char::from).collect();
    let claims = json!({
        "iss": ISSUER,
        "aud": webhook.client_id,
        "iat": now / 1000,
        "jti": id,
        "events": { kind: event },
    });
    (typed("application/secevent+jwt"), sign(&claims))
}

fn sign(claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "kid": KEY_ID });
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", part(&header), part(claims));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .expect("the key is large enough for the hash");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn key() -> RsaKeyPair {
    RsaKeyPair::from_der(KEY).expect("the file holds a key")
}
