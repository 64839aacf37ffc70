//! What a plugin found, as records: the plugin's own description says which fields are key and day.
//!
//! Values stay the text that the plugin wrote. Nothing is stored here.

use std::collections::BTreeMap;

use relink_core::plugin::{Dataset, Found, SyncMode};
use relink_core::time::{Day, Timestamp};
use relink_store::records::RecordRow;
use serde_json::value::RawValue;

/// A row that does not fit the plugin's own description.
#[derive(Debug, thiserror::Error)]
#[error("dataset {dataset:?}, row {row}: {problem}")]
pub struct BadRows {
    dataset: String,
    row: usize,
    problem: String,
}

/// Reads the rows of `dataset` that a plugin found in the fetch that began then; what belongs to other operations
/// is left out.
pub fn read(dataset: &Dataset, found: Vec<Found>, fetched_at: Timestamp) -> Result<Vec<RecordRow>, BadRows> {
    let mut rows = Vec::new();
    for (name, lines) in rows_of(found) {
        let bad = |row, problem: String| BadRows { dataset: name.clone(), row, problem };
        if name != dataset.name {
            return Err(bad(0, format!("rows of {:?} were asked for", dataset.name)));
        }
        for (index, line) in lines.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            rows.push(read_row(dataset, line, fetched_at).map_err(|problem| bad(index, problem))?);
        }
    }
    Ok(rows)
}

fn read_row(dataset: &Dataset, line: &str, fetched_at: Timestamp) -> Result<RecordRow, String> {
    let fields: BTreeMap<&str, &RawValue> =
        serde_json::from_str(line).map_err(|error| format!("is no JSON object: {error}"))?;
    let field = |name: &str| fields.get(name).map(|value| value.get()).filter(|value| *value != "null");
    let key = dataset
        .primary_key
        .iter()
        .map(|name| field(name).ok_or_else(|| format!("has no value for the key field {name:?}")));
    let key: Vec<&str> = key.collect::<Result<_, _>>()?;
    let day = match &dataset.mode {
        SyncMode::Full => None,
        SyncMode::Daily(daily) => Some(day_of(field(&daily.day_field), &daily.day_field)?),
    };
    Ok(RecordRow { key: format!("[{}]", key.join(",")), day, data: line.to_owned(), fetched_at })
}

fn day_of(value: Option<&str>, name: &str) -> Result<Day, String> {
    let text = value.ok_or_else(|| format!("has no value for the day field {name:?}"))?;
    let text: String = serde_json::from_str(text).map_err(|_| format!("the day field {name:?} is no text"))?;
    text.parse().map_err(|error| format!("the day field {name:?}: {error}"))
}

/// Rows among what a plugin found; the rest belongs to other operations.
fn rows_of(found: Vec<Found>) -> impl Iterator<Item = (String, String)> {
    found.into_iter().filter_map(|found| match found {
        Found::Rows { dataset, rows } => Some((dataset, rows)),
        Found::Identity(_) | Found::Account(_) => None,
    })
}
