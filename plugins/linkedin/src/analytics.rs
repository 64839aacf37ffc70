//! Results of campaigns by day.
//!
//! See <https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting>.

use relink_sdk::{Column, Context, Fetch, Flow, Items, Request, Slice, Table};
use serde_json::Value;

use crate::rest;

/// Conversions count for the day of the ad that led to them, up to thirty days back.
const RESTATED_DAYS: u32 = 30;
/// There are no pages, and an answer is cut off at 15 000 elements without a word: a week has room
/// for 2142 campaigns.
const WINDOW_DAYS: u32 = 7;
/// At most twenty; without this list only impressions and clicks are sent.
const FIELDS: &str = "dateRange,pivotValues,impressions,clicks,landingPageClicks,totalEngagements,likes,shares,\
                      costInLocalCurrency,costInUsd,externalWebsiteConversions,oneClickLeads";

pub(crate) static CAMPAIGN_ANALYTICS: Table = Table::new(
    "campaign_analytics",
    "Spend, clicks, leads and conversions per campaign and day",
    &[
        Column::text("campaign_id", "/campaign_id").key(),
        Column::day("day", "/day").key(),
        Column::integer("impressions", "/impressions"),
        Column::integer("clicks", "/clicks"),
        Column::integer("landing_page_clicks", "/landingPageClicks"),
        Column::integer("engagements", "/totalEngagements"),
        Column::integer("likes", "/likes"),
        Column::integer("shares", "/shares"),
        Column::number("spend", "/costInLocalCurrency"),
        Column::number("spend_usd", "/costInUsd"),
        Column::integer("conversions", "/externalWebsiteConversions"),
        Column::integer("leads", "/oneClickLeads"),
    ],
)
.for_accounts("ad-account")
.daily("day")
.window_days(WINDOW_DAYS)
.restated_days(RESTATED_DAYS);

/// To somebody who may not see the account, analytics is empty instead of forbidden. So the account
/// is asked for first, or lost access would look like days without ads.
pub(crate) fn per_day(context: &Context, slice: &Slice) -> Flow {
    let account = context.account();
    let Some(request) = analytics(account, slice) else {
        return Flow::refused("analytics needs a first and a last day");
    };
    let rows = Fetch::rows(&CAMPAIGN_ANALYTICS, request, Items::at("/elements")).expand(with_campaign_and_day);
    Flow::sequence([Fetch::probe(rest(&format!("adAccounts/{account}"))).into(), rows.into()])
}

/// Written by hand, since LinkedIn reads the brackets, colons and commas of its own notation only if
/// they are not encoded, and those inside a name only if they are. See
/// <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/protocol-version>.
fn analytics(account: &str, slice: &Slice) -> Option<Request> {
    let (since, until) = slice.days();
    let (start, end) = (rest_li_date(since)?, rest_li_date(until)?);
    Some(rest(&format!(
        "adAnalytics?q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY&dateRange=(start:{start},end:{end})\
         &accounts=List(urn%3Ali%3AsponsoredAccount%3A{account})&fields={FIELDS}"
    )))
}

/// "2026-05-01" becomes "(year:2026,month:5,day:1)".
fn rest_li_date(day: &str) -> Option<String> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    Some(format!("(year:{year},month:{month},day:{day})"))
}

/// An element names its campaign `urn:li:sponsoredCampaign:17`, and its day in three numbers.
fn with_campaign_and_day(mut element: Value) -> Vec<Value> {
    let campaign = element["pivotValues"][0].as_str().and_then(|urn| urn.rsplit(':').next()).map(Value::from);
    let start = &element["dateRange"]["start"];
    let day = match (start["year"].as_u64(), start["month"].as_u64(), start["day"].as_u64()) {
        (Some(year), Some(month), Some(day)) => Some(Value::from(format!("{year:04}-{month:02}-{day:02}"))),
        _ => None,
    };
    if let Value::Object(members) = &mut element {
        members.insert("campaign_id".to_owned(), campaign.unwrap_or_default());
        members.insert("day".to_owned(), day.unwrap_or_default());
    }
    vec![element]
}
