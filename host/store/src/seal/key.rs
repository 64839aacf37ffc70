//! The keys that seal: 32 random bytes each, with an id that sealed values name.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use relink_core::secret::Secret;
use zeroize::Zeroizing;

use super::SealError;

const KEY_BYTES: usize = 32;
const MAX_ID_BYTES: usize = 64;

pub struct SealingKey {
    pub(super) id: String,
    pub(super) bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl SealingKey {
    /// Reads a key that is written as base64 or hexadecimal digits; space around it is ignored.
    pub fn parse(id: &str, text: &Secret) -> Result<Self, SealError> {
        let well_formed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if id.is_empty() || id.len() > MAX_ID_BYTES || !id.bytes().all(well_formed) {
            return Err(SealError::BadKeyId(id.to_owned()));
        }
        let bytes = decode(text.expose().trim()).ok_or_else(|| SealError::BadKey(id.to_owned()))?;
        let bytes = bytes.as_slice().try_into().map_err(|_| SealError::BadKey(id.to_owned()))?;
        Ok(Self { id: id.to_owned(), bytes: Zeroizing::new(bytes) })
    }

    /// Makes the text of a new key.
    pub fn generate() -> Result<Secret, SealError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *bytes).map_err(|_| SealError::Random)?;
        Ok(Secret::new(BASE64_STANDARD.encode(bytes.as_slice())))
    }

    pub fn id(&self) -> &str {
        &self.id
    }
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let decoded = if text.len() == 2 * KEY_BYTES { decode_hex(text) } else { decode_base64(text) };
    decoded.map(Zeroizing::new)
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let unpadded = text.trim_end_matches('=');
    BASE64_STANDARD_NO_PAD.decode(unpadded).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(unpadded)).ok()
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes().chunks(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(id: &str, text: &str) -> Result<SealingKey, SealError> {
        SealingKey::parse(id, &Secret::new(text.to_owned()))
    }

    #[test]
    fn a_key_is_32_bytes_in_base64_or_hexadecimal_digits() {
        let expected = [0xab; 32];
        for text in
            [&"ab".repeat(32), &"AB".repeat(32), &BASE64_STANDARD.encode(expected), &format!(" {}\n", "ab".repeat(32))]
        {
            assert_eq!(*parse("a", text).unwrap().bytes, expected, "{text}");
        }
        for text in ["", "short", &"zz".repeat(32), &BASE64_STANDARD.encode([1; 31]), &BASE64_STANDARD.encode([1; 33])]
        {
            assert!(matches!(parse("a", text), Err(SealError::BadKey(_))), "{text}");
        }
        for id in ["", "with space", &"x".repeat(65)] {
            assert!(matches!(parse(id, &"ab".repeat(32)), Err(SealError::BadKeyId(_))), "{id}");
        }
    }

    #[test]
    fn generated_keys_are_keys_and_differ() {
        let (first, second) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        assert!(SealingKey::parse("a", &first).is_ok());
        assert!(first != second);
    }
}
