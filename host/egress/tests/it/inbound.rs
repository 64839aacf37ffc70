//! Messages of providers: every way to prove one, and the ways in which a stranger would try.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures::FutureExt;
use relink_core::plugin::{
    Echo, Encoding, Handshake, Hash, Hmac, Inbound, Jws, Part, Proof, SentAt, SignedField, SignedHandshake, Source,
};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_egress::{AppSecrets, Credentials, Egress, HandshakeAnswer, Posted, Proven, Unproven, shake_hands};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::{HOST, Provider, descriptor};

const SECRET: &str = "canary-webhook-secret";
const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const URL: &str = "https://relink.example/webhooks/ws_1/acme";

fn secrets() -> Vec<Credentials> {
    let secret = |text: &str| Secret::new(text.to_owned());
    let other_method = Credentials::new().with("secret", secret("")).with("client_id", secret("app-2"));
    vec![other_method, Credentials::new().with("secret", secret(SECRET)).with("client_id", secret("app-1"))]
}

fn inbound(proof: Proof, handshake: Option<Handshake>) -> Inbound {
    Inbound { label: "Webhook URL".to_owned(), proof, handshake, help_url: None }
}

fn mac(algorithm: hmac::Algorithm, content: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(algorithm, SECRET.as_bytes()), content.as_bytes())
}

fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
    let pair =
        |(name, value): &(&'static str, String)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).collect()
}

async fn prove(egress: &Egress, inbound: &Inbound, headers: &HeaderMap, body: &str) -> Result<Proven, Unproven> {
    let posted = Posted { method: "POST", url: URL, headers, body: body.as_bytes() };
    egress.prove(&descriptor(Vec::new()), inbound, posted, AppSecrets(&secrets()), NOW).await
}

