//! What an author should look at again in what came of a conversation: a wrong pointer is no failure, it finds
//! nothing or null.

use std::collections::BTreeMap;

use relink_core::plugin::{Dataset, Found};
use serde_json::{Map, Value};

use super::counted;

/// How deep in an answer a list is looked for: `{"data": {"campaigns": [...]}}`.
const DEPTH: usize = 3;

/// What a plugin found, held against the lists that it was answered with.
#[derive(Default)]
pub(super) struct Warnings {
    found: usize,
    /// The columns, and whether any row has a value there.
    columns: BTreeMap<String, bool>,
    /// The list of the answer that the plugin reads now.
    read: Option<List>,
    /// The first list of which nothing came; it may have been of ids for the next requests.
    unused: Option<List>,
    /// Lists of which a part came.
    halved: Option<List>,
    left_out: usize,
}

/// A list of an answer.
struct List {
    place: String,
    items: usize,
}

impl Warnings {
    /// About a dataset; about a list of accounts if there is none.
    pub(super) fn about(dataset: Option<&Dataset>) -> Self {
        let schema = dataset.and_then(|dataset| serde_json::from_str::<Value>(&dataset.row_schema).ok());
        let properties = schema.as_ref().and_then(|schema| schema["properties"].as_object());
        let columns = properties.into_iter().flat_map(Map::keys).map(|name| (name.clone(), false)).collect();
        Self { columns, ..Self::default() }
    }

    /// An answer came, or a part of one.
    pub(super) fn answered(&mut self, body: &[u8]) {
        let longest = serde_json::from_slice::<Value>(body).ok().and_then(|document| longest_list(&document, DEPTH));
        self.read = longest.filter(|list| list.items > 0);
    }

    /// The plugin found this in it.
    pub(super) fn found(&mut self, found: &[Found]) {
        let before = self.found;
        for found in found {
            match found {
                Found::Rows { rows, .. } => rows.lines().for_each(|row| self.row(row)),
                Found::Account(_) | Found::Identity(_) => self.found += 1,
            }
        }
        let Some(list) = self.read.take() else { return };
        match self.found - before {
            0 => self.unused = self.unused.take().or(Some(list)),
            came if came < list.items => {
                self.left_out += list.items - came;
                self.halved = self.halved.take().or(Some(list));
            }
            _ => {}
        }
    }

    fn row(&mut self, row: &str) {
        self.found += 1;
        let row: Map<String, Value> = serde_json::from_str(row).unwrap_or_default();
        for (name, value) in row {
            *self.columns.entry(name).or_default() |= !value.is_null();
        }
    }

    /// One line for each warning.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(List { place, items }) = self.unused.as_ref().filter(|_| self.found == 0) {
            let items = counted(*items, "item");
            lines.push(format!(
                "the answer has {items} at {place:?}, and nothing was found: are they looked for there?"
            ));
        }
        if let Some(List { place, .. }) = &self.halved {
            let items = counted(self.left_out, "item");
            lines.push(format!("{items} at {place:?} were left out: does each have the columns of the key?"));
        }
        let empty = self.columns.iter().filter(|(_, has_value)| !**has_value && self.found > 0);
        lines.extend(empty.map(|(name, _)| {
            format!("column `{name}` is null in {}: does its pointer lead anywhere?", in_all(self.found))
        }));
        lines
    }
}

fn in_all(rows: usize) -> String {
    if rows == 1 { "the only row".to_owned() } else { format!("all {rows} rows") }
}

/// The longest list of a document, with its pointer.
fn longest_list(document: &Value, depth: usize) -> Option<List> {
    match document {
        Value::Array(items) => Some(List { place: String::new(), items: items.len() }),
        Value::Object(members) if depth > 0 => {
            let lists = members.iter().filter_map(|(name, value)| {
                let List { place, items } = longest_list(value, depth - 1)?;
                Some(List { place: format!("/{}{place}", name.replace('~', "~0").replace('/', "~1")), items })
            });
            lists.max_by_key(|list| list.items)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(answer: &str, rows: &str) -> Vec<String> {
        let dataset = Dataset {
            name: "lists".to_owned(),
            label: String::new(),
            row_schema: r#"{"properties":{"id":{},"title":{}}}"#.to_owned(),
            primary_key: vec!["id".to_owned()],
            account_kind: None,
            mode: relink_core::plugin::SyncMode::Full,
        };
        let mut warnings = Warnings::about(Some(&dataset));
        warnings.answered(answer.as_bytes());
        warnings.found(&[Found::Rows { dataset: "lists".to_owned(), rows: rows.to_owned() }]);
        warnings.lines()
    }

    const ANSWER: &str = r#"{"meta":{"tags":[]},"data":{"lists":[{"id":1},{"id":2}]}}"#;

    #[test]
    fn a_list_of_which_nothing_came_is_named_with_its_place() {
        let lines = warnings(ANSWER, "");
        assert!(
            lines.len() == 1 && lines[0].contains("2 items at \"/data/lists\", and nothing was found"),
            "{lines:?}"
        );
    }

    #[test]
    fn items_that_are_left_out_are_counted() {
        let lines = warnings("[1,2,3]", "{\"id\":1,\"title\":\"a\"}\n");
        assert!(lines.len() == 1 && lines[0].contains("2 items at \"\" were left out"), "{lines:?}");
    }

    #[test]
    fn a_column_that_is_always_null_is_named() {
        let lines = warnings(ANSWER, "{\"id\":1,\"title\":null}\n{\"id\":2,\"title\":null}\n");
        assert!(lines.len() == 1 && lines[0].contains("column `title` is null in all 2 rows"), "{lines:?}");
    }

    #[test]
    fn nothing_is_warninged_where_all_came() {
        let none: [&str; 0] = [];
        assert_eq!(warnings(ANSWER, "{\"id\":1,\"title\":null}\n{\"id\":2,\"title\":\"b\"}\n"), none);
        assert_eq!(warnings(r#"{"data":[]}"#, ""), none);
        assert_eq!(warnings("no JSON", ""), none);
    }

    #[test]
    fn a_list_of_ids_for_the_next_request_may_bring_no_row_itself() {
        let mut warnings = Warnings::default();
        warnings.answered(ANSWER.as_bytes());
        warnings.found(&[]);
        warnings.answered(br#"{"data":[{"id":1}]}"#);
        warnings.found(&[Found::Rows { dataset: "lists".to_owned(), rows: "{\"id\":1}\n".to_owned() }]);
        assert!(warnings.lines().is_empty());
    }
}
