//! `act_X/insights` by day, and the campaigns that it reports on.

use axum::response::Response;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{errors, paging};
use crate::{call::Call, clock, rows, world::Account};

const ROWS_PER_PAGE: usize = 50;
const CAMPAIGNS: [&str; 3] = ["Prospecting", "Retargeting", "Awareness"];
const FIELDS: &[&str] = &[
    "account_id",
    "account_name",
    "account_currency",
    "campaign_id",
    "campaign_name",
    "objective",
    "impressions",
    "clicks",
    "inline_link_clicks",
    "spend",
    "reach",
    "frequency",
    "ctr",
    "cpc",
    "cpm",
    "actions",
    "action_values",
    "date_start",
    "date_stop",
];

pub(super) fn answer(call: &Call, account: &Account) -> Response {
    let fields = paging::fields(call);
    if let Some(unknown) = fields.iter().find(|field| !FIELDS.contains(field)) {
        return errors::invalid_parameter(&format!(
            "{unknown} is not valid for fields param. please check \
             https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all \
             valid values"
        ));
    }
    let fields = if fields.is_empty() { vec!["account_id", "impressions", "spend"] } else { fields };
    let entities = match call.param("level").unwrap_or("account") {
        "account" => vec![json!({})],
        "campaign" => campaign_entities(account),
        other => {
            return errors::invalid_parameter(&format!(
                "Param level must be one of {{account, campaign}} - got \"{other}\""
            ));
        }
    };
    let days = match days(call) {
        Ok(days) => days,
        Err(problem) => return errors::invalid_parameter(&problem),
    };
    let spans: Vec<&[Date]> = match call.param("time_increment").unwrap_or("all_days") {
        "all_days" if days.is_empty() => Vec::new(),
        "all_days" => vec![&days],
        text => match text.parse() {
            Ok(length @ 1..=90) => days.chunks(length).collect(),
            _ => return errors::invalid_parameter("Param time_increment is not valid"),
        },
    };
    let rows: Vec<Value> = spans
        .iter()
        .flat_map(|span| entities.iter().map(|entity| row(account, entity, span)))
        .map(|row| paging::select(&row, &fields, &["date_start", "date_stop"]))
        .collect();
    paging::page(call, &rows, ROWS_PER_PAGE)
}

pub(super) fn campaigns(call: &Call, account: &Account) -> Vec<Value> {
    let fields = paging::fields(call);
    let campaign = |entity: Value| {
        let full = json!({
            "id": entity["campaign_id"],
            "name": entity["campaign_name"],
            "status": "ACTIVE",
            "objective": entity["objective"],
        });
        paging::select(&full, &fields, &["id"])
    };
    campaign_entities(account).into_iter().map(campaign).collect()
}

fn campaign_entities(account: &Account) -> Vec<Value> {
    let entity = |(place, name): (usize, &&str)| {
        let id = 23_850_000_000_000_000 + rows::fixed(account.id, 1_000_000_000) * 10 + place as u64;
        json!({
            "campaign_id": id.to_string(),
            "campaign_name": format!("{} - {name}", account.name),
            "objective": "OUTCOME_TRAFFIC",
        })
    };
    CAMPAIGNS.iter().enumerate().map(entity).collect()
}

fn days(call: &Call) -> Result<Vec<Date>, String> {
    let today = clock::today();
    if let Some(range) = call.param("time_range") {
        let range: Value = serde_json::from_str(range).map_err(|_| bad_range())?;
        let end = |name: &str| range[name].as_str().and_then(|day| day.parse::<Date>().ok()).ok_or_else(bad_range);
        return Ok(rows::days(end("since")?, end("until")?));
    }
    let last = |days: i64| Ok(rows::days(today.saturating_sub(days.days()), today.saturating_sub(1.day())));
    match call.param("date_preset").unwrap_or("last_30d") {
        "today" => Ok(vec![today]),
        "yesterday" => last(1),
        "last_7d" => last(7),
        "last_14d" => last(14),
        "last_30d" => last(30),
        "last_90d" => last(90),
        other => Err(format!("Param date_preset is not valid: {other}")),
    }
}

fn bad_range() -> String {
    "Param time_range must be {'since':YYYY-MM-DD,'until':YYYY-MM-DD}".to_owned()
}

/// Numbers are strings, and money is in the currency's main unit.
fn row(account: &Account, entity: &Value, days: &[Date]) -> Value {
    let series = format!("{} {}", account.id, entity["campaign_id"]);
    let sum = |name: &str, base: u64| -> u64 {
        days.iter().map(|day| rows::number(&format!("{series} {name}"), *day, base)).sum()
    };
    let impressions = sum("impressions", 9000);
    let clicks = impressions * (8 + sum("ctr", 20) / days.len() as u64) / 1000;
    let cents = clicks * 37;
    let reach = impressions * 7 / 10;
    let ratio = |part: u64, whole: u64, scale: f64| {
        let ratio = if whole == 0 { 0.0 } else { part as f64 / whole as f64 * scale };
        format!("{ratio:.6}")
    };
    let mut row = json!({
        "account_id": account.id,
        "account_name": account.name,
        "account_currency": "EUR",
        "impressions": impressions.to_string(),
        "clicks": clicks.to_string(),
        "inline_link_clicks": (clicks * 8 / 10).to_string(),
        "spend": format!("{}.{:02}", cents / 100, cents % 100),
        "reach": reach.to_string(),
        "frequency": ratio(impressions, reach, 1.0),
        "ctr": ratio(clicks, impressions, 100.0),
        "cpc": ratio(cents, clicks, 0.01),
        "cpm": ratio(cents, impressions, 10.0),
        "actions": [
            {"action_type": "link_click", "value": (clicks * 8 / 10).to_string()},
            {"action_type": "purchase", "value": (clicks / 25).to_string()},
        ],
        "action_values": [{"action_type": "purchase", "value": format!("{}.00", clicks / 25 * 48)}],
        "date_start": days.first().map(ToString::to_string),
        "date_stop": days.last().map(ToString::to_string),
    });
    for name in ["campaign_id", "campaign_name", "objective"] {
        if let Some(value) = entity.get(name) {
            row[name] = value.clone();
        }
    }
    row
}
