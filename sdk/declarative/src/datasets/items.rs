//! Where rows lie in an answer.

use std::str::FromStr;

use relink_sdk::Items;
use serde::{Deserialize, Deserializer};

use crate::values::{Pointer, short_or_long};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ItemsAt {
    Pointer(Pointer),
    Lines,
    Csv { delimiter: char, skipped_lines: u32 },
}

/// Where the answer is no JSON document.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ItemsOfText"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Long {
    /// A JSON object in each line.
    Lines {},
    /// Lines of a table with a header.
    Csv(Csv),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Csv {
    delimiter: char,
    #[serde(default)]
    skipped_lines: u32,
}

impl ItemsAt {
    pub(crate) fn lowered(&self) -> Items {
        match self {
            Self::Pointer(pointer) => Items::at(pointer.as_str()),
            Self::Lines => Items::lines(),
            Self::Csv { delimiter, skipped_lines } => Items::csv(*delimiter).skipping_lines(*skipped_lines),
        }
    }
}

impl Default for ItemsAt {
    fn default() -> Self {
        Self::Pointer(Pointer::default())
    }
}

impl FromStr for ItemsAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self::Pointer)
    }
}

impl From<Long> for ItemsAt {
    fn from(long: Long) -> Self {
        match long {
            Long::Lines {} => Self::Lines,
            Long::Csv(Csv { delimiter, skipped_lines }) => Self::Csv { delimiter, skipped_lines },
        }
    }
}

impl<'de> Deserialize<'de> for ItemsAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a JSON pointer to a list, { csv = { delimiter = \";\" } } or { lines = {} }";
        short_or_long::<_, Long, _>(deserializer, expected)
    }
}
