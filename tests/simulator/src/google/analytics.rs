//! Google Analytics Data API: `runReport`.

use axum::response::Response;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{ANALYTICS_SCOPES, errors, visible};
use crate::{
    answer,
    call::Call,
    clock,
    dispatch::Visit,
    ledger::{Ledger, Visitor},
    rows,
    world::Kind,
};

const DEFAULT_LIMIT: usize = 10_000;

/// Dimensions that the simulator has, with their values; `date` is apart.
const DIMENSIONS: &[(&str, &[&str])] = &[
    ("sessionDefaultChannelGroup", &["Organic Search", "Paid Search", "Direct"]),
    ("country", &["Portugal", "Germany"]),
    ("deviceCategory", &["desktop", "mobile"]),
    ("sessionSource", &["google", "newsletter"]),
    ("sessionMedium", &["organic", "email"]),
    ("sessionSourceMedium", &["google / organic", "newsletter / email"]),
];

/// Metrics that the simulator has, with their size and type.
const METRICS: &[(&str, u64, &str)] = &[
    ("activeUsers", 320, "TYPE_INTEGER"),
    ("totalUsers", 350, "TYPE_INTEGER"),
    ("newUsers", 190, "TYPE_INTEGER"),
    ("sessions", 460, "TYPE_INTEGER"),
    ("engagedSessions", 270, "TYPE_INTEGER"),
    ("screenPageViews", 1400, "TYPE_INTEGER"),
    ("eventCount", 5200, "TYPE_INTEGER"),
    ("keyEvents", 24, "TYPE_FLOAT"),
    ("conversions", 24, "TYPE_FLOAT"),
    ("totalRevenue", 900, "TYPE_CURRENCY"),
];

pub(super) fn answer(call: &Call, visit: &Visit, visitor: &Visitor, ledger: &Ledger) -> Response {
    if !visitor.may_any(ANALYTICS_SCOPES) {
        return errors::missing_scope(ANALYTICS_SCOPES[0]);
    }
    let property = visit.account.as_deref().unwrap_or_default();
    let may_see = visible(visitor, Kind::AnalyticsProperty, ledger).iter().any(|seen| seen.id == property);
    if !may_see {
        return errors::permission_denied(
            "User does not have sufficient permissions for this property. To learn more about \
             Property ID, see \
             https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.",
        );
    }
    if !call.path.ends_with(":runReport") {
        return errors::not_found(&call.path);
    }
    let Some(body) = call.json() else {
        return errors::invalid_argument("Invalid JSON payload received.");
    };
    match Report::read(&body) {
        Ok(report) => report.answer(property),
        Err(problem) => errors::invalid_argument(&problem),
    }
}

struct Report {
    dimensions: Vec<String>,
    metrics: Vec<&'static (&'static str, u64, &'static str)>,
    days: Vec<Date>,
    offset: usize,
    limit: usize,
}

impl Report {
    fn read(body: &Value) -> Result<Self, String> {
        let dimensions = names(&body["dimensions"]);
        for name in &dimensions {
            if name != "date" && !DIMENSIONS.iter().any(|(known, _)| known == name) {
                return Err(format!(
                    "Field {name} is not a valid dimension. For a list of valid dimensions and \
                     metrics, see \
                     https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
                ));
            }
        }
        let metric = |name: String| {
            let known = METRICS.iter().find(|(known, ..)| *known == name);
            known.ok_or_else(|| {
                format!(
                    "Field {name} is not a valid metric. For a list of valid dimensions and \
                     metrics, see \
                     https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
                )
            })
        };
        let metrics = names(&body["metrics"]).into_iter().map(metric).collect::<Result<_, _>>()?;
        let ranges = body["dateRanges"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [range] = ranges else {
            return Err("A report needs exactly one date range here.".to_owned());
        };
        let days = rows::days(day(&range["startDate"])?, day(&range["endDate"])?);
        Ok(Self {
            dimensions,
            metrics,
            days,
            offset: count(&body["offset"]).unwrap_or(0),
            limit: count(&body["limit"]).unwrap_or(DEFAULT_LIMIT),
        })
    }

    fn answer(&self, property: &str) -> Response {
        let combinations = self.combinations();
        let rows: Vec<Value> = combinations
            .iter()
            .skip(self.offset)
            .take(self.limit)
            .map(|(values, days)| self.row(property, values, days))
            .collect();
        let dimensions: Vec<Value> = self.dimensions.iter().map(|name| json!({"name": name})).collect();
        let metrics: Vec<Value> =
            self.metrics.iter().map(|(name, _, kind)| json!({"name": name, "type": kind})).collect();
        answer::json(
            200,
            &json!({
                "dimensionHeaders": dimensions,
                "metricHeaders": metrics,
                "rows": rows,
                "rowCount": combinations.len(),
                "metadata": {"currencyCode": "EUR", "timeZone": "Europe/Lisbon"},
                "kind": "analyticsData#runReport",
            }),
        )
    }

    /// Every combination of dimension values, with the days that it sums up.
    fn combinations(&self) -> Vec<(Vec<String>, Vec<Date>)> {
        let mut combinations = vec![(Vec::new(), self.days.clone())];
        for dimension in &self.dimensions {
            combinations =
                combinations.into_iter().flat_map(|(values, days)| extend(&values, &days, dimension)).collect();
        }
        combinations
    }

    fn row(&self, property: &str, values: &[String], days: &[Date]) -> Value {
        let others: Vec<&str> = self
            .dimensions
            .iter()
            .zip(values)
            .filter(|(dimension, _)| *dimension != "date")
            .map(|(_, value)| value.as_str())
            .collect();
        let series = format!("{property} {}", others.join(" "));
        let metric = |(name, base, kind): &&(&str, u64, &str)| {
            let sum: u64 = days.iter().map(|day| rows::number(&format!("{series} {name}"), *day, *base)).sum();
            match *kind {
                "TYPE_CURRENCY" => json!({"value": format!("{sum}.5")}),
                _ => json!({"value": sum.to_string()}),
            }
        };
        json!({
            "dimensionValues": values.iter().map(|value| json!({"value": value})).collect::<Vec<_>>(),
            "metricValues": self.metrics.iter().map(metric).collect::<Vec<_>>(),
        })
    }
}

fn extend(values: &[String], days: &[Date], dimension: &str) -> Vec<(Vec<String>, Vec<Date>)> {
    let with = |value: String| values.iter().cloned().chain([value]).collect::<Vec<_>>();
    if dimension == "date" {
        return days.iter().map(|day| (with(day.strftime("%Y%m%d").to_string()), vec![*day])).collect();
    }
    let known = DIMENSIONS.iter().find(|(name, _)| *name == dimension);
    let choices = known.map(|(_, choices)| *choices).unwrap_or_default();
    choices.iter().map(|choice| (with((*choice).to_owned()), days.to_vec())).collect()
}

fn names(list: &Value) -> Vec<String> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item["name"].as_str()).map(str::to_owned).collect()
}

/// 64-bit integers come as numbers or as strings.
fn count(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

fn day(value: &Value) -> Result<Date, String> {
    let text = value.as_str().unwrap_or_default();
    let ago = |days: i64| Ok(clock::today().saturating_sub(days.days()));
    match text {
        "today" => ago(0),
        "yesterday" => ago(1),
        _ => match text.strip_suffix("daysAgo").and_then(|days| days.parse().ok()) {
            Some(days) => ago(days),
            None => text
                .parse()
                .map_err(|_| format!("Invalid startDate: {text}. Use YYYY-MM-DD, NdaysAgo, yesterday or today.")),
        },
    }
}
