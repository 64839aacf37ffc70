//! A dataset as a table of columns: the schema, the key and the mapping in one place.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::column::{Column, ColumnSchema};
use crate::{Daily, Dataset, SyncMode};

/// One dataset: its columns, and where each one lies in an item of the provider's answer.
///
/// The descriptor's schema, the primary key and the rows all follow from it, so they cannot
/// contradict each other.
///
/// ```
/// use relink_sdk::{Column, Table};
/// use serde_json::json;
///
/// static CLICKS: Table = Table::new("clicks", "Clicks and spend per campaign and day", &[
///     Column::text("campaign_id", "/campaign/id").key(),
///     Column::day("day", "/date").key(),
///     Column::integer("clicks", "/metrics/clicks"),
///     Column::number("spend", "/metrics/cost_micros").times(1e-6),
/// ])
/// .daily("day")
/// .restated_days(3);
///
/// let item = json!({
///     "campaign": {"id": 17}, "date": "20240501",
///     "metrics": {"clicks": "12", "cost_micros": 2_500_000},
/// });
/// assert_eq!(
///     CLICKS.row(&item).unwrap(),
///     json!({"campaign_id": "17", "day": "2024-05-01", "clicks": 12, "spend": 2.5}),
/// );
/// assert_eq!(CLICKS.dataset().primary_key, ["campaign_id", "day"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub(crate) name: &'static str,
    label: &'static str,
    columns: &'static [Column],
    account_kind: Option<&'static str>,
    day_field: Option<&'static str>,
    max_window_days: Option<u32>,
    restate_days: u32,
    history_days: Option<u32>,
}

#[derive(Serialize)]
struct RowSchema<'a> {
    properties: BTreeMap<&'static str, ColumnSchema>,
    required: &'a [&'static str],
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Table {
    /// A dataset that every run reads whole. `label` is for the person who authorizes.
    ///
    /// A table without a key, with two columns of one name, or with a pointer that has no `/`, does not compile:
    ///
    /// ```compile_fail
    /// use relink_sdk::{Column, Table};
    /// static DEALS: Table = Table::new("deals", "Deals", &[Column::text("id", "/id")]);
    /// ```
    pub const fn new(name: &'static str, label: &'static str, columns: &'static [Column]) -> Self {
        assert!(
            has_key(columns),
            "a table needs a column with `.key()`: without one, every run would store every row again"
        );
        assert!(!has_double(columns), "a table has two columns of the same name");
        assert!(are_pointed(columns), "the pointer of a column begins with `/`, as in `/campaign/id`");
        Self {
            name,
            label,
            columns,
            account_kind: None,
            day_field: None,
            max_window_days: None,
            restate_days: 0,
            history_days: None,
        }
    }

    /// Rows belong to days; this column holds the day.
    ///
    /// ```compile_fail
    /// use relink_sdk::{Column, Table};
    /// static CLICKS: Table = Table::new("clicks", "Clicks", &[Column::day("day", "/day").key()]).daily("dayy");
    /// ```
    pub const fn daily(mut self, day_column: &'static str) -> Self {
        assert!(has_column(self.columns, day_column), "`daily` names a column that the table does not have");
        self.day_field = Some(day_column);
        self
    }

    /// The largest number of days in one slice.
    pub const fn window_days(mut self, days: u32) -> Self {
        self.max_window_days = Some(days);
        self
    }

    /// The latest days that the provider restates, and that every run reads again.
    pub const fn restated_days(mut self, days: u32) -> Self {
        self.restate_days = days;
        self
    }

    /// How far back the provider keeps the data.
    pub const fn history_days(mut self, days: u32) -> Self {
        self.history_days = Some(days);
        self
    }

    /// Only accounts of this kind have the dataset.
    pub const fn for_accounts(mut self, kind: &'static str) -> Self {
        self.account_kind = Some(kind);
        self
    }

    /// The dataset's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The names of the columns, as for a `fields=` parameter.
    pub fn column_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns.iter().map(Column::name)
    }

    /// What the descriptor says about the dataset.
    pub fn dataset(&self) -> Dataset {
        let properties = self.columns.iter().map(|column| (column.name(), column.schema())).collect();
        let required: Vec<&str> = self.columns.iter().filter(|column| column.is_key()).map(Column::name).collect();
        let schema = RowSchema { properties, required: &required, kind: "object" };
        Dataset {
            name: self.name.to_owned(),
            label: self.label.to_owned(),
            primary_key: required.iter().map(|name| (*name).to_owned()).collect(),
            row_schema: serde_json::to_string(&schema).expect("a schema has nothing that JSON lacks"),
            account_kind: self.account_kind.map(str::to_owned),
            mode: self.day_field.map_or(SyncMode::Full, |day_field| {
                SyncMode::Daily(Daily {
                    day_field: day_field.to_owned(),
                    max_window_days: self.max_window_days,
                    restate_days: self.restate_days,
                    history_days: self.history_days,
                })
            }),
        }
    }

    /// The row of an item; none if a column of the key is missing in it.
    pub fn row(&self, item: &Value) -> Option<Value> {
        let mut row = Map::new();
        for column in self.columns {
            let value = column.read(item);
            if value.is_null() && column.is_key() {
                return None;
            }
            row.insert(column.name().to_owned(), value);
        }
        Some(Value::Object(row))
    }
}

const fn has_key(columns: &[Column]) -> bool {
    let mut index = 0;
    while index < columns.len() {
        if columns[index].is_key() {
            return true;
        }
        index += 1;
    }
    false
}

const fn are_pointed(columns: &[Column]) -> bool {
    let mut index = 0;
    while index < columns.len() {
        if !columns[index].is_pointed() {
            return false;
        }
        index += 1;
    }
    true
}

const fn has_double(columns: &[Column]) -> bool {
    let mut rest = columns;
    while let [first, others @ ..] = rest {
        if has_column(others, first.name()) {
            return true;
        }
        rest = others;
    }
    false
}

const fn has_column(columns: &[Column], name: &str) -> bool {
    let mut index = 0;
    while index < columns.len() {
        if is_same(columns[index].name(), name) {
            return true;
        }
        index += 1;
    }
    false
}

/// Texts cannot be compared with `==` while a constant is made.
const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    left.len() == right.len() && index == left.len()
}
