//! The checks that every token endpoint makes before it gives tokens for a code.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    Provider,
    call::Call,
    ledger::{Code, CodeRefused, Ledger},
};

/// The app that asks, as it says itself.
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    /// The credentials came as HTTP basic authentication.
    pub(crate) by_header: bool,
}

/// Why a code is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExchangeRefused {
    Missing,
    Code(CodeRefused),
    RedirectMismatch,
    /// Another client's code, or a verifier that does not fit.
    NotYours,
}

/// Client credentials from the header or the body.
pub(crate) fn client(call: &Call) -> Option<Client> {
    if let Some((id, secret)) = call.basic() {
        let secret = Some(secret).filter(|secret| !secret.is_empty());
        return Some(Client { id, secret, by_header: true });
    }
    let id = call.param("client_id")?.to_owned();
    Some(Client { id, secret: call.param("client_secret").map(str::to_owned), by_header: false })
}

/// Uses the code up and makes every check of RFC 6749 section 4.1.3 and RFC 7636 section 4.6.
pub(crate) fn redeem(
    provider: Provider,
    call: &Call,
    client_id: &str,
    ledger: &mut Ledger,
) -> Result<Code, ExchangeRefused> {
    let text = call.param("code").ok_or(ExchangeRefused::Missing)?;
    if ledger.code(text).is_none_or(|code| code.provider != provider) {
        return Err(ExchangeRefused::Code(CodeRefused::Unknown));
    }
    let code = ledger.use_code(text, call.now).map_err(ExchangeRefused::Code)?;
    let redirect_uri = call.param("redirect_uri").and_then(|uri| Url::parse(uri).ok());
    if redirect_uri.is_none_or(|uri| uri.as_str() != code.redirect_uri) {
        return Err(ExchangeRefused::RedirectMismatch);
    }
    if code.client_id != client_id || !verifier_fits(&code, call.param("code_verifier")) {
        return Err(ExchangeRefused::NotYours);
    }
    Ok(code)
}

/// A verifier without a challenge is refused too: it hides a downgrade (RFC 9700 section 2.1.1).
fn verifier_fits(code: &Code, verifier: Option<&str>) -> bool {
    match (&code.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let long_enough = (43..=128).contains(&verifier.len());
            long_enough && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == *challenge
        }
        _ => false,
    }
}
