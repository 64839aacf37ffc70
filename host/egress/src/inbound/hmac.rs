//! A keyed hash over parts of the message. All comparisons take the same time wherever they fail.

use relink_core::plugin::{Hash, Hmac, Part, SentAt};
use relink_core::time::Timestamp;
use ring::hmac;
use subtle::ConstantTimeEq;

use super::encoding::decode;
use super::{AppSecrets, Posted, Signed, Unproven, source};

/// While a secret is changed, a message has one hash for the old and one for the new.
const MAX_SIGNATURES: usize = 8;

pub(super) fn prove(
    proof: &Hmac,
    posted: Posted<'_>,
    secrets: AppSecrets<'_>,
    now: Timestamp,
) -> Result<Signed, Unproven> {
    let secrets = secrets.named(&proof.secret)?;
    let content = content(&proof.content, posted)?;
    let given = source::values(&proof.signature, posted.headers).into_iter().take(MAX_SIGNATURES);
    let given = given.filter_map(|text| decode(proof.encoding, text.strip_prefix(&proof.prefix)?));
    let given: Vec<Vec<u8>> = given.collect();
    if given.is_empty() {
        return Err(Unproven::Refused("there is no signature, or it is written otherwise than declared"));
    }
    // Strangers have this done: each key hashes once, however many signatures they give.
    let keys = secrets.iter().map(|secret| hmac::Key::new(algorithm(proof.hash), secret.as_bytes()));
    let is_given = |mac: hmac::Tag| given.iter().any(|given| bool::from(mac.as_ref().ct_eq(given)));
    if !keys.into_iter().any(|key| is_given(hmac::sign(&key, &content))) {
        return Err(Unproven::Refused("the signature is not the provider's"));
    }
    if let Some(sent_at) = &proof.sent_at {
        check_moment(sent_at, posted, now)?;
    }
    Ok(Signed { content, body: posted.body.to_vec() })
}

fn content(parts: &[Part], posted: Posted<'_>) -> Result<Vec<u8>, Unproven> {
    let mut content = Vec::with_capacity(posted.body.len());
    for part in parts {
        content.extend_from_slice(match part {
            Part::Body => posted.body,
            Part::Method => posted.method.as_bytes(),
            Part::Url => posted.url.as_bytes(),
            Part::Value(source) => source::value(source, posted.headers)?.as_bytes(),
            Part::Text(text) => text.as_bytes(),
        });
    }
    Ok(content)
}

/// Neither too old nor from the future, by whichever clock.
fn check_moment(sent_at: &SentAt, posted: Posted<'_>, now: Timestamp) -> Result<(), Unproven> {
    let unreadable = || Unproven::Refused("the moment at which it was sent cannot be read");
    let number: i64 = source::value(&sent_at.source, posted.headers)?.parse().map_err(|_| unreadable())?;
    let sent_at_ms = if sent_at.milliseconds { Some(number) } else { number.checked_mul(1_000) };
    let apart_ms = now.since_ms(Timestamp::from_ms(sent_at_ms.ok_or_else(unreadable)?)).unsigned_abs();
    if apart_ms <= u64::from(sent_at.tolerance_s) * 1_000 {
        return Ok(());
    }
    Err(Unproven::Refused("it was sent too long ago, or the clocks differ"))
}

fn algorithm(hash: Hash) -> hmac::Algorithm {
    match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha512 => hmac::HMAC_SHA512,
    }
}
