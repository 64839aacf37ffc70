//! From the bytes of an answer to items.

use serde_json::{Map, Value};

use crate::{Csv, Framing};

/// How the items lie in an answer.
///
/// ```
/// use relink_sdk::Items;
///
/// let deals = Items::at("/data/deals");
/// let found = deals.decode(br#"{"data":{"deals":[{"id":1},{"id":2}]}}"#).unwrap();
/// assert_eq!(found.len(), 2);
///
/// let lines = Items::csv(',').decode(b"id,name\n1,Ann\n").unwrap();
/// assert_eq!(lines[0]["name"], "Ann");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items(Shape);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Array(String),
    Lines,
    Csv { delimiter: char, skip_lines: u32 },
}

impl Items {
    /// The JSON array at this pointer; `""` is the document itself.
    ///
    /// A document that is no array there counts as one item if it is an object, and as none if it
    /// is null or missing.
    pub fn at(pointer: &str) -> Self {
        Self(Shape::Array(pointer.to_owned()))
    }

    /// One JSON object per line.
    pub fn lines() -> Self {
        Self(Shape::Lines)
    }

    /// Lines of a table with a header; each item is an object of texts.
    pub fn csv(delimiter: char) -> Self {
        Self(Shape::Csv { delimiter, skip_lines: 0 })
    }

    /// Leaves out so many lines that stand before the header of a CSV file.
    pub fn skipping_lines(mut self, lines: u32) -> Self {
        if let Shape::Csv { skip_lines, .. } = &mut self.0 {
            *skip_lines = lines;
        }
        self
    }

    /// Reads the items of a whole answer.
    pub fn decode(&self, body: &[u8]) -> Result<Vec<Value>, String> {
        match &self.0 {
            Shape::Array(pointer) => Ok(take_items(parse(body)?, pointer)),
            Shape::Lines => {
                body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).map(parse).collect()
            }
            Shape::Csv { delimiter, skip_lines } => {
                Ok(decode_csv(after_lines(body, *skip_lines), *delimiter, &mut None)?)
            }
        }
    }

    /// Reads the items of one chunk. A CSV header is remembered from the first chunk on, so it may
    /// or may not be repeated in the later ones.
    pub(crate) fn decode_chunk(&self, body: &[u8], header: &mut Option<Vec<String>>) -> Result<Vec<Value>, String> {
        match &self.0 {
            Shape::Array(_) => match parse(body)? {
                Value::Array(items) => Ok(items),
                _ => Err("the answer has no list where one was expected".to_owned()),
            },
            Shape::Lines => self.decode(body),
            Shape::Csv { delimiter, .. } => decode_csv(body, *delimiter, header),
        }
    }

    /// The items are part of one JSON document, in which the next page may be named too.
    pub(crate) fn are_in_a_document(&self) -> bool {
        matches!(self.0, Shape::Array(_))
    }

    /// The items that [`Items::take_from`] would give.
    pub(crate) fn within<'a>(&self, document: &'a Value) -> &'a [Value] {
        match &self.0 {
            Shape::Array(pointer) => match document.pointer(pointer) {
                Some(Value::Array(items)) => items,
                Some(item @ Value::Object(_)) => std::slice::from_ref(item),
                _ => &[],
            },
            Shape::Lines | Shape::Csv { .. } => &[],
        }
    }

    /// The items of a document, which may be most of it and are not copied.
    pub(crate) fn take_from(&self, document: Value) -> Vec<Value> {
        match &self.0 {
            Shape::Array(pointer) => take_items(document, pointer),
            Shape::Lines | Shape::Csv { .. } => Vec::new(),
        }
    }

    pub(crate) fn framing(&self) -> Framing {
        match &self.0 {
            Shape::Array(pointer) => Framing::JsonItems(pointer.clone()),
            Shape::Lines => Framing::Lines,
            Shape::Csv { delimiter, skip_lines } => {
                Framing::Csv(Csv { delimiter: *delimiter, header: true, skip_lines: *skip_lines })
            }
        }
    }
}

pub(crate) fn parse(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON: {error}"))
}

fn take_items(mut document: Value, pointer: &str) -> Vec<Value> {
    match document.pointer_mut(pointer).map(Value::take) {
        Some(Value::Array(items)) => items,
        Some(item @ Value::Object(_)) => vec![item],
        _ => Vec::new(),
    }
}

fn after_lines(body: &[u8], lines: u32) -> &[u8] {
    (0..lines).fold(body, |rest, _| {
        let end = rest.iter().position(|byte| *byte == b'\n');
        end.and_then(|end| rest.get(end + 1..)).unwrap_or_default()
    })
}

fn decode_csv(body: &[u8], delimiter: char, header: &mut Option<Vec<String>>) -> Result<Vec<Value>, String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let delimiter = u8::try_from(delimiter).map_err(|_| "the delimiter is no ASCII character")?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body);
    let mut items = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| format!("the answer is no CSV: {error}"))?;
        let cells: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        match header {
            None => *header = Some(cells),
            Some(names) if *names == cells => {}
            Some(names) => {
                let members = names.iter().cloned().zip(cells.into_iter().map(Value::String));
                items.push(Value::Object(members.collect()));
            }
        }
    }
    Ok(items)
}

/// Sets the value at a JSON pointer, making objects on the way where there are none.
pub(crate) fn set(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(object) = place else { return };
        place = object.entry(name).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn csv_chunks_may_or_may_not_repeat_the_header() {
        let items = Items::csv(';');
        let mut header = None;
        let first = items.decode_chunk(b"a;b\n1;2\n", &mut header).unwrap();
        let second = items.decode_chunk(b"a;b\n3;4\n", &mut header).unwrap();
        let third = items.decode_chunk(b"5;\"6;7\"\n", &mut header).unwrap();
        assert_eq!(first, [json!({"a": "1", "b": "2"})]);
        assert_eq!(second, [json!({"a": "3", "b": "4"})]);
        assert_eq!(third, [json!({"a": "5", "b": "6;7"})]);
    }

    #[test]
    fn the_items_that_are_taken_are_those_that_were_seen() {
        let cases = [("/data", 2), ("/one", 1), ("/none", 0), ("/text", 0), ("/missing", 0), ("", 1)];
        let document = json!({"data": [{"id": 1}, {"id": 2}], "one": {"id": 3}, "none": null, "text": "x"});
        for (pointer, count) in cases {
            let items = Items::at(pointer);
            assert_eq!(items.within(&document).len(), count, "{pointer:?}");
            assert_eq!(items.take_from(document.clone()), items.within(&document), "{pointer:?}");
        }
        assert_eq!(Items::at("/data").take_from(document), [json!({"id": 1}), json!({"id": 2})]);
    }

    #[test]
    fn lines_before_the_header_are_left_out() {
        let items = Items::csv(',').skipping_lines(2);
        let found = items.decode(b"Report\nof May\nid\n7\n").unwrap();
        assert_eq!(found, [json!({"id": "7"})]);
        assert_eq!(items.decode(b"Report").unwrap(), Vec::<Value>::new());
    }

    #[test]
    fn a_value_is_set_deep_in_a_document() {
        let mut document = json!({"page": {"size": 5}});
        set(&mut document, "/page/number", json!(2));
        set(&mut document, "/cursor", json!("x"));
        assert_eq!(document, json!({"page": {"size": 5, "number": 2}, "cursor": "x"}));
    }
}
