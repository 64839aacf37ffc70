//! Google Ads: customers and their managers, and the results of campaigns per day.
//!
//! See <https://developers.google.com/google-ads/api/rest/overview>.

use relink_sdk::{Account, Column, Context, Each, Fetch, Flow, Items, Pages, Request, Slice, Table};
use serde_json::{Value, json};

use crate::login::ADS_CREDENTIAL;

pub(crate) const HOST: &str = "googleads.googleapis.com";
/// The kind of the accounts.
const KIND: &str = "google-ads";
/// A version lives for a year: <https://developers.google.com/google-ads/api/docs/sunset-dates>.
const API: &str = "https://googleads.googleapis.com/v25";
/// A page holds up to 10,000 rows of about 600 bytes.
const PAGE_BYTES: u32 = 12 * 1024 * 1024;

/// A conversion counts for the day of its click, and may come up to 30 days after it by default.
/// See <https://support.google.com/google-ads/answer/3123169>.
pub(crate) static CAMPAIGN_PERFORMANCE: Table = Table::new(
    "campaign_performance",
    "Campaigns with impressions, clicks, cost and conversions, per day",
    &[
        Column::text("customer_id", "/customer/id").key(),
        Column::text("campaign_id", "/campaign/id").key(),
        Column::day("day", "/segments/date").key(),
        Column::text("campaign_name", "/campaign/name"),
        Column::text("campaign_status", "/campaign/status"),
        Column::text("channel_type", "/campaign/advertisingChannelType"),
        Column::text("currency", "/customer/currencyCode"),
        Column::integer("impressions", "/metrics/impressions"),
        Column::integer("clicks", "/metrics/clicks"),
        Column::number("cost", "/metrics/costMicros").times(1e-6),
        Column::number("conversions", "/metrics/conversions"),
        Column::number("conversions_value", "/metrics/conversionsValue"),
    ],
)
.for_accounts(KIND)
.daily("day")
.window_days(31)
.restated_days(30);

/// The customers that a login has a role in are listed without names, so each of them is asked for
/// itself and, if it is a manager, for everything below it.
pub(crate) fn accounts() -> Flow {
    let customers = Request::get(format!("{API}/customers:listAccessibleCustomers")).credential(ADS_CREDENTIAL);
    Each::listed(customers, Items::at("/resourceNames"), |name| {
        Some(Value::from(name.as_str()?.strip_prefix("customers/")?))
    })
    .one_by_one(|customer| customer.as_str().map_or_else(Flow::nothing, clients_of))
    .into()
}

pub(crate) fn campaign_performance(context: &Context, slice: &Slice) -> Flow {
    let (since, until) = slice.days();
    let query = format!(
        "SELECT customer.id, customer.currency_code, campaign.id, campaign.name, campaign.status, \
         campaign.advertising_channel_type, segments.date, metrics.impressions, metrics.clicks, \
         metrics.cost_micros, metrics.conversions, metrics.conversions_value \
         FROM campaign WHERE segments.date BETWEEN '{since}' AND '{until}'"
    );
    let manager = context.setting("parent_account");
    let customer = context.account();
    let request = search(customer, manager.as_deref().unwrap_or(customer), &query);
    Fetch::rows(&CAMPAIGN_PERFORMANCE, request, Items::at("/results")).pages(by_token()).into()
}

/// Managers have no campaigns of their own, and what is cancelled or closed has no more data.
fn clients_of(root: &str) -> Flow {
    const QUERY: &str = "SELECT customer_client.id, customer_client.descriptive_name FROM customer_client \
                         WHERE customer_client.manager = FALSE \
                         AND customer_client.status IN ('ENABLED', 'SUSPENDED')";
    let manager = root.to_owned();
    Fetch::accounts(search(root, root, QUERY), Items::at("/results"), move |row| client(row, &manager))
        .pages(by_token())
        .into()
}

fn client(row: &Value, root: &str) -> Option<Account> {
    let id = row.pointer("/customerClient/id")?.as_str()?;
    let name = row.pointer("/customerClient/descriptiveName").and_then(Value::as_str);
    Some(Account {
        id: id.to_owned(),
        label: name.filter(|name| !name.is_empty()).unwrap_or(id).to_owned(),
        kind: Some(KIND.to_owned()),
        parent: (id != root).then(|| root.to_owned()),
    })
}

/// A client is reached with the id of the manager through which the login may see it.
/// See <https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid>.
fn search(customer: &str, login_customer: &str, query: &str) -> Request {
    Request::post(format!("{API}/customers/{customer}/googleAds:search"))
        .credential(ADS_CREDENTIAL)
        .header("login-customer-id", login_customer)
        .json(&json!({ "query": query }))
        .repeatable()
        .max_bytes(PAGE_BYTES)
}

fn by_token() -> Pages {
    Pages::token("/nextPageToken").in_body("/pageToken")
}