async fn is_proven(inbound: &Inbound, pairs: &[(&'static str, String)], body: &str) -> bool {
    let egress = Egress::new(relink_egress::EgressConfig::default()).unwrap();
    prove(&egress, inbound, &headers(pairs), body).await.is_ok()
}

fn plain_hmac(hash: Hash, encoding: Encoding) -> Hmac {
    Hmac {
        secret: "secret".to_owned(),
        hash,
        signature: Source::Header("x-signature".to_owned()),
        prefix: "v=".to_owned(),
        encoding,
        content: vec![Part::Body],
        sent_at: None,
    }
}

#[tokio::test]
async fn a_hash_is_read_in_every_algorithm_and_encoding() {
    let body = r#"{"user":"42"}"#;
    for (hash, algorithm) in [
        (Hash::Sha1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        (Hash::Sha256, hmac::HMAC_SHA256),
        (Hash::Sha512, hmac::HMAC_SHA512),
    ] {
        let mac = mac(algorithm, body);
        let hex = hex::encode_upper(mac.as_ref());
        for (encoding, text) in [
            (Encoding::Hex, hex),
            (Encoding::Base64, STANDARD.encode(mac)),
            (Encoding::Base64url, URL_SAFE_NO_PAD.encode(mac)),
        ] {
            let inbound = inbound(Proof::Hmac(plain_hmac(hash, encoding)), None);
            let signed = |prefix: &str| [("x-signature", format!("{prefix}{text}"))];
            assert!(is_proven(&inbound, &signed("v="), body).await, "{hash:?} {encoding:?}");
            assert!(!is_proven(&inbound, &signed(""), body).await, "without its prefix");
            assert!(!is_proven(&inbound, &signed("v="), r#"{"user":"43"}"#).await, "another body");
            assert!(!is_proven(&inbound, &[], body).await, "without a signature");
        }
    }
    let empty_key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b""), body.as_bytes());
    let inbound = inbound(Proof::Hmac(plain_hmac(Hash::Sha256, Encoding::Base64)), None);
    let signature = [("x-signature", format!("v={}", STANDARD.encode(empty_key)))];
    assert!(!is_proven(&inbound, &signature, body).await, "a secret that is set to nothing proves nothing");
}

#[tokio::test]
async fn parts_are_put_together_and_an_old_message_is_refused() {
    let stamp = Source::HeaderItem { header: "x-signature".to_owned(), item: "t".to_owned() };
    let inbound = inbound(
        Proof::Hmac(Hmac {
            signature: Source::HeaderItem { header: "x-signature".to_owned(), item: "v1".to_owned() },
            prefix: String::new(),
            content: vec![Part::Method, Part::Text("\n".to_owned()), Part::Url, Part::Value(stamp.clone()), Part::Body],
            sent_at: Some(SentAt { source: stamp, milliseconds: false, tolerance_s: 300 }),
            ..plain_hmac(Hash::Sha256, Encoding::Base64)
        }),
        None,
    );
    let signed_at = |second: &str| {
        let mac = STANDARD.encode(mac(hmac::HMAC_SHA256, &format!("POST\n{URL}{second}body")));
        format!("t={second}, v1=AAAA, v1={mac}")
    };
    for (second, expected) in [
        ("1700000000", true),
        ("1699999700", true),
        ("1700000300", true),
        ("1699999699", false),
        ("1700000301", false),
        ("99999999999999999999", false),
        ("soon", false),
    ] {
        let found = is_proven(&inbound, &[("x-signature", signed_at(second))], "body").await;
        assert_eq!(found, expected, "{second}");
    }
    let twice = format!("t=1,{}", signed_at("1700000000"));
    assert!(!is_proven(&inbound, &[("x-signature", twice)], "body").await, "which moment was hashed?");
}

#[tokio::test]
async fn a_signed_field_gives_its_payload() {
    let proof = SignedField { secret: "secret".to_owned(), name: "signed_request".to_owned() };
    let inbound = inbound(Proof::SignedField(proof), None);
    let payload = URL_SAFE_NO_PAD.encode(r#"{"user_id":"42"}"#);
    let mac = URL_SAFE_NO_PAD.encode(mac(hmac::HMAC_SHA256, &payload));
    let egress = Egress::new(relink_egress::EgressConfig::default()).unwrap();
    let body = format!("other=1&signed_request={mac}.{payload}");
    let proven = prove(&egress, &inbound, &HeaderMap::new(), &body).await.unwrap();
    assert_eq!(proven.body, br#"{"user_id":"42"}"#);
    let again = format!("signed_request={mac}.{payload}&other=2");
    let again = prove(&egress, &inbound, &HeaderMap::new(), &again).await.unwrap();
    assert_eq!(again.digest, proven.digest, "it is the same message");
    for forged in [format!("signed_request={mac}.e30"), format!("{body}&signed_request=x"), mac] {
        assert!(prove(&egress, &inbound, &HeaderMap::new(), &forged).await.is_err(), "{forged}");
    }
}

/// A provider with one key, and tokens that are signed with it.
struct Issuer {
    provider: Provider,
    key: EcdsaKeyPair,
}

impl Issuer {
    async fn start() -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &SystemRandom::new());
        let key = key.unwrap();
        let point = key.public_key().as_ref().to_vec();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        let set = json!({ "keys": [
            { "kty": "oct", "kid": "shared", "k": "c2VjcmV0" },
            { "kty": "EC", "crv": "P-256", "kid": "enc", "use": "enc", "x": x, "y": y },
            { "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256", "x": x, "y": y },
        ]});
        let provider = Provider::answering(move |_| axum::Json(set.clone())).await;
        Self { provider, key }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    async fn check(&self, egress: &Egress, token: &str) -> Result<Proven, Unproven> {
        let jws = Jws {
            jwks_url: format!("https://{HOST}/keys"),
            issuer: "https://issuer.example/".to_owned(),
            audience: "client_id".to_owned(),
        };
        prove(egress, &inbound(Proof::Jws(jws), None), &HeaderMap::new(), token).await
    }
}

#[tokio::test]
async fn a_token_counts_if_it_is_an_event_of_this_issuer_for_this_app() {
    let issuer = Issuer::start().await;
    let egress = issuer.provider.egress();
    let header = json!({ "alg": "ES256", "kid": "k1" });
    let claims = json!({
        "iss": "https://issuer.example/", "aud": ["other", "app-1"], "iat": 1_700_000_000, "jti": "1",
        "events": { "revoked": {} },
    });
    let proven = issuer.check(&egress, &issuer.token(&header, &claims)).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&proven.body).unwrap(), claims);

    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        issuer.token(&header, &changed)
    };
    let mut sign_in = claims.clone();
    sign_in.as_object_mut().unwrap().remove("events");
    for refused in [
        with("iss", json!("https://issuer.example")),
        with("aud", json!("app-3")),
        with("aud", json!(["app-3"])),
        with("exp", json!(1_699_999_000)),
        with("events", json!({})),
        issuer.token(&header, &sign_in),
        issuer.token(&json!({ "alg": "none", "kid": "k1" }), &claims),
        issuer.token(&json!({ "alg": "HS256", "kid": "shared" }), &claims),
        issuer.token(&json!({ "alg": "RS256", "kid": "k1" }), &claims),
        issuer.token(&json!({ "alg": "ES256", "kid": "enc" }), &claims),
        issuer.token(&json!({ "alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": false }), &claims),
        issuer.token(&header, &claims).replace('.', ".."),
    ] {
        let found = issuer.check(&egress, &refused).await;
        assert!(matches!(found, Err(Unproven::Refused(_))), "{refused}: {found:?}");
    }
    assert_eq!(issuer.provider.seen().len(), 1, "the keys are asked for once, whatever strangers name");
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_no_refusal() {
    let provider = Provider::answering(|_| axum::http::StatusCode::BAD_GATEWAY).await;
    let issuer = Issuer { provider, ..Issuer::start().await };
    let egress = issuer.provider.egress();
    let token = issuer.token(&json!({ "alg": "ES256", "kid": "k1" }), &json!({}));
    for _ in 0..2 {
        assert!(matches!(issuer.check(&egress, &token).await, Err(Unproven::NoKeys(_))));
    }
    assert_eq!(issuer.provider.seen().len(), 1, "a provider that is down is not asked by every message");
}

#[tokio::test]
async fn who_hangs_up_does_not_keep_the_keys_from_others() {
    let issuer = Issuer::start().await;
    let egress = issuer.provider.egress();
    let token = issuer.token(&json!({ "alg": "ES256", "kid": "k1" }), &json!({}));
    assert!(issuer.check(&egress, &token).now_or_never().is_none(), "the keys are on their way");
    let deadline = Instant::now() + Duration::from_secs(10);
    while matches!(issuer.check(&egress, &token).await, Err(Unproven::NoKeys(_))) {
        assert!(Instant::now() < deadline, "nobody gets the keys any more");
        tokio::task::yield_now().await;
    }
    assert_eq!(issuer.provider.seen().len(), 1);
}

fn echo() -> Handshake {
    let echo = Echo { challenge: "hub.challenge".to_owned(), token: "token".to_owned(), secret: "secret".to_owned() };
    Handshake::Echo(echo)
}

fn signed() -> Handshake {
    Handshake::Signed(SignedHandshake {
        challenge: "challengeCode".to_owned(),
        secret: "secret".to_owned(),
        prefix: String::new(),
        encoding: Encoding::Hex,
        answer: "challengeResponse".to_owned(),
        repeat: Some("challengeCode".to_owned()),
    })
}

#[test]
fn a_handshake_answers_challenges_and_signs_no_message() {
    let secrets = secrets();
    let shake = |handshake: &Handshake, query: &str| shake_hands(handshake, query, AppSecrets(&secrets)).ok();
    let query = format!("hub.challenge=1158201444&token={SECRET}");
    assert_eq!(shake(&echo(), &query), Some(HandshakeAnswer::Text("1158201444".to_owned())));
    assert_eq!(shake(&echo(), "hub.challenge=1&token=guess"), None);
    assert_eq!(shake(&echo(), "hub.challenge=1&token="), None);
    assert_eq!(shake(&echo(), &format!("hub.challenge=<script>&token={SECRET}")), None);

    let Some(HandshakeAnswer::Json(answer)) = shake(&signed(), "challengeCode=890e4665-4dfe") else { panic!() };
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let expected = hex::encode(mac(hmac::HMAC_SHA256, "890e4665-4dfe").as_ref());
    assert_eq!(answer, json!({ "challengeCode": "890e4665-4dfe", "challengeResponse": expected }));
    assert_eq!(shake(&signed(), "challengeCode=%7B%22user%22%3A%2242%22%7D"), None);
    assert_eq!(shake(&signed(), "challengeCode="), None);
    assert_eq!(shake(&signed(), "challengeCode=a&challengeCode=b"), None);
}

#[tokio::test]
async fn what_the_handshake_signs_for_anybody_is_no_message() {
    let proof = || Proof::Hmac(plain_hmac(Hash::Sha256, Encoding::Base64));
    let signature = [("x-signature", format!("v={}", STANDARD.encode(mac(hmac::HMAC_SHA256, "42"))))];
    assert!(is_proven(&inbound(proof(), None), &signature, "42").await);
    assert!(!is_proven(&inbound(proof(), Some(signed())), &signature, "42").await);
}
