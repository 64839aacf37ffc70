//! The records of the CRM: one of each kind came in on most days of the last year.

use axum::response::Response;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::error;
use crate::{answer, call::Call, ledger::Key, rows};

const DEFAULT_PAGE: u64 = 20;
const MAX_PAGE: u64 = 200;
const STATUSES: [&str; 4] = ["Open", "Won", "Lost", "Abandoned"];
const FIRST_NAMES: [&str; 6] = ["Ines", "Marco", "Lena", "Omar", "Ruth", "Piotr"];

/// Answers a search: a bare array, the total in a header.
pub(super) fn search(call: &Call, key: &Key, record: fn(&Key, Date, u64) -> Value) -> Response {
    let Some(body) = call.json() else {
        return error(400, "Invalid JSON");
    };
    let page = body["page_number"].as_u64().unwrap_or(1);
    let size = body["page_size"].as_u64().unwrap_or(DEFAULT_PAGE);
    if page == 0 || !(1..=MAX_PAGE).contains(&size) {
        return error(422, "Invalid input: Validation errors: page_size: must be between 1 and 200");
    }
    let mut records: Vec<Value> = days_with_records(key)
        .into_iter()
        .map(|day| record(key, day, number_of(day)))
        .filter(|record| is_within(record, &body))
        .collect();
    let by = body["sort_by"].as_str().unwrap_or("name");
    records.sort_by_key(|record| sort_key(&record[by]));
    if body["sort_direction"] == "desc" {
        records.reverse();
    }
    let start = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let total = records.len();
    let found: Vec<Value> = records.into_iter().skip(start).take(size as usize).collect();
    answer::header(answer::json(200, &Value::Array(found)), "x-pw-total", &total.to_string())
}

pub(super) fn person(key: &Key, day: Date, place: u64) -> Value {
    let id = first_id(key) + place;
    let name = FIRST_NAMES[(place % FIRST_NAMES.len() as u64) as usize];
    json!({
        "id": id,
        "name": format!("{name} Contact {place}"),
        "first_name": name,
        "last_name": format!("Contact {place}"),
        "company_id": null,
        "company_name": format!("Company {}", place / 3),
        "emails": [{"email": format!("contact{place}@company{}.example", place / 3), "category": "work"}],
        "phone_numbers": [],
        "tags": [],
        "custom_fields": [],
        "date_created": seconds(day),
        "date_modified": seconds(day) + 3600,
    })
}

pub(super) fn opportunity(key: &Key, day: Date, place: u64) -> Value {
    let id = first_id(key) + 5_000_000 + place;
    let status = STATUSES[rows::fixed(&format!("{id} status"), 4) as usize];
    json!({
        "id": id,
        "name": format!("Deal {place}"),
        "company_name": format!("Company {}", place / 3),
        "primary_contact_id": first_id(key) + place,
        "pipeline_id": first_id(key),
        "pipeline_stage_id": first_id(key) + rows::fixed(&format!("{id} stage"), 3),
        "status": status,
        "priority": "None",
        "monetary_value": 500 + rows::number(&format!("{id} value"), day, 4000),
        "monetary_unit": "EUR",
        "win_probability": rows::fixed(&format!("{id} chance"), 101),
        "close_date": day.saturating_add(30.days()).strftime("%-m/%-d/%Y").to_string(),
        "tags": [],
        "custom_fields": [],
        "date_created": seconds(day),
        "date_modified": seconds(day) + 7200,
    })
}

pub(super) fn company(key: &Key, day: Date, place: u64) -> Value {
    json!({
        "id": first_id(key) + 1_000_000 + place,
        "name": format!("Company {place}"),
        "email_domain": format!("company{place}.example"),
        "address": {"city": "Lisbon", "country": "PT"},
        "interaction_count": rows::fixed(&format!("company {place}"), 40),
        "tags": [],
        "custom_fields": [],
        "date_created": seconds(day),
        "date_modified": seconds(day) + 3600,
    })
}

pub(super) fn lead(key: &Key, day: Date, place: u64) -> Value {
    let id = first_id(key) + 2_000_000 + place;
    json!({
        "id": id,
        "name": format!("Lead {place}"),
        "company_name": format!("Company {}", place / 3),
        "status": "New",
        "status_id": 1,
        "monetary_value": 100 + rows::number(&format!("{id} value"), day, 900),
        "monetary_unit": "EUR",
        "email": {"email": format!("lead{place}@company{}.example", place / 3), "category": "work"},
        "interaction_count": 0,
        "tags": [],
        "custom_fields": [],
        "date_created": seconds(day),
        "date_modified": seconds(day) + 3600,
    })
}

pub(super) fn task(key: &Key, day: Date, place: u64) -> Value {
    json!({
        "id": first_id(key) + 3_000_000 + place,
        "name": format!("Call contact {place}"),
        "status": "Open",
        "priority": "None",
        "related_resource": {"id": first_id(key) + place, "type": "person"},
        "due_date": seconds(day) + 7 * 86_400,
        "date_created": seconds(day),
        "date_modified": seconds(day) + 3600,
    })
}

pub(super) fn pipelines(key: &Key) -> Value {
    let first = first_id(key);
    let stage = |(place, name): (u64, &str)| json!({"id": first + place, "name": name, "win_probability": place * 40});
    let stages: Vec<Value> = (0..).zip(["Qualified", "Proposal", "Contract"]).map(stage).collect();
    json!([{"id": first, "name": "Sales", "stages": stages}])
}

fn first_id(key: &Key) -> u64 {
    10_000_000 + rows::fixed(&key.account, 900_000)
}

/// A number for the record of a day that is the same tomorrow.
fn number_of(day: Date) -> u64 {
    let days = (day - Date::constant(2020, 1, 1)).get_days();
    u64::from(days.unsigned_abs())
}

fn days_with_records(key: &Key) -> Vec<Date> {
    let mut days = rows::history();
    days.retain(|day| rows::fixed(&format!("{} {day}", key.account), 10) < 7);
    days
}

/// `minimum_created_date` and its three siblings, in Unix seconds.
fn is_within(record: &Value, body: &Value) -> bool {
    [("created", "date_created"), ("modified", "date_modified")].iter().all(|(word, field)| {
        let at = record[*field].as_i64().unwrap_or_default();
        let least = body[format!("minimum_{word}_date")].as_i64().unwrap_or(i64::MIN);
        let most = body[format!("maximum_{word}_date")].as_i64().unwrap_or(i64::MAX);
        (least..=most).contains(&at)
    })
}

/// Numbers sort as numbers, before all text.
fn sort_key(value: &Value) -> (i64, String) {
    (value.as_i64().unwrap_or_default(), value.as_str().unwrap_or_default().to_owned())
}

fn seconds(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).map(|midnight| midnight.timestamp().as_second()).unwrap_or_default()
}
