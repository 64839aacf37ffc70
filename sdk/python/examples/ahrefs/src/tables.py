"""The datasets. Field names are those of the Ahrefs documentation where they say enough."""

from relink_sdk import Column, Table

#: Ahrefs crawls on, and corrects what it said about the last days.
RESTATED_DAYS = 3
#: One answer holds a whole window, so it is kept to what is read in one go.
WINDOW_DAYS = 90

DOMAIN_RATING = Table(
    "domain_rating",
    "Domain rating of the site, per day",
    [
        Column.text("target", "/target", key=True),
        Column.day("day", "/date", key=True),
        Column.number("domain_rating", "/domain_rating"),
    ],
    daily="day",
    window_days=WINDOW_DAYS,
    restated_days=RESTATED_DAYS,
)

TRAFFIC = Table(
    "traffic",
    "Estimated visits from organic and paid search, per day",
    [
        Column.text("target", "/target", key=True),
        Column.day("day", "/date", key=True),
        Column.integer("organic_traffic", "/org_traffic"),
        # Ahrefs states money in US cents.
        Column.number("organic_value_usd", "/org_cost", times=0.01),
        Column.integer("paid_traffic", "/paid_traffic"),
        Column.number("paid_cost_usd", "/paid_cost", times=0.01),
    ],
    daily="day",
    window_days=WINDOW_DAYS,
    restated_days=RESTATED_DAYS,
)

REFERRING_DOMAINS = Table(
    "referring_domains",
    "Number of domains that link to the site, per day",
    [
        Column.text("target", "/target", key=True),
        Column.day("day", "/date", key=True),
        Column.integer("referring_domains", "/refdomains"),
    ],
    daily="day",
    window_days=WINDOW_DAYS,
    restated_days=RESTATED_DAYS,
)

ORGANIC_KEYWORDS = Table(
    "organic_keywords",
    "Search terms for which the site is found, with positions",
    [
        Column.text("target", "/target", key=True),
        Column.text("keyword", "/keyword", key=True),
        Column.text("country", "/keyword_country", key=True),
        Column.integer("best_position", "/best_position"),
        Column.text("best_position_url", "/best_position_url"),
        Column.integer("volume", "/volume"),
        Column.integer("traffic", "/sum_traffic"),
        Column.integer("difficulty", "/keyword_difficulty"),
    ],
)
