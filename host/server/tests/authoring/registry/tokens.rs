//! The server to which a registry sends whoever wants something: it looks at the password, and gives out a
//! signed token that says what the registry shall allow, as the [distribution specification] describes.
//!
//! [distribution specification]: https://distribution.github.io/distribution/spec/auth/token/

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde::Deserialize;
use serde_json::{Value, json};

use super::authority::{Authority, Certified};
use super::{PASSWORD, USERNAME, neighbour};

/// Who has the same password, and may only pull.
pub(crate) const READER: &str = "reader";
const ISSUER: &str = "tokens";
const SERVICE: &str = "plugins";
/// The end of the year 2099: the registry looks at its own clock.
const NEVER: u64 = 4_102_444_800;

#[derive(Deserialize)]
struct Asked {
    scope: String,
    service: String,
}

/// Starts the server; gives back what the registry has to know of it.
pub(crate) fn start(authority: &Authority) -> String {
    let signer = Arc::new(authority.certify());
    let router = Router::new().route("/token", get(give)).with_state(signer);
    let port = neighbour::start(&authority.certify(), router);
    format!(
        "auth: {{token: {{realm: \"https://127.0.0.1:{port}/token\", service: {SERVICE}, issuer: {ISSUER}, \
         rootcertbundle: authority.pem}}}}"
    )
}

async fn give(
    State(signer): State<Arc<Certified>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<String, StatusCode> {
    let shown = headers.get(AUTHORIZATION).and_then(|shown| shown.to_str().ok()).unwrap_or_default();
    let is = |name: &str| shown == format!("Basic {}", STANDARD.encode(format!("{name}:{PASSWORD}")));
    let [kind, name, wanted] = *asked.scope.splitn(3, ':').collect::<Vec<_>>() else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let actions: Vec<&str> = match () {
        () if is(USERNAME) => wanted.split(',').collect(),
        () if is(READER) => vec!["pull"],
        () => return Err(StatusCode::UNAUTHORIZED),
    };
    let claims = json!({
        "iss": ISSUER, "sub": "", "aud": asked.service, "jti": "1", "nbf": 0, "iat": 0, "exp": NEVER,
        "access": [{ "type": kind, "name": name, "actions": actions }],
    });
    Ok(json!({ "token": sign(&signer, &claims) }).to_string())
}

/// Makes a token that carries the certificate of its signer, which the registry traces to the authority.
fn sign(signer: &Certified, claims: &Value) -> String {
    let header = json!({ "typ": "JWT", "alg": "ES256", "x5c": [STANDARD.encode(signer.certificate.der())] });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let content = format!("{}.{}", encode(&header), encode(claims));
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::from_pkcs8(algorithm, &signer.key.serialize_der(), &random).unwrap();
    let signature = key.sign(&random, content.as_bytes()).unwrap();
    format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature))
}
