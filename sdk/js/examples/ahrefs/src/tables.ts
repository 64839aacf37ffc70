// The datasets. Field names are those of the Ahrefs documentation where they say enough.

import { Column, table } from "@relink/sdk";

/** Ahrefs crawls on, and corrects what it said about the last days. */
const RESTATED_DAYS = 3;
/** One answer holds a whole window, so it is kept to what is read in one go. */
const WINDOW_DAYS = 90;
const DAILY = { daily: "day", windowDays: WINDOW_DAYS, restatedDays: RESTATED_DAYS } as const;

export const DOMAIN_RATING = table({
  name: "domain_rating",
  label: "Domain rating of the site, per day",
  columns: {
    target: Column.text("/target", { key: true }),
    day: Column.day("/date", { key: true }),
    domain_rating: Column.number("/domain_rating"),
  },
  ...DAILY,
});

export const TRAFFIC = table({
  name: "traffic",
  label: "Estimated visits from organic and paid search, per day",
  columns: {
    target: Column.text("/target", { key: true }),
    day: Column.day("/date", { key: true }),
    organic_traffic: Column.integer("/org_traffic"),
    // Ahrefs states money in US cents.
    organic_value_usd: Column.number("/org_cost", { times: 0.01 }),
    paid_traffic: Column.integer("/paid_traffic"),
    paid_cost_usd: Column.number("/paid_cost", { times: 0.01 }),
  },
  ...DAILY,
});

export const REFERRING_DOMAINS = table({
  name: "referring_domains",
  label: "Number of domains that link to the site, per day",
  columns: {
    target: Column.text("/target", { key: true }),
    day: Column.day("/date", { key: true }),
    referring_domains: Column.integer("/refdomains"),
  },
  ...DAILY,
});

export const ORGANIC_KEYWORDS = table({
  name: "organic_keywords",
  label: "Search terms for which the site is found, with positions",
  columns: {
    target: Column.text("/target", { key: true }),
    keyword: Column.text("/keyword", { key: true }),
    country: Column.text("/keyword_country", { key: true }),
    best_position: Column.integer("/best_position"),
    best_position_url: Column.text("/best_position_url"),
    volume: Column.integer("/volume"),
    traffic: Column.integer("/sum_traffic"),
    difficulty: Column.integer("/keyword_difficulty"),
  },
});
