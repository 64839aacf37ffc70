//! The campaigns of an ad account: what the numbers of `campaign_analytics` are about.

use relink_sdk::{Column, Context, Fetch, Flow, Items, Table};

use crate::{page_tokens, rest};

const PAGE_SIZE: u32 = 1000;

pub(crate) static CAMPAIGNS: Table = Table::new(
    "campaigns",
    "Campaigns, their names and status",
    &[
        Column::text("campaign_id", "/id").key(),
        Column::text("name", "/name"),
        Column::text("status", "/status"),
        Column::text("type", "/type"),
        Column::text("objective", "/objectiveType"),
        Column::text("campaign_group", "/campaignGroup"),
        Column::time("starts_at", "/runSchedule/start"),
        Column::time("ends_at", "/runSchedule/end"),
    ],
)
.for_accounts("ad-account");

pub(crate) fn all(context: &Context) -> Flow {
    let search = rest(&format!("adAccounts/{}/adCampaigns", context.account()))
        .query("q", "search")
        .query("pageSize", PAGE_SIZE);
    Fetch::rows(&CAMPAIGNS, search, Items::at("/elements")).pages(page_tokens()).into()
}
