//! The secrets of one connection by name, on their way into a request.

use std::collections::BTreeMap;
use std::fmt;

use relink_core::plugin::{AuthMethod, TransportFailure};
use relink_core::secret::Secret;

use crate::failure::blocked;
use crate::redact::Redactor;

/// All secrets that belong to one connection: of the app, of the person, and the access token.
///
/// Each is taken out of every answer, whether the request used it or not.
#[derive(Clone, Default)]
pub struct Credentials {
    secrets: BTreeMap<String, Secret>,
}

impl Credentials {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn insert(&mut self, name: impl Into<String>, value: Secret) {
        self.secrets.insert(name.into(), value);
    }

    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Secret) -> Self {
        self.insert(name, value);
        self
    }

    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// Takes every value out of a text, in any spelling, also those that a method calls public: for what
    /// leaves the machine, such as a recording.
    pub fn scrub(&self, text: &str) -> String {
        Redactor::new(self.values().map(|(_, value)| value)).text(text)
    }

    /// The value to put into a request: present, and without characters that could end a header.
    pub(crate) fn usable(&self, name: &str) -> Result<&str, TransportFailure> {
        let Some(secret) = self.secrets.get(name) else {
            return Err(blocked(format!("the secret {name:?} is missing")));
        };
        if secret.expose().chars().any(char::is_control) {
            return Err(blocked(format!("the secret {name:?} has a control character")));
        }
        Ok(secret.expose())
    }

    /// What must not reach the plugin: everything but the values that the method declares public.
    pub(crate) fn confidential<'a>(&'a self, method: &'a AuthMethod) -> impl Iterator<Item = &'a str> {
        let slots = || method.app_secrets.iter().chain(&method.user_secrets);
        let is_public = move |name: &str| slots().any(|slot| slot.name == name && slot.public);
        self.secrets.iter().filter(move |(name, _)| !is_public(name)).map(|(_, secret)| secret.expose())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.secrets.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_value_is_scrubbed_too() {
        let credentials = Credentials::new().with("email", Secret::new("ann@example.com".to_owned()));
        assert_eq!(credentials.scrub("by ann%40example.com"), "by [redacted]");
    }
}
