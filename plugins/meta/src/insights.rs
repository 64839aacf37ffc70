//! Results of campaigns by day.
//!
//! See <https://developers.facebook.com/docs/marketing-api/reference/ad-account/insights/>.

use relink_sdk::{Column, Context, Fetch, Flow, Items, Slice, Table};
use serde_json::json;

use crate::{cursors, get};

/// An action counts for the day of the ad that led to it, up to four weeks back.
const RESTATED_DAYS: u32 = 28;
/// Meta answers for 37 months back; these are the shortest that 37 months can be.
const HISTORY_DAYS: u32 = 1123;
/// Longer windows of large accounts are refused as too much data.
const WINDOW_DAYS: u32 = 30;
const PAGE_SIZE: u32 = 200;
/// What the columns below are read from; `date_start` is always sent.
const FIELDS: &str = "account_currency,campaign_id,campaign_name,objective,impressions,reach,clicks,\
                      inline_link_clicks,spend,actions,action_values";

pub(crate) static CAMPAIGN_INSIGHTS: Table = Table::new(
    "campaign_insights",
    "Spend, reach, clicks and conversions per campaign and day",
    &[
        Column::text("campaign_id", "/campaign_id").key(),
        Column::day("day", "/date_start").key(),
        Column::text("campaign_name", "/campaign_name"),
        Column::text("objective", "/objective"),
        Column::text("currency", "/account_currency"),
        Column::integer("impressions", "/impressions"),
        Column::integer("reach", "/reach"),
        Column::integer("clicks", "/clicks"),
        Column::integer("link_clicks", "/inline_link_clicks"),
        Column::number("spend", "/spend"),
        // Lists of `action_type` and `value`; which types there are depends on the advertiser.
        Column::json("actions", "/actions"),
        Column::json("action_values", "/action_values"),
    ],
)
.for_accounts("ad-account")
.daily("day")
.window_days(WINDOW_DAYS)
.restated_days(RESTATED_DAYS)
.history_days(HISTORY_DAYS);

/// A day without impressions has no row.
pub(crate) fn per_day(context: &Context, slice: &Slice) -> Flow {
    let (since, until) = slice.days();
    let request = get(&format!("{}/insights", context.account()))
        .query("level", "campaign")
        .query("time_increment", 1)
        .query("time_range", json!({ "since": since, "until": until }))
        .query("fields", FIELDS)
        .query("limit", PAGE_SIZE);
    Fetch::rows(&CAMPAIGN_INSIGHTS, request, Items::at("/data")).pages(cursors()).into()
}
