// Acme: the plugin from which others start.
//
// Acme does not exist. Replace it part by part; the README of the SDK says in which order.

import { Auth, Column, Fetch, Items, Pages, definePlugin, get, rule, table } from "@relink/sdk";

const API = "https://api.acme.example/v1";

const CLICKS = table({
  name: "clicks",
  label: "Clicks and spend per campaign and day",
  columns: {
    campaign_id: Column.text("/campaign/id", { key: true }),
    day: Column.day("/date", { key: true }),
    clicks: Column.integer("/clicks"),
    spend: Column.number("/spend_micros", { times: 1e-6 }),
  },
  daily: "day",
  windowDays: 31,
  restatedDays: 3,
});

export default definePlugin({
  id: "acme",
  displayName: "Acme",
  version: "0.1.0",
  hosts: ["api.acme.example", "login.acme.example"],
  auth: [
    Auth.oauth2({
      authorizeUrl: "https://login.acme.example/authorize",
      tokenUrl: "https://login.acme.example/token",
      scopes: [{ name: "reports.read", label: "See your reports" }],
      refreshed: "stays-valid",
    }),
  ],
  tables: [CLICKS],
  budgets: [{ name: "requests", calls: 60, perMs: 60_000, key: "authorization" }],

  errors: [
    rule("plan-too-small", "provider-specific", {
      api: true,
      json: { "/error/code": "PLAN_LIMIT" },
      remedy: "fix-billing",
      message: "Your Acme plan does not include reports. An admin of the Acme account must upgrade it.",
    }),
  ],

  probe: () => Fetch.probe(get(`${API}/me`)),

  identify: () => Fetch.identity(get(`${API}/me`), (me) => me.id && { subject: me.id, label: me.email }),

  accounts: () =>
    Fetch.accounts(get(`${API}/accounts`), Items.at("/data"), (account) => account.id && { id: account.id, label: account.name }),

  sync: {
    clicks: (context, { since, until }) =>
      Fetch.rows(CLICKS, get(`${API}/accounts/${context.account}/clicks`, { query: { since, until } }), Items.at("/data"), {
        pages: Pages.token("/next", { query: "cursor" }),
      }),
  },
});
