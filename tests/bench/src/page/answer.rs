//! An answer of Google Ads to the query of the plugin, as it comes over the wire: whole numbers are texts,
//! every resource has its name.

use serde_json::{Value, json};

/// The account that is asked about.
pub(super) const CUSTOMER: &str = "1234567890";
pub(super) const DAYS: u64 = 31;

/// Campaigns of the account: with these a page has a megabyte.
const CAMPAIGNS: u64 = 72;

pub(super) struct Page {
    pub(super) body: Vec<u8>,
    pub(super) rows: u64,
}

impl Page {
    /// No two pages have a campaign in common.
    pub(super) fn number(page: u32) -> Self {
        let campaigns = u64::from(page) * CAMPAIGNS..(u64::from(page) + 1) * CAMPAIGNS;
        let results: Vec<Value> =
            campaigns.flat_map(|campaign| (1..=DAYS).map(move |day| row(campaign, day))).collect();
        let rows = results.len() as u64;
        let answer = json!({
            "results": results,
            "fieldMask": "customer.id,customer.currencyCode,campaign.id,campaign.name,campaign.status,\
                          campaign.advertisingChannelType,segments.date,metrics.impressions,metrics.clicks,\
                          metrics.costMicros,metrics.conversions,metrics.conversionsValue",
            "queryResourceConsumption": "4242",
        });
        Self { body: answer.to_string().into_bytes(), rows }
    }
}

fn row(campaign: u64, day: u64) -> Value {
    let id = 20_000_000_000 + campaign;
    let impressions = 400 + spread(campaign, day) % 40_000;
    let clicks = impressions * (20 + spread(day, campaign) % 30) / 1_000;
    let conversions = clicks as f64 / 17.0;
    json!({
        "customer": {
            "resourceName": format!("customers/{CUSTOMER}"),
            "id": CUSTOMER,
            "currencyCode": "EUR",
        },
        "campaign": {
            "resourceName": format!("customers/{CUSTOMER}/campaigns/{id}"),
            "id": id.to_string(),
            "name": format!("Lisboa – Search – \"Spring\" {campaign}"),
            "status": if campaign.is_multiple_of(4) { "PAUSED" } else { "ENABLED" },
            "advertisingChannelType": if campaign.is_multiple_of(3) { "PERFORMANCE_MAX" } else { "SEARCH" },
        },
        "segments": { "date": format!("2026-05-{day:02}") },
        "metrics": {
            "impressions": impressions.to_string(),
            "clicks": clicks.to_string(),
            "costMicros": (clicks * (300_000 + spread(campaign, clicks) % 700_000)).to_string(),
            "conversions": conversions,
            "conversionsValue": conversions * 42.5,
        },
    })
}

/// Numbers without a pattern, and the same at every run.
fn spread(one: u64, other: u64) -> u64 {
    one.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(other).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}
