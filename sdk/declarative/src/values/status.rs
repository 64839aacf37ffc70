//! A status, or all from one to another: `401`, `"400-403"`, `"5xx"`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses {
    pub(crate) first: u16,
    pub(crate) last: u16,
}

impl Statuses {
    fn read(text: &str) -> Option<Self> {
        if let Some(hundreds) = text.strip_suffix("xx") {
            let hundreds = hundreds.parse::<u16>().ok()?.checked_mul(100)?;
            return Self { first: hundreds, last: hundreds + 99 }.checked();
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Self { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? }.checked()
    }

    fn checked(self) -> Option<Self> {
        (100 <= self.first && self.first <= self.last && self.last < 600).then_some(self)
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StatusVisitor)
    }
}

struct StatusVisitor;

impl Visitor<'_> for StatusVisitor {
    type Value = Statuses;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a status such as 401, or a range such as \"400-403\" or \"5xx\"")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Statuses, E> {
        let wrong = || E::custom(format!("`{value}` is no status: write 401, \"400-403\" or \"5xx\""));
        Statuses::read(value).ok_or_else(wrong)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Statuses, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Statuses, E> {
        self.visit_str(&value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_one_by_one_and_as_ranges() {
        let read = |text: &str| Statuses::read(text).map(|found| (found.first, found.last));
        assert_eq!(read("401"), Some((401, 401)));
        assert_eq!(read("400-403"), Some((400, 403)));
        assert_eq!(read("5xx"), Some((500, 599)));
        for wrong in ["", "40", "600", "403-400", "xx", "4x", "66xx"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
