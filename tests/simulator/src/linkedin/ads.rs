//! `/rest/adAccounts` and `/rest/adAnalytics`.

use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{PROVIDER, errors};
use crate::{
    answer,
    call::Call,
    clock,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, Visitor},
    rows,
    world::{Account, Kind, world},
};

/// Small on purpose, so that two accounts are two pages; a request may ask for more.
const ACCOUNTS_PER_PAGE: usize = 1;
const CAMPAIGNS: [&str; 2] = ["Lead generation", "Brand awareness"];

pub(super) fn answer(call: &Call, visit: &Visit, route: &[&str], visitor: &Visitor, ledger: &Ledger) -> Response {
    match route {
        ["adAccounts", ..] if !visitor.may_any(&["r_ads", "rw_ads"]) => {
            errors::not_enough_permissions("partnerApiAdAccounts.GET")
        }
        ["adAccounts"] => accounts(call, visitor, ledger),
        ["adAccounts", id] => match find(visitor, id, ledger) {
            Some(account) => answer::json(200, &describe(account)),
            None => errors::service(404, 0, None, "Not Found"),
        },
        ["adAccounts", id, "adCampaigns"] => match find(visitor, id, ledger) {
            Some(account) => answer::json(200, &json!({"elements": campaigns(account), "metadata": {}})),
            None => errors::service(404, 0, None, "Not Found"),
        },
        ["adAnalytics"] if !visitor.may_any(&["r_ads_reporting"]) => {
            errors::not_enough_permissions("partnerApiAdAnalytics.FINDER-analytics")
        }
        ["adAnalytics"] => {
            let account = visit.account.as_deref().unwrap_or_default();
            match find(visitor, account, ledger) {
                Some(account) => analytics(call, account),
                None => errors::service(404, 0, None, "Not Found"),
            }
        }
        _ => errors::service(404, 0, Some("RESOURCE_NOT_FOUND"), "No virtual resource found"),
    }
}

/// From the path, or from `accounts=List(urn:li:sponsoredAccount:1)` and its older spelling.
pub(super) fn account_in(call: &Call) -> Option<String> {
    if let ["rest", "adAccounts", id, ..] = call.route().as_slice() {
        return Some((*id).to_owned());
    }
    let list = call.query.get("accounts").or_else(|| call.query.get("accounts[0]"))?;
    let id = list.split_once("urn:li:sponsoredAccount:")?.1;
    let end = id.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(id.len());
    Some(id[..end].to_owned())
}

fn visible(visitor: &Visitor, ledger: &Ledger) -> Vec<&'static Account> {
    let mut accounts = world().seen_by(PROVIDER, &visitor.login, Kind::AdAccount);
    accounts.retain(|account| !ledger.suffers(PROVIDER, Some(&visitor.login), Some(account.id), &Fault::RoleLost));
    accounts
}

fn find(visitor: &Visitor, id: &str, ledger: &Ledger) -> Option<&'static Account> {
    visible(visitor, ledger).into_iter().find(|account| account.id == id)
}

/// Pages by token, or by `start` and `count` if the request speaks of them.
fn accounts(call: &Call, visitor: &Visitor, ledger: &Ledger) -> Response {
    if call.query.get("q") != Some("search") {
        return errors::service(400, 0, Some("PARAM_MISSING"), "Parameter \"q\" is required");
    }
    let accounts: Vec<Value> = visible(visitor, ledger).into_iter().map(describe).collect();
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<usize>().ok());
    if let Some(start) = number("start") {
        let size = number("count").unwrap_or(ACCOUNTS_PER_PAGE).clamp(1, 1000);
        let page: Vec<&Value> = accounts.iter().skip(start).take(size).collect();
        return answer::json(
            200,
            &json!({
                "elements": page,
                "paging": {"start": start, "count": size, "total": accounts.len(), "links": []},
            }),
        );
    }
    let start = match call.query.get("pageToken") {
        None => 0,
        Some(token) => match token.strip_prefix("DgGerr").and_then(|start| start.parse().ok()) {
            Some(start) if start < accounts.len() => start,
            _ => return errors::service(400, 0, Some("INVALID_PARAM"), "Invalid pageToken"),
        },
    };
    let size = number("pageSize").unwrap_or(ACCOUNTS_PER_PAGE).clamp(1, 1000);
    let end = accounts.len().min(start + size);
    let mut metadata = json!({});
    if end < accounts.len() {
        metadata["nextPageToken"] = json!(format!("DgGerr{end}"));
    }
    answer::json(200, &json!({"elements": &accounts[start..end], "metadata": metadata}))
}

fn describe(account: &Account) -> Value {
    json!({
        "id": account.id.parse::<u64>().unwrap_or_default(),
        "name": account.name,
        "currency": "EUR",
        "type": "BUSINESS",
        "status": "ACTIVE",
        "test": false,
        "servingStatuses": ["RUNNABLE"],
        "reference": format!("urn:li:organization:{}", rows::fixed(account.id, 90_000_000) + 1_000_000),
        "version": {"versionTag": "3"},
    })
}

