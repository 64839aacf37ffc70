//! Passwords: hashed with Argon2id, a few at a time, so that guesses cannot use up the processor.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use relink_core::secret::Secret;
use tokio::sync::Semaphore;

/// Hashing takes some 20 MiB and a core for a moment; more at once would starve everything else.
const AT_ONCE: usize = 2;

pub(crate) const SHORTEST: usize = 12;
const LONGEST: usize = 1_000;

/// Hashes and verifies passwords, within bounds.
#[derive(Clone)]
pub(crate) struct Passwords {
    slots: Arc<Semaphore>,
    /// What the password of a person who does not exist is compared with, so that it takes as long.
    nobody: Arc<str>,
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("choose a password of {SHORTEST} to {LONGEST} characters")]
    Length,
    #[error("the password could not be hashed")]
    Hashing,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let nobody = hash_now("the password of nobody")?;
        Ok(Self { slots: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
    }

    pub(crate) async fn hash(&self, password: &Secret) -> Result<String, PasswordError> {
        if !(SHORTEST..=LONGEST).contains(&password.expose().chars().count()) {
            return Err(PasswordError::Length);
        }
        let password = password.clone();
        self.run(move || hash_now(password.expose())).await.unwrap_or(Err(PasswordError::Hashing))
    }

    /// Whether the password is right. Without a hash it never is, after the same work.
    pub(crate) async fn verify(&self, password: &Secret, hash: Option<&str>) -> bool {
        if password.expose().len() > LONGEST * 4 {
            return false;
        }
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let password = password.clone();
        let matches =
            self.run(move || Argon2::default().verify_password(password.expose().as_bytes(), hash.as_str()).is_ok());
        matches.await.unwrap_or(false) && is_known
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.ok()
    }
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| PasswordError::Hashing)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_of_somebody_is_right() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(&secret("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.verify(&secret("correct horse battery"), Some(&hash)).await);
        assert!(!passwords.verify(&secret("correct horse batterz"), Some(&hash)).await);
        assert!(!passwords.verify(&secret("the password of nobody"), None).await);
    }

    #[tokio::test]
    async fn short_and_huge_passwords_are_not_hashed() {
        let passwords = Passwords::new().unwrap();
        assert!(matches!(passwords.hash(&secret("short")).await, Err(PasswordError::Length)));
        assert!(matches!(passwords.hash(&secret(&"x".repeat(1_001))).await, Err(PasswordError::Length)));
        assert!(!passwords.verify(&secret(&"x".repeat(1_000_000)), None).await);
    }
}
