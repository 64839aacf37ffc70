//! The rows behind a query: customers, their clients, and campaigns by day.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::{
    clock,
    google::{
        errors::AdsError,
        gaql::{self, Query},
    },
    rows,
    world::{Account, Kind},
};

const CAMPAIGNS: [(&str, &str); 4] =
    [("Brand", "ENABLED"), ("Generic", "ENABLED"), ("Competitors", "ENABLED"), ("Spring sale", "PAUSED")];

/// Runs a query on one customer and gives the rows with the selected fields.
pub(super) fn run(query: &Query, customer: &Account, clients: &[&Account]) -> Result<Vec<Value>, AdsError> {
    let rows = match query.resource.as_str() {
        "customer" => measured(query, customer, &[customer_row(customer)])?,
        "campaign" => measured(query, customer, &campaign_rows(customer))?,
        "customer_client" => client_rows(customer, clients),
        other => {
            return Err(AdsError::query(
                "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE",
                format!("{other} is not a valid resource name."),
            ));
        }
    };
    refuse_unknown_fields(query, customer)?;
    let mut rows: Vec<Value> = rows
        .into_iter()
        .filter(|row| {
            query.conditions.iter().all(|condition| {
                // The days were chosen before the metrics were summed up.
                condition.field == "segments.date"
                    || row.pointer(&pointer(&condition.field)).is_some_and(|value| condition.holds(value))
            })
        })
        .collect();
    for (field, descending) in query.order.iter().rev() {
        let at = pointer(field);
        rows.sort_by(|left, right| {
            let (left, right) = (left.pointer(&at), right.pointer(&at));
            let order = gaql::compare_values(left.unwrap_or(&Value::Null), right.unwrap_or(&Value::Null));
            if *descending { order.reverse() } else { order }
        });
    }
    rows.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(rows.iter().map(|row| project(row, &query.fields)).collect())
}

/// Adds days and metrics to rows of a resource, if the query has any.
fn measured(query: &Query, customer: &Account, resources: &[Value]) -> Result<Vec<Value>, AdsError> {
    let names = query.fields.iter().chain(query.conditions.iter().map(|condition| &condition.field));
    let mut names = names.map(String::as_str);
    if !names.any(|name| name.starts_with("metrics.") || name.starts_with("segments.")) {
        return Ok(resources.to_vec());
    }
    if customer.kind == Kind::AdsManager {
        return Err(AdsError::query(
            "REQUESTED_METRICS_FOR_MANAGER",
            "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate \
             requests against each client account under the manager account."
                .to_owned(),
        ));
    }
    let by_day = query.fields.iter().any(|field| field == "segments.date");
    let days = chosen_days(query);
    let mut measured = Vec::new();
    for resource in resources {
        let series = series(resource);
        let daily: Vec<(Date, Metrics)> = days.iter().map(|day| (*day, Metrics::of(&series, *day))).collect();
        if by_day {
            measured.extend(daily.into_iter().map(|(day, metrics)| metrics.onto(resource, Some(day))));
        } else {
            let total = daily.iter().fold(Metrics::default(), |sum, (_, metrics)| sum.plus(metrics));
            measured.push(total.onto(resource, None));
        }
    }
    Ok(measured)
}

fn chosen_days(query: &Query) -> Vec<Date> {
    let on_day = |day: &Date| {
        let day = json!(day.to_string());
        query.conditions.iter().filter(|c| c.field == "segments.date").all(|c| c.holds(&day))
    };
    rows::history().into_iter().filter(on_day).collect()
}

#[derive(Clone, Copy, Default)]
struct Metrics {
    impressions: u64,
    clicks: u64,
    cost_micros: u64,
    conversions: u64,
}

impl Metrics {
    fn of(series: &str, day: Date) -> Self {
        let impressions = rows::number(&format!("{series} impressions"), day, 4000);
        let clicks = impressions * (20 + rows::number(&format!("{series} ctr"), day, 30)) / 1000;
        let cost_micros = clicks * (300_000 + rows::number(&format!("{series} cpc"), day, 700_000));
        Self { impressions, clicks, cost_micros, conversions: clicks / 18 }
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            impressions: self.impressions + other.impressions,
            clicks: self.clicks + other.clicks,
            cost_micros: self.cost_micros + other.cost_micros,
            conversions: self.conversions + other.conversions,
        }
    }

    /// 64-bit integers are strings in Google's JSON, fractions are numbers.
    fn onto(self, resource: &Value, day: Option<Date>) -> Value {
        let ratio = |part: u64, whole: u64| {
            if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
        };
        let mut row = resource.clone();
        row["metrics"] = json!({
            "impressions": self.impressions.to_string(),
            "clicks": self.clicks.to_string(),
            "costMicros": self.cost_micros.to_string(),
            "conversions": self.conversions as f64,
            "conversionsValue": self.conversions as f64 * 42.5,
            "allConversions": self.conversions as f64,
            "ctr": ratio(self.clicks, self.impressions),
            "averageCpc": ratio(self.cost_micros, self.clicks),
        });
        if let Some(day) = day {
            row["segments"] = json!({"date": day.to_string()});
        }
        row
    }
}

