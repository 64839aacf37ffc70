//! Random tokens: whoever has one is let in, so they cannot be guessed and are stored as hashes only.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use relink_core::secret::Secret;

const RANDOM_BYTES: usize = 32;

/// What API tokens begin with, so that scanners for leaked secrets know them.
pub(crate) const API_PREFIX: &str = "rlk_";

/// 256 random bits as text that is safe in a cookie and in a URL.
pub(crate) fn random() -> Secret {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn random_api_token() -> Secret {
    Secret::new(format!("{API_PREFIX}{}", random().expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (first, second) = (random(), random());
        assert_eq!(first.expose().len(), 43);
        assert_ne!(first.expose(), second.expose());
        assert!(random_api_token().expose().starts_with("rlk_"));
    }
}
