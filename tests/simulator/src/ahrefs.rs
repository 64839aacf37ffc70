//! Ahrefs API v3: limits and usage, projects, and the history endpoints of Site Explorer.

use axum::response::Response;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use crate::{
    Provider, answer,
    call::Call,
    clock,
    dispatch::Visit,
    fault::Fault,
    ledger::{Key, Ledger},
    rows,
    traffic::Endpoint,
    world::{Account, world},
};

const PROVIDER: Provider = Provider::Ahrefs;
const UNITS_PER_MONTH: u64 = 500_000;

/// A history endpoint: its path, the name of its list, and its numbers.
type History = (&'static str, &'static str, &'static [(&'static str, u64)]);

const HISTORIES: [History; 6] = [
    ("domain-rating-history", "domain_ratings", &[("domain_rating", 48)]),
    ("url-rating-history", "url_ratings", &[("url_rating", 21)]),
    ("refdomains-history", "refdomains", &[("refdomains", 860)]),
    ("pages-history", "pages", &[("pages", 1200)]),
    (
        "metrics-history",
        "metrics",
        &[("org_traffic", 5400), ("org_cost", 310_000), ("paid_traffic", 220), ("paid_cost", 18_000)],
    ),
    ("keywords-history", "keywords", &[("top3", 60), ("top4_10", 190), ("top11_plus", 900)]),
];

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let account = call.query.get("target").and_then(project_of_target);
    Visit {
        endpoint: Endpoint::Api,
        who: sent_key(call, ledger).map(|key| key.name.clone()),
        account: account.map(|account| account.id.to_owned()),
    }
}

pub(crate) fn answer(call: &Call, _visit: &Visit, ledger: &mut Ledger) -> Response {
    if call.bearer().is_none() {
        return answer::json(403, &json!(["Error", "Forbidden"]));
    }
    let Some(key) = sent_key(call, ledger).filter(|key| key.alive) else {
        return answer::json(401, &json!(["Error", "Unauthorized"]));
    };
    let lapsed = ledger.suffers(PROVIDER, Some(&key.name), None, &Fault::SubscriptionLapsed);
    match call.route().as_slice() {
        // Costs nothing and answers whatever the subscription is.
        ["subscription-info", "limits-and-usage"] => limits(lapsed),
        _ if lapsed => answer::json(403, &json!(["Error", "Forbidden"])),
        ["management", "projects"] => projects(key),
        ["site-explorer", report] => site_explorer(call, report),
        _ => {
            let path = &call.path;
            answer::json(404, &json!(["Error", ["NotFound", format!("this route does not exist {path}")]]))
        }
    }
}

/// Ahrefs does not say how long to wait.
pub(crate) fn rate_limited() -> Response {
    answer::json(429, &json!({"error": "Too Many Requests"}))
}

pub(crate) fn outage(status: u16) -> Response {
    answer::json(status, &json!({"error": "Internal server error"}))
}

fn sent_key<'a>(call: &Call, ledger: &'a Ledger) -> Option<&'a Key> {
    ledger.find_key(PROVIDER, call.bearer()?)
}

fn project_of_target(target: &str) -> Option<&'static Account> {
    let host = target.trim_start_matches("https://").trim_start_matches("www.").trim_end_matches('/');
    world().accounts.iter().find(|account| account.provider == PROVIDER && account.site == host)
}

fn limits(lapsed: bool) -> Response {
    let today = clock::today();
    let reset = today.last_of_month().saturating_add(1.day());
    let used = u64::from(today.day().unsigned_abs()) * 4_000;
    let (subscription, limit, used) =
        if lapsed { ("Inactive", 0, 0) } else { ("Advanced, billed monthly", UNITS_PER_MONTH, used) };
    answer::json(
        200,
        &json!({"limits_and_usage": {
            "subscription": subscription,
            "usage_reset_date": format!("{reset}T00:00:00Z"),
            "units_limit_workspace": limit,
            "units_usage_workspace": used,
            "units_limit_api_key": null,
            "units_usage_api_key": used,
            "api_key_expiration_date": format!("{}T00:00:00Z", today.saturating_add(200.days())),
        }}),
    )
}

