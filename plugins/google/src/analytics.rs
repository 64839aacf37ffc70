//! Google Analytics 4: properties, and traffic per channel and day.
//!
//! See <https://developers.google.com/analytics/devguides/reporting/data/v1/rest>.

use relink_sdk::{Account, Column, Context, Fetch, Flow, Items, Pages, Request, Slice, Table};
use serde_json::{Value, json};

pub(crate) const ADMIN_HOST: &str = "analyticsadmin.googleapis.com";
pub(crate) const DATA_HOST: &str = "analyticsdata.googleapis.com";
/// The kind of the accounts.
const KIND: &str = "google-analytics";
/// The most that the list of accounts gives at once.
const ACCOUNTS_PER_PAGE: u32 = 200;
const ROWS_PER_PAGE: u64 = 10_000;

/// Standard properties need up to 48 hours to process a day.
/// See <https://support.google.com/analytics/answer/11198161>.
pub(crate) static CHANNEL_TRAFFIC: Table = Table::new(
    "channel_traffic",
    "Sessions, users, conversions and revenue, per channel and day",
    &[
        Column::text("property_id", "/property_id").key(),
        Column::day("day", "/dimensionValues/0/value").key(),
        Column::text("channel", "/dimensionValues/1/value").key(),
        Column::integer("sessions", "/metricValues/0/value"),
        Column::integer("engaged_sessions", "/metricValues/1/value"),
        Column::integer("users", "/metricValues/2/value"),
        Column::integer("new_users", "/metricValues/3/value"),
        Column::number("conversions", "/metricValues/4/value"),
        Column::number("revenue", "/metricValues/5/value"),
    ],
)
.for_accounts(KIND)
.daily("day")
.window_days(31)
.restated_days(3);

/// Conversions are called key events since March 2024, and the metric with them.
const METRICS: [&str; 6] = ["sessions", "engagedSessions", "totalUsers", "newUsers", "keyEvents", "totalRevenue"];
const DIMENSIONS: [&str; 2] = ["date", "sessionDefaultChannelGroup"];

pub(crate) fn accounts() -> Flow {
    let summaries =
        Request::get(format!("https://{ADMIN_HOST}/v1beta/accountSummaries")).query("pageSize", ACCOUNTS_PER_PAGE);
    Fetch::accounts(summaries, Items::at("/accountSummaries"), property)
        .expand(|summary| summary["propertySummaries"].as_array().cloned().unwrap_or_default())
        .pages(Pages::token("/nextPageToken").in_query("pageToken"))
        .into()
}

pub(crate) fn channel_traffic(context: &Context, slice: &Slice) -> Flow {
    let (since, until) = slice.days();
    let property = context.account();
    let report = json!({
        "dateRanges": [{ "startDate": since, "endDate": until }],
        "dimensions": named(&DIMENSIONS),
        "metrics": named(&METRICS),
        "limit": ROWS_PER_PAGE,
    });
    let request =
        Request::post(format!("https://{DATA_HOST}/v1beta/properties/{property}:runReport")).json(&report).repeatable();
    Fetch::rows(&CHANNEL_TRAFFIC, request, Items::at("/rows"))
        .with("property_id", property)
        .pages(Pages::offset(ROWS_PER_PAGE).in_body("/offset").total("/rowCount"))
        .into()
}

fn property(summary: &Value) -> Option<Account> {
    let id = summary["property"].as_str()?.strip_prefix("properties/")?;
    Some(Account {
        id: id.to_owned(),
        label: summary["displayName"].as_str().unwrap_or(id).to_owned(),
        kind: Some(KIND.to_owned()),
        parent: None,
    })
}

fn named(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({ "name": name })).collect()
}
