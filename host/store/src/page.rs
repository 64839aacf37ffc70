//! Lists in pages: each page ends with a cursor that says after which row the next one starts.
//!
//! A cursor holds the sort key and the id of the last row, so rows that come or go in between
//! neither repeat nor hide others.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::value::Value;

/// At most so many rows are given at once, whatever was asked for.
const MAX_PAGE: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page starts; none if this is the last one.
    pub next: Option<Cursor>,
}

/// Opaque outside of this crate; its text is safe in a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub(crate) key: Key,
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key {
    Integer(i64),
    Text(String),
}

impl Cursor {
    /// A cursor of a list that is sorted by id alone.
    pub(crate) fn at_id(id: impl fmt::Display) -> Self {
        Self { key: Key::Integer(0), id: id.to_string() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for Cursor {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::Cursor)?;
        serde_json::from_slice(&json).map_err(|_| StoreError::Cursor)
    }
}

impl From<&Key> for Value {
    fn from(key: &Key) -> Self {
        match key {
            Key::Integer(number) => (*number).into(),
            Key::Text(text) => text.into(),
        }
    }
}

impl<T> Page<T> {
    /// Makes a page of rows that were fetched with one more than `limit`, as [`rows_to_fetch`] says.
    pub(crate) fn of(mut rows: Vec<T>, limit: usize, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let limit = limit.clamp(1, MAX_PAGE);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor_of);
        Self { items: rows, next }
    }
}

/// One row more than the page holds tells whether there is another page.
pub(crate) fn rows_to_fetch(limit: usize) -> i64 {
    limit.clamp(1, MAX_PAGE) as i64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_from_its_text() {
        for key in [Key::Integer(-5), Key::Text("Äpfel & Birnen".to_owned())] {
            let cursor = Cursor { key, id: "conn_1".to_owned() };
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
        for text in ["", "abc", "e30", "not base64!"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let page = |rows: Vec<i32>, limit| Page::of(rows, limit, |row: &i32| Cursor::at_id(*row));
        assert_eq!(page(vec![1, 2], 2), Page { items: vec![1, 2], next: None });
        assert_eq!(page(vec![1, 2, 3], 2), Page { items: vec![1, 2], next: Some(Cursor::at_id(2)) });
        assert_eq!(page(vec![], 0), Page { items: vec![], next: None });
    }
}
