//! One column: `"number /metrics/cost"`, or a table where it is to be scaled.

use std::str::FromStr;

use relink_sdk::Column as Lowered;
use serde::{Deserialize, Deserializer};

use crate::values::{Pointer, short_or_long};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) kind: Type,
    at: Pointer,
    times: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Type {
    Text,
    Integer,
    Number,
    Boolean,
    Day,
    Time,
    Json,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ScaledColumn"))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Long {
    #[serde(rename = "type")]
    kind: Type,
    at: Pointer,
    times: Option<f64>,
}

impl Column {
    pub(crate) fn lowered(&'static self, name: &'static str, is_key: bool) -> Lowered {
        let at = self.at.as_str();
        let column = match self.kind {
            Type::Text => Lowered::text(name, at),
            Type::Integer => Lowered::integer(name, at),
            Type::Number => Lowered::number(name, at),
            Type::Boolean => Lowered::boolean(name, at),
            Type::Day => Lowered::day(name, at),
            Type::Time => Lowered::time(name, at),
            Type::Json => Lowered::json(name, at),
        };
        let column = if is_key { column.key() } else { column };
        self.times.map_or(column, |factor| column.times(factor))
    }
}

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, pointer) = text.split_once(' ').unwrap_or((text, ""));
        let kind = match kind {
            "text" => Type::Text,
            "integer" => Type::Integer,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "day" => Type::Day,
            "time" => Type::Time,
            "json" => Type::Json,
            _ => {
                return Err(format!(
                    "`{text}` is no column: write a type and where the value lies, such as \"text /name\"; the types \
                     are text, integer, number, boolean, day, time, json"
                ));
            }
        };
        Ok(Self { kind, at: pointer.trim().parse()?, times: None })
    }
}

impl From<Long> for Column {
    fn from(Long { kind, at, times }: Long) -> Self {
        Self { kind, at, times }
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a column such as \"text /name\" or { type = \"number\", at = \"/cost\", times = 0.01 }";
        short_or_long::<_, Long, _>(deserializer, expected)
    }
}
