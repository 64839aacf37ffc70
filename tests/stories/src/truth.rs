//! What a provider says when it is asked directly: what a sync has to come to.

use std::collections::BTreeSet;

use relink_simulator::world::{ADS_MANAGER, ANA};
use relink_simulator::{Provider, Simulator};
use serde_json::{Value, json};

use crate::browser::Browser;

/// Campaign, day and clicks.
pub type CampaignDay = (String, String, i64);

/// Campaign results of a Google Ads account between two days, both included.
pub async fn google_ads(simulator: &Simulator, account: &str, since: &str, until: &str) -> BTreeSet<CampaignDay> {
    let token = simulator.issue_tokens(Provider::Google, ANA).access_token;
    let base = simulator.base_url();
    let url = format!("{base}/googleads.googleapis.com/v25/customers/{account}/googleAds:search");
    let query = format!(
        "SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE segments.date BETWEEN '{since}' AND '{until}'"
    );
    let browser = Browser::new();
    let mut rows = BTreeSet::new();
    let mut page_token = Value::Null;
    loop {
        let request = browser.http.post(&url).bearer_auth(&token).header("developer-token", "any");
        let request = request.header("login-customer-id", ADS_MANAGER);
        let answer = browser.send(request.json(&json!({ "query": query, "pageToken": page_token }))).await.json();
        rows.extend(answer["results"].as_array().into_iter().flatten().map(row));
        page_token = answer["nextPageToken"].clone();
        if page_token.is_null() {
            assert!(!rows.is_empty(), "{answer}");
            return rows;
        }
    }
}

fn row(row: &Value) -> CampaignDay {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let clicks = text(&row["metrics"]["clicks"]).parse().expect("clicks are a number");
    (text(&row["campaign"]["id"]), text(&row["segments"]["date"]), clicks)
}

/// The same of records that Relink gives out.
///
/// # Panics
/// If two records are of the same campaign and day.
pub fn campaign_days(records: &[Value]) -> BTreeSet<CampaignDay> {
    let days: BTreeSet<CampaignDay> = records
        .iter()
        .map(|record| {
            let data = &record["data"];
            let text = |name: &str| data[name].as_str().expect("the field is text").to_owned();
            (text("campaign_id"), text("day"), data["clicks"].as_i64().expect("clicks are a number"))
        })
        .collect();
    let campaigns: BTreeSet<_> = days.iter().map(|(campaign, day, _)| (campaign, day)).collect();
    assert_eq!(campaigns.len(), records.len(), "a day of a campaign is there twice");
    days
}