fn campaign_id(account: &Account, place: usize) -> u64 {
    300_000_000 + rows::fixed(account.id, 1_000_000) * 10 + place as u64
}

fn campaigns(account: &Account) -> Vec<Value> {
    let campaign = |(place, name): (usize, &&str)| {
        json!({
            "id": campaign_id(account, place),
            "name": format!("{} - {name}", account.name),
            "status": "ACTIVE",
            "account": format!("urn:li:sponsoredAccount:{}", account.id),
        })
    };
    CAMPAIGNS.iter().enumerate().map(campaign).collect()
}

/// One element per day and pivot. This finder does not page.
fn analytics(call: &Call, account: &Account) -> Response {
    if call.query.get("q") != Some("analytics") {
        return errors::service(400, 0, Some("PARAM_MISSING"), "Parameter \"q\" is required");
    }
    let Some((since, until)) = date_range(call) else {
        return errors::service(400, 0, Some("PARAM_INVALID"), "Invalid value for param; dateRange");
    };
    let pivots: Vec<String> = match call.query.get("pivot").unwrap_or("ACCOUNT") {
        "ACCOUNT" => vec![format!("urn:li:sponsoredAccount:{}", account.id)],
        "CAMPAIGN" => (0..CAMPAIGNS.len())
            .map(|place| format!("urn:li:sponsoredCampaign:{}", campaign_id(account, place)))
            .collect(),
        other => {
            let message = format!("Invalid value for param; wanted pivot, got {other}");
            return errors::service(400, 0, Some("PARAM_INVALID"), &message);
        }
    };
    let days = rows::days(since, until);
    let spans: Vec<&[Date]> = match call.query.get("timeGranularity") {
        Some("DAILY") => days.chunks(1).collect(),
        Some("ALL") if days.is_empty() => Vec::new(),
        Some("ALL") => vec![&days],
        _ => {
            let message = "Invalid value for param; timeGranularity";
            return errors::service(400, 0, Some("PARAM_INVALID"), message);
        }
    };
    let fields = call.query.get("fields").unwrap_or("impressions,clicks");
    let fields: Vec<&str> = fields.split(',').map(str::trim).collect();
    let elements: Vec<Value> =
        spans.iter().flat_map(|span| pivots.iter().map(|pivot| element(pivot, span, &fields))).collect();
    answer::json(200, &json!({"elements": elements, "paging": {"start": 0, "count": 10, "links": []}}))
}

fn element(pivot: &str, days: &[Date], fields: &[&str]) -> Value {
    let sum = |name: &str, base: u64| -> u64 {
        days.iter().map(|day| rows::number(&format!("{pivot} {name}"), *day, base)).sum()
    };
    let impressions = sum("impressions", 3000);
    let clicks = impressions / 120;
    let cents = clicks * 410;
    let money = format!("{}.{:02}", cents / 100, cents % 100);
    let day = |day: &Date| json!({"year": day.year(), "month": day.month(), "day": day.day()});
    let full = json!({
        "pivotValues": [pivot],
        "dateRange": {"start": days.first().map(day), "end": days.last().map(day)},
        "impressions": impressions,
        "clicks": clicks,
        "landingPageClicks": clicks * 9 / 10,
        "likes": clicks / 6,
        "shares": clicks / 20,
        "totalEngagements": clicks + clicks / 5,
        "externalWebsiteConversions": clicks / 15,
        "oneClickLeads": clicks / 18,
        "costInLocalCurrency": money,
        "costInUsd": money,
    });
    let mut element = Map::new();
    for field in fields {
        if let Some(value) = full.get(*field) {
            element.insert((*field).to_owned(), value.clone());
        }
    }
    Value::Object(element)
}

/// `(start:(year:2026,month:1,day:1),end:(…))`, or the older `dateRange.start.year=…`.
fn date_range(call: &Call) -> Option<(Date, Date)> {
    let part = |side: &str, unit: &str| -> Option<i16> {
        if let Some(text) = call.query.get(&format!("dateRange.{side}.{unit}")) {
            return text.parse().ok();
        }
        let range = call.query.get("dateRange")?;
        let of_side = range.split_once(&format!("{side}:("))?.1.split_once(')')?.0;
        let unit = format!("{unit}:");
        of_side.split(',').find_map(|pair| pair.trim().strip_prefix(&unit))?.trim().parse().ok()
    };
    let day = |side: &str| {
        let month = i8::try_from(part(side, "month")?).ok()?;
        let day = i8::try_from(part(side, "day")?).ok()?;
        Date::new(part(side, "year")?, month, day).ok()
    };
    let since = day("start")?;
    Some((since, day("end").unwrap_or_else(clock::today)))
}