fn customer_row(account: &Account) -> Value {
    json!({"customer": {
        "resourceName": format!("customers/{}", account.id),
        "id": account.id,
        "descriptiveName": account.name,
        "currencyCode": "EUR",
        "timeZone": "Europe/Lisbon",
        "manager": account.kind == Kind::AdsManager,
        "testAccount": false,
        "status": "ENABLED",
    }})
}

fn campaign_rows(account: &Account) -> Vec<Value> {
    let row = |(place, (name, status)): (usize, &(&str, &str))| {
        let id = 20_000_000_000 + rows::fixed(account.id, 1_000_000_000) + place as u64;
        let mut row = customer_row(account);
        row["campaign"] = json!({
            "resourceName": format!("customers/{}/campaigns/{id}", account.id),
            "id": id.to_string(),
            "name": format!("{} - {name}", account.name),
            "status": status,
            "advertisingChannelType": "SEARCH",
        });
        row
    };
    CAMPAIGNS.iter().enumerate().map(row).collect()
}

fn client_rows(customer: &Account, clients: &[&Account]) -> Vec<Value> {
    let row = |(place, account): (usize, &Account)| {
        let mut row = customer_row(customer);
        row["customerClient"] = json!({
            "resourceName": format!("customers/{}/customerClients/{}", customer.id, account.id),
            "clientCustomer": format!("customers/{}", account.id),
            "id": account.id,
            "descriptiveName": account.name,
            "currencyCode": "EUR",
            "timeZone": "Europe/Lisbon",
            "manager": account.kind == Kind::AdsManager,
            "testAccount": false,
            "hidden": false,
            "level": if place == 0 { "0" } else { "1" },
            "status": "ENABLED",
        });
        row
    };
    std::iter::once(customer).chain(clients.iter().copied()).enumerate().map(row).collect()
}

/// The series is named by the resource itself, so it is the same whatever was selected.
fn series(resource: &Value) -> String {
    let name = resource.pointer("/campaign/resourceName").or(resource.pointer("/customer/resourceName"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn refuse_unknown_fields(query: &Query, customer: &Account) -> Result<(), AdsError> {
    let resource = match query.resource.as_str() {
        "customer" => customer_row(customer),
        "campaign" => campaign_rows(customer).remove(0),
        _ => client_rows(customer, &[]).remove(0),
    };
    let sample = Metrics::default().onto(&resource, Some(clock::today()));
    let unknown = query
        .fields
        .iter()
        .chain(query.conditions.iter().map(|condition| &condition.field))
        .chain(query.order.iter().map(|(field, _)| field))
        .find(|field| sample.pointer(&pointer(field)).is_none());
    match unknown {
        None => Ok(()),
        Some(field) => {
            Err(AdsError::query("UNRECOGNIZED_FIELD", format!("Unrecognized field in the query: '{field}'.")))
        }
    }
}

/// Selected fields, and the resource name that Google adds to each selected resource.
fn project(row: &Value, fields: &[String]) -> Value {
    let mut projected = Map::new();
    for field in fields {
        let at = pointer(field);
        let mut names = at.split('/').skip(1);
        let (Some(resource), Some(name)) = (names.next(), names.next()) else {
            continue;
        };
        let entry = projected.entry(resource.to_owned()).or_insert_with(|| json!({}));
        if let Some(resource_name) = row.pointer(&format!("/{resource}/resourceName")) {
            entry["resourceName"] = resource_name.clone();
        }
        entry[name] = row.pointer(&at).cloned().unwrap_or(Value::Null);
    }
    Value::Object(projected)
}

/// `metrics.cost_micros` is at `/metrics/costMicros`.
fn pointer(field: &str) -> String {
    let mut pointer = String::from("/");
    let mut capital = false;
    for letter in field.chars() {
        match letter {
            '.' => pointer.push('/'),
            '_' => capital = true,
            letter if capital => {
                pointer.push(letter.to_ascii_uppercase());
                capital = false;
            }
            letter => pointer.push(letter),
        }
    }
    pointer
}
