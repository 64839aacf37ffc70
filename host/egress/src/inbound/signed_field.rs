//! A form field that holds `<MAC>.<payload>`: Meta's `signed_request`.
//!
//! See <https://developers.facebook.com/docs/reference/login/signed-request>. The payload names an
//! algorithm; there is one that counts, and it is not for the message to choose.

use relink_core::plugin::{Encoding, SignedField};
use ring::hmac;
use url::form_urlencoded;

use super::encoding::decode;
use super::{AppSecrets, Posted, Signed, Unproven};

pub(super) fn prove(proof: &SignedField, posted: Posted<'_>, secrets: AppSecrets<'_>) -> Result<Signed, Unproven> {
    let secrets = secrets.named(&proof.secret)?;
    let malformed = || Unproven::Refused("the signed field is missing, doubled or malformed");
    let mut fields = form_urlencoded::parse(posted.body).filter(|(name, _)| *name == proof.name);
    let (Some((_, field)), None) = (fields.next(), fields.next()) else { return Err(malformed()) };
    let (mac, payload) = field.split_once('.').ok_or_else(malformed)?;
    let mac = decode(Encoding::Base64url, mac).ok_or_else(malformed)?;
    let keys = secrets.iter().map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    if !keys.into_iter().any(|key| hmac::verify(&key, payload.as_bytes(), &mac).is_ok()) {
        return Err(Unproven::Refused("the signature is not the provider's"));
    }
    let body = decode(Encoding::Base64url, payload).ok_or_else(malformed)?;
    Ok(Signed { content: payload.as_bytes().to_vec(), body })
}
