//! The datasets. Field names are those of the Ahrefs documentation where they say enough.

use relink_sdk::{Column, Table};

/// Ahrefs crawls on, and corrects what it said about the last days.
const RESTATED_DAYS: u32 = 3;
/// One answer holds a whole window, so it is kept to what is read in one go.
const WINDOW_DAYS: u32 = 90;

pub(crate) static DOMAIN_RATING: Table = Table::new(
    "domain_rating",
    "Domain rating of the site, per day",
    &[
        Column::text("target", "/target").key(),
        Column::day("day", "/date").key(),
        Column::number("domain_rating", "/domain_rating"),
    ],
)
.daily("day")
.window_days(WINDOW_DAYS)
.restated_days(RESTATED_DAYS);

pub(crate) static TRAFFIC: Table = Table::new(
    "traffic",
    "Estimated visits from organic and paid search, per day",
    &[
        Column::text("target", "/target").key(),
        Column::day("day", "/date").key(),
        Column::integer("organic_traffic", "/org_traffic"),
        // Ahrefs states money in US cents.
        Column::number("organic_value_usd", "/org_cost").times(0.01),
        Column::integer("paid_traffic", "/paid_traffic"),
        Column::number("paid_cost_usd", "/paid_cost").times(0.01),
    ],
)
.daily("day")
.window_days(WINDOW_DAYS)
.restated_days(RESTATED_DAYS);

pub(crate) static REFERRING_DOMAINS: Table = Table::new(
    "referring_domains",
    "Number of domains that link to the site, per day",
    &[
        Column::text("target", "/target").key(),
        Column::day("day", "/date").key(),
        Column::integer("referring_domains", "/refdomains"),
    ],
)
.daily("day")
.window_days(WINDOW_DAYS)
.restated_days(RESTATED_DAYS);

pub(crate) static ORGANIC_KEYWORDS: Table = Table::new(
    "organic_keywords",
    "Search terms for which the site is found, with positions",
    &[
        Column::text("target", "/target").key(),
        Column::text("keyword", "/keyword").key(),
        Column::text("country", "/keyword_country").key(),
        Column::integer("best_position", "/best_position"),
        Column::text("best_position_url", "/best_position_url"),
        Column::integer("volume", "/volume"),
        Column::integer("traffic", "/sum_traffic"),
        Column::integer("difficulty", "/keyword_difficulty"),
    ],
);