fn projects(key: &Key) -> Response {
    let account = world().account(PROVIDER, &key.account);
    let project = |account: &Account| {
        json!({
            "project_id": account.id,
            "project_name": account.name,
            "url": format!("{}/", account.site),
            "protocol": "both",
            "mode": "subdomains",
            "access": "shared",
            "owned_by": key.email,
            "keyword_count": 120,
            "has_keywords": true,
        })
    };
    answer::json(200, &json!({"projects": account.map(project).into_iter().collect::<Vec<_>>()}))
}

fn site_explorer(call: &Call, report: &str) -> Response {
    let Some(target) = call.query.get("target") else {
        return missing("target");
    };
    if report == "domain-rating" {
        let Some(day) = call.query.get("date").and_then(|day| day.parse().ok()) else {
            return missing("date");
        };
        let rating = rows::number(&format!("{target} domain_rating"), day, 48);
        return answer::json(
            200,
            &json!({"domain_rating": {"domain_rating": rating, "ahrefs_rank": rows::fixed(target, 900_000)}}),
        );
    }
    if report == "organic-keywords" {
        return organic_keywords(call, target);
    }
    let Some((_, list, numbers)) = HISTORIES.iter().find(|(path, ..)| *path == report) else {
        let route = &call.path;
        return answer::json(404, &json!(["Error", ["NotFound", format!("this route does not exist {route}")]]));
    };
    let Some(since) = call.query.get("date_from").and_then(|day| day.parse::<Date>().ok()) else {
        return missing("date_from");
    };
    let until = call.query.get("date_to").and_then(|day| day.parse().ok()).unwrap_or_else(clock::today);
    let days = rows::days(since, until);
    let is_start: fn(&Date) -> bool = match call.query.get("history_grouping").unwrap_or("monthly") {
        "daily" => |_| true,
        "weekly" => |day| day.weekday() == jiff::civil::Weekday::Monday,
        "monthly" => |day| day.day() == 1,
        other => return bad_request(&format!("bad history_grouping: {other}")),
    };
    let row = |day: &Date| {
        let mut row = json!({"date": format!("{day}T00:00:00Z")});
        for (name, base) in *numbers {
            row[*name] = json!(rows::number(&format!("{target} {name}"), *day, *base));
        }
        row
    };
    let rows: Vec<Value> = days.iter().filter(|day| is_start(day)).map(row).collect();
    let units = (rows.len() * numbers.len()).max(50);
    let response = answer::json(200, &json!({*list: rows}));
    answer::header(response, "x-api-units-cost-total-actual", &units.to_string())
}

/// The search terms of a site, those with the most traffic first.
fn organic_keywords(call: &Call, target: &str) -> Response {
    let Some(day) = call.query.get("date").and_then(|day| day.parse().ok()) else {
        return missing("date");
    };
    if call.query.get("select").is_none() {
        return missing("select");
    }
    let limit = call.query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1000_usize);
    let keyword = |place: u64| {
        let seed = format!("{target} keyword {place}");
        json!({
            "keyword": format!("{} {place}", target.split('.').next().unwrap_or_default().replace('-', " ")),
            "keyword_country": "us",
            "best_position": 1 + rows::fixed(&seed, 50),
            "best_position_url": format!("https://{}/{place}", target.trim_end_matches('/')),
            "volume": 100 + rows::fixed(&seed, 5_000),
            "sum_traffic": rows::number(&seed, day, 400 / (place + 1)),
            "keyword_difficulty": rows::fixed(&seed, 90),
        })
    };
    let keywords: Vec<Value> = (0..12).map(keyword).take(limit).collect();
    answer::json(200, &json!({"keywords": keywords}))
}

fn missing(parameter: &str) -> Response {
    bad_request(&format!("missing required parameter: {parameter}"))
}

fn bad_request(problem: &str) -> Response {
    answer::json(400, &json!({"error": problem}))
}
