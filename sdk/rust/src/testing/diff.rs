//! Comparing two JSON documents, place by place.

use serde_json::Value;

/// Every place where the documents differ. A member that is null equals one that is missing.
pub(super) fn differences(place: &str, expected: &Value, found: &Value) -> Vec<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let mut names: Vec<&String> = expected.keys().chain(found.keys()).collect();
            names.sort();
            names.dedup();
            let member = |name: &String| {
                let (expected, found) = (expected.get(name), found.get(name));
                differences(&format!("{place}.{name}"), expected.unwrap_or(&Value::Null), found.unwrap_or(&Value::Null))
            };
            names.into_iter().flat_map(member).collect()
        }
        (Value::Array(expected), Value::Array(found)) => {
            let length = expected.len().max(found.len());
            let item = |index: usize| {
                let (expected, found) = (expected.get(index), found.get(index));
                differences(
                    &format!("{place}[{index}]"),
                    expected.unwrap_or(&Value::Null),
                    found.unwrap_or(&Value::Null),
                )
            };
            (0..length).flat_map(item).collect()
        }
        (expected, found) if same(expected, found) => Vec::new(),
        (expected, found) => vec![format!("{place}: expected {expected}, found {found}")],
    }
}

/// `12` and `12.0` are the same number.
fn same(expected: &Value, found: &Value) -> bool {
    expected == found || (expected.is_number() && expected.as_f64() == found.as_f64())
}
