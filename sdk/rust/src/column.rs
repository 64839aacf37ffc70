//! One column of a table: where it lies in an item, and what kind of value it holds.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Number, Value};

use crate::answer::scalar;

/// One column of a [`Table`](crate::Table).
///
/// Providers write numbers as texts, ids as numbers and days in five ways; a column makes one form
/// of them. What does not fit becomes null.
///
/// ```
/// use relink_sdk::Column;
/// use serde_json::json;
///
/// assert_eq!(Column::integer("n", "/n").read(&json!({"n": "12"})), json!(12));
/// assert_eq!(Column::text("id", "/id").read(&json!({"id": 7})), json!("7"));
/// assert_eq!(Column::day("day", "/at").read(&json!({"at": 1_700_000_000})), json!("2023-11-14"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Column {
    name: &'static str,
    pointer: &'static str,
    kind: Kind,
    key: bool,
    factor: f64,
}

/// Written as it is, without a tree of values in between: every call of `describe` writes hundreds.
#[derive(Serialize)]
pub(crate) struct ColumnSchema {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<Kinds>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Kinds {
    One(&'static str),
    Nullable(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Day,
    Time,
    Json,
}

impl Column {
    /// A text, or an id of whatever type.
    pub const fn text(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Text)
    }

    /// A whole number.
    pub const fn integer(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Integer)
    }

    /// A number with a fraction, such as an amount of money.
    pub const fn number(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Number)
    }

    /// True or false.
    pub const fn boolean(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Boolean)
    }

    /// A calendar day, from `2024-05-01`, `20240501`, a date and time, or a unix time in UTC.
    pub const fn day(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Day)
    }

    /// A moment in RFC 3339, from RFC 3339 or a unix time.
    pub const fn time(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Time)
    }

    /// Whatever the provider sends, unchanged: lists and objects.
    pub const fn json(name: &'static str, pointer: &'static str) -> Self {
        Self::new(name, pointer, Kind::Json)
    }

    const fn new(name: &'static str, pointer: &'static str, kind: Kind) -> Self {
        Self { name, pointer, kind, key: false, factor: 1.0 }
    }

    /// The column belongs to the primary key: an item without it is left out.
    pub const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    /// Multiplies a number: `1e-6` for micros.
    pub const fn times(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// The column's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the pointer leads anywhere at all: RFC 6901 begins each with a slash, but for that of the whole item.
    pub(crate) const fn is_pointed(&self) -> bool {
        self.pointer.is_empty() || self.pointer.as_bytes()[0] == b'/'
    }

    /// The column belongs to the primary key.
    pub const fn is_key(&self) -> bool {
        self.key
    }

    /// The column's value in an item; null if there is none that fits.
    pub fn read(&self, item: &Value) -> Value {
        let Some(value) = item.pointer(self.pointer).filter(|value| !value.is_null()) else {
            return Value::Null;
        };
        match self.kind {
            Kind::Text => scalar(value).map_or(Value::Null, Value::String),
            Kind::Integer => self.integer_of(value).map_or(Value::Null, Value::from),
            Kind::Number => number(value)
                .and_then(|number| Number::from_f64(number * self.factor))
                .map_or(Value::Null, Value::Number),
            Kind::Boolean => truth(value).map_or(Value::Null, Value::Bool),
            Kind::Day => day(value).map_or(Value::Null, Value::String),
            Kind::Time => time(value).map_or(Value::Null, Value::String),
            Kind::Json => value.clone(),
        }
    }

    /// The column's JSON Schema.
    pub(crate) fn schema(&self) -> ColumnSchema {
        let (kind, format) = match self.kind {
            Kind::Text => ("string", None),
            Kind::Integer => ("integer", None),
            Kind::Number => ("number", None),
            Kind::Boolean => ("boolean", None),
            Kind::Day => ("string", Some("date")),
            Kind::Time => ("string", Some("date-time")),
            Kind::Json => return ColumnSchema { format: None, kind: None },
        };
        let kind = if self.key { Kinds::One(kind) } else { Kinds::Nullable(kind, "null") };
        ColumnSchema { format, kind: Some(kind) }
    }

    fn is_scaled(&self) -> bool {
        (self.factor - 1.0).abs() > f64::EPSILON
    }

    /// Whole numbers keep all their digits; a float is rounded.
    fn integer_of(&self, value: &Value) -> Option<i64> {
        let exact = scalar(value).and_then(|text| text.trim().parse::<i64>().ok());
        match exact {
            Some(exact) if !self.is_scaled() => Some(exact),
            _ => number(value).map(|number| (number * self.factor).round() as i64),
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    let text = scalar(value)?;
    let text = text.trim().trim_end_matches('%').replace(',', "");
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn truth(value: &Value) -> Option<bool> {
    match scalar(value)?.to_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn day(value: &Value) -> Option<String> {
    let text = scalar(value)?;
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().map(|date| date.to_string());
    }
    if let Some(moment) = unix_moment(text) {
        return Some(moment.to_zoned(TimeZone::UTC).date().to_string());
    }
    // The day as the provider writes it, in the account's own time zone.
    text.get(..10)?.parse::<Date>().ok().map(|date| date.to_string())
}

fn time(value: &Value) -> Option<String> {
    let text = scalar(value)?;
    let text = text.trim();
    match unix_moment(text) {
        Some(moment) => Some(moment.to_string()),
        None => text.parse::<Timestamp>().ok().map(|moment| moment.to_string()),
    }
}

/// Seconds or, where the number is too large for that, milliseconds since 1970.
fn unix_moment(text: &str) -> Option<Timestamp> {
    const FIRST_MS: i64 = 100_000_000_000;
    let number: i64 = text.parse().ok()?;
    if number.abs() >= FIRST_MS {
        Timestamp::from_millisecond(number).ok()
    } else {
        Timestamp::from_second(number).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(column: Column, value: impl Into<Value>, expected: impl Into<Value>) {
        let item = json!({ "v": value.into() });
        assert_eq!(column.read(&item), expected.into(), "{column:?}");
    }

    #[test]
    fn values_take_the_form_of_their_column() {
        check(Column::integer("v", "/v"), json!("9007199254740993"), json!(9_007_199_254_740_993_i64));
        check(Column::integer("v", "/v"), json!(2.6), json!(3));
        check(Column::integer("v", "/v"), json!("many"), Value::Null);
        check(Column::number("v", "/v"), json!("1,234.5"), json!(1234.5));
        check(Column::number("v", "/v"), json!("12.5%"), json!(12.5));
        check(Column::number("v", "/v"), json!("NaN"), Value::Null);
        check(Column::boolean("v", "/v"), json!("TRUE"), json!(true));
        check(Column::day("v", "/v"), json!("2024-05-01T23:30:00-07:00"), json!("2024-05-01"));
        check(Column::day("v", "/v"), json!("2024-13-01"), Value::Null);
        check(Column::day("v", "/v"), json!("ééééé"), Value::Null);
        check(Column::day("v", "/v"), json!("２０２４０５０１"), Value::Null);
        check(Column::time("v", "/v"), json!(1_700_000_000_000_i64), json!("2023-11-14T22:13:20Z"));
        check(Column::json("v", "/v"), json!([1, {"a": 2}]), json!([1, {"a": 2}]));
    }
}
