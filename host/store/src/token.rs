//! Hashes of random tokens. Sessions, links and API tokens are stored only as these.
//!
//! The tokens have at least 128 random bits, so a fast hash is enough: there is nothing to guess.

use sha2::{Digest, Sha256};

pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
