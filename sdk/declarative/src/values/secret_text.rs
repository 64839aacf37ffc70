//! Where a secret goes within a header or parameter: `Bearer {access_token}`. The host puts it there.

use std::str::FromStr;

use super::from_text;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretText {
    pub(crate) prefix: String,
    pub(crate) secret: String,
    pub(crate) suffix: String,
}

from_text!(SecretText);

impl FromStr for SecretText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('{').and_then(|(prefix, rest)| {
            let (secret, suffix) = rest.split_once('}')?;
            Some((prefix, secret, suffix))
        });
        match parts {
            Some((prefix, secret, suffix)) if !secret.is_empty() && !suffix.contains('{') => {
                Ok(Self { prefix: prefix.to_owned(), secret: secret.to_owned(), suffix: suffix.to_owned() })
            }
            _ => Err(format!("`{text}` does not name one secret: write it as in \"Bearer {{api_key}}\"")),
        }
    }
}
