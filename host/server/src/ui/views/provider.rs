//! How a provider looks in lists: its name and a mark of two letters.

/// A provider on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) plugin_id: String,
    pub(crate) name: String,
}

impl Provider {
    pub(crate) fn new(plugin_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { plugin_id: plugin_id.into(), name: name.into() }
    }

    /// The initials of two words, or the first two letters of one.
    pub(crate) fn mark(&self) -> String {
        let mut words = self.name.split_whitespace();
        match (words.next(), words.next()) {
            (Some(first), Some(second)) if first.chars().count() > 1 => {
                first.chars().take(1).chain(second.chars().take(1)).collect()
            }
            (Some(word), _) => word.chars().take(2).flat_map(char::to_uppercase).collect(),
            (None, _) => String::new(),
        }
    }

    /// One of eight tints, always the same for the same plugin.
    pub(crate) fn tint(&self) -> u32 {
        self.plugin_id.bytes().fold(7, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 8
    }
}

/// A client on a page, with the link to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientLink {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl ClientLink {
    pub(crate) fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_at_most_two_letters() {
        let cases = [("Google Ads", "GA"), ("Ahrefs", "AH"), ("X Ads", "X"), ("LinkedIn Ads", "LA"), ("", "")];
        for (name, expected) in cases {
            assert_eq!(Provider::new("x", name).mark(), expected);
        }
    }
}
