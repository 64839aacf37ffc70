//! Seals secrets for one place in the database, so that a copy in another row, column, workspace or
//! generation does not open.
//!
//! A sealed value is `version | length of key id | key id | nonce | ciphertext` (XChaCha20-Poly1305,
//! with the place as associated data). It names its key: the first key seals, every key opens.

mod check;
mod key;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use relink_core::id::WorkspaceId;
use relink_core::secret::Secret;
use zeroize::Zeroizing;

use crate::error::StoreError;

pub use self::key::SealingKey;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("no sealing key is given: make one and name it in the configuration")]
    NoKey,

    #[error("the sealing key {0:?} must be 32 random bytes, written as base64 or as 64 hexadecimal digits")]
    BadKey(String),

    #[error("the id {0:?} of a sealing key must be of 1 to 64 letters, digits, - or _, and be given once")]
    BadKeyId(String),

    #[error("{place} was sealed with the key {key_id:?}, which is not among the sealing keys: add it again")]
    MissingKey { place: String, key_id: String },

    #[error("{place} does not open: it was changed, copied from elsewhere, or sealed with another key of this id")]
    DoesNotOpen { place: String },

    #[error(
        "the sealing key is not the one that this database was sealed with: put the right key back; \
         nothing was changed"
    )]
    WrongKey,

    #[error("the operating system gives no random bytes")]
    Random,

    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one cell of the database that a value is sealed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    workspace: String,
    table: &'static str,
    row: String,
    column: &'static str,
    generation: i64,
}

impl Place {
    pub(crate) fn new(workspace: &WorkspaceId, table: &'static str, row: &str, column: &'static str) -> Self {
        Self { workspace: workspace.to_string(), table, row: row.to_owned(), column, generation: 0 }
    }

    /// A place that belongs to no workspace.
    pub(crate) fn of_installation(table: &'static str, row: &str, column: &'static str) -> Self {
        Self { workspace: String::new(), table, row: row.to_owned(), column, generation: 0 }
    }

    #[must_use]
    pub(crate) fn at_generation(self, generation: i64) -> Self {
        Self { generation, ..self }
    }

    fn associated_data(&self) -> String {
        let Self { workspace, table, row, column, generation } = self;
        format!("{workspace}|{table}|{row}|{column}|{generation}")
    }

    fn name(&self) -> String {
        format!("{}.{} of {}", self.table, self.column, self.row)
    }
}

/// Seals and opens values. It holds the keys, which are wiped when it is dropped.
pub struct Sealer {
    /// Never empty; the first one seals.
    keys: Vec<SealingKey>,
}

impl Sealer {
    pub fn new(keys: Vec<SealingKey>) -> Result<Self, SealError> {
        if keys.is_empty() {
            return Err(SealError::NoKey);
        }
        for (place, key) in keys.iter().enumerate() {
            if keys[..place].iter().any(|other| other.id == key.id) {
                return Err(SealError::BadKeyId(key.id.clone()));
            }
        }
        Ok(Self { keys })
    }

    pub fn seal(&self, place: &Place, secret: &Secret) -> Result<Vec<u8>, SealError> {
        let key = self.keys.first().ok_or(SealError::NoKey)?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Random)?;
        let associated_data = place.associated_data();
        let payload = Payload { msg: secret.expose().as_bytes(), aad: associated_data.as_bytes() };
        let ciphertext = cipher(key).encrypt(&XNonce::from(nonce), payload);
        let ciphertext = ciphertext.map_err(|_| SealError::DoesNotOpen { place: place.name() })?;

        let mut sealed = header(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Secret, SealError> {
        let does_not_open = || SealError::DoesNotOpen { place: place.name() };
        let (key_id, rest) = split_header(sealed).ok_or_else(does_not_open)?;
        let Some(key) = self.keys.iter().find(|key| key.id == key_id) else {
            return Err(SealError::MissingKey { place: place.name(), key_id: key_id.to_owned() });
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(does_not_open)?;
        let associated_data = place.associated_data();
        let payload = Payload { msg: ciphertext, aad: associated_data.as_bytes() };
        let opened = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| does_not_open())?;
        let mut text = Zeroizing::new(opened);
        let text = String::from_utf8(std::mem::take(&mut *text)).map_err(|_| does_not_open())?;
        Ok(Secret::new(text))
    }

    /// What every value begins with that the first key has sealed.
    pub(crate) fn current_header(&self) -> Result<Vec<u8>, SealError> {
        Ok(header(&self.keys.first().ok_or(SealError::NoKey)?.id))
    }
}

fn cipher(key: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*key.bytes).into())
}

fn header(key_id: &str) -> Vec<u8> {
    let mut header = vec![VERSION, key_id.len() as u8];
    header.extend_from_slice(key_id.as_bytes());
    header
}

fn split_header(sealed: &[u8]) -> Option<(&str, &[u8])> {
    let (&[version, length], rest) = sealed.split_first_chunk::<2>()?;
    if version != VERSION {
        return None;
    }
    let (key_id, rest) = rest.split_at_checked(length.into())?;
    Some((std::str::from_utf8(key_id).ok()?, rest))
}
