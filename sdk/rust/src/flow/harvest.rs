//! What is made of the items that a fetch brings.

use std::fmt::Write as _;

use serde_json::Value;

use crate::table::Table;
use crate::{Account, Found, Identity, Rows, log};

/// Turns an item into another type, or says that it is none.
pub(super) type Reader<T> = Box<dyn Fn(&Value) -> Option<T>>;

pub(super) enum Harvest {
    /// That there was an answer is all that counts.
    Nothing,
    Rows(&'static Table),
    Identity(Reader<Identity>),
    Accounts(Reader<Account>),
    /// Values for an [`Each`](super::Each) flow.
    Values(Reader<Value>),
}

/// What one page brought.
#[derive(Default)]
pub(super) struct Crop {
    pub(super) found: Vec<Found>,
    pub(super) values: Vec<Value>,
}

impl Harvest {
    pub(super) fn reap(&self, items: &[Value]) -> Result<Crop, String> {
        let found = match self {
            Self::Nothing => Vec::new(),
            Self::Rows(table) => rows(table, items),
            Self::Identity(read) => match items.iter().find_map(read) {
                Some(identity) => vec![Found::Identity(identity)],
                None => return Err("the answer does not say who authorized".to_owned()),
            },
            Self::Accounts(read) => items.iter().filter_map(read).map(Found::Account).collect(),
            Self::Values(read) => {
                let values = items.iter().filter_map(read).collect();
                return Ok(Crop { found: Vec::new(), values });
            }
        };
        Ok(Crop { found, values: Vec::new() })
    }
}

fn rows(table: &Table, items: &[Value]) -> Vec<Found> {
    let mut lines = String::new();
    let mut left_out = 0;
    for item in items {
        match table.row(item) {
            Some(row) => writeln!(lines, "{row}").expect("a string takes any text"),
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        log::warn(&format!("{left_out} items of {} have no key and were left out", table.name()));
    }
    if lines.is_empty() {
        return Vec::new();
    }
    vec![Found::Rows(Rows { dataset: table.name().to_owned(), rows: lines })]
}
