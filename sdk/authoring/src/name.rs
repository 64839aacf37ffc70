//! The name of a new plugin, in each way of writing it.

use std::fmt;
use std::str::FromStr;

/// The provider of the templates, which every copy replaces with its own name.
const TEMPLATE_NAME: &str = "acme";

/// The id of a new plugin: it names a crate, a package and a host too, so it is stricter than other ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text of a template with this name in place of the template's: `acme`, `Acme`, `relink_plugin_acme`.
    #[must_use]
    pub fn put_into(&self, text: &str) -> String {
        let title: String = self.0.split('-').map(capitalized).collect();
        let in_rust = format!("relink_plugin_{}", self.0.replace('-', "_"));
        text.replace("relink_plugin_acme", &in_rust).replace("Acme", &title).replace(TEMPLATE_NAME, &self.0)
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let is_inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let is_id = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(is_inner)
            && !name.ends_with('-');
        if !is_id {
            return Err("it is no id of a plugin: use lower-case letters, digits and \"-\", a letter first".to_owned());
        }
        if name == TEMPLATE_NAME {
            return Err("it is the name of the template's provider: choose that of yours".to_owned());
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_the_name_is_replaced() {
        let text = "relink_plugin_acme::Acme of relink-plugin-acme at api.acme.example";
        let expected = "relink_plugin_big_data::BigData of relink-plugin-big-data at api.big-data.example";
        assert_eq!("big-data".parse::<Name>().unwrap().put_into(text), expected);
    }

    #[test]
    fn only_ids_are_taken() {
        for good in ["beacon", "big-data", "x2"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        for bad in ["", "Beacon", "2x", "../x", "a b", "a-", "_x", "acme"] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }
}
