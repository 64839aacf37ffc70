//! A JSON pointer (RFC 6901), checked while the table is read.

use std::str::FromStr;

use serde_json::Value;

use super::{from_text, text_of};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, number or truth value that stands there.
    pub(crate) fn text_in(&self, document: &Value) -> Option<String> {
        document.pointer(&self.0).and_then(text_of)
    }
}

from_text!(Pointer);

impl FromStr for Pointer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.starts_with('/') {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("`{text}` is no JSON pointer: write `/{}`", text.replace('.', "/")))
    }
}
