// Ahrefs, API v3: the standing of one web site in search, day by day.
//
// The account of a connection is the site (`target`). What is read does not depend on whose key is
// used; the key says only who pays.

import { Auth, Fetch, Items, definePlugin, get, textAt } from "@relink/sdk";
import type { Context, Flow, Identity, Pointer, Request, Slice, Table } from "@relink/sdk";

import { errors } from "./errors.js";
import { DOMAIN_RATING, ORGANIC_KEYWORDS, REFERRING_DOMAINS, TRAFFIC } from "./tables.js";

const API = "https://api.ahrefs.com/v3";
/** Where owners and admins of a workspace make keys. */
const KEYS_HELP = "https://docs.ahrefs.com/api/docs/api-keys-creation-and-management";
/** Keywords are read from the most visited down; more cost units without telling more. */
const MAX_KEYWORDS = 1000;
const YEAR_S = 365 * 86_400;

export default definePlugin({
  id: "ahrefs",
  displayName: "Ahrefs",
  version: "0.1.0",
  hosts: ["api.ahrefs.com", "app.ahrefs.com", "ahrefs.com"],
  auth: [
    Auth.bearerKey({ help: KEYS_HELP }),
    // Access for a year, after which a person must come again: there is no refresh token.
    Auth.oauth2({
      authorizeUrl: "https://app.ahrefs.com/web/oauth/authorize",
      tokenUrl: "https://ahrefs.com/oauth/token",
      scopes: [{ name: "apiv3-integration-apps", label: "Read your Ahrefs data" }],
      assumedLifetimeS: YEAR_S,
      reauthorizeDays: 365,
    }),
  ],
  tables: [DOMAIN_RATING, TRAFFIC, REFERRING_DOMAINS, ORGANIC_KEYWORDS],
  budgets: [{ name: "requests", calls: 60, perMs: 60_000, key: "authorization" }],
  help: KEYS_HELP,
  errors,

  /** Free of charge, and answered as long as the key lives. */
  probe: () => Fetch.probe(get(`${API}/subscription-info/limits-and-usage`)),

  /** There is no "who am I". The oldest project tells one workspace from another. */
  identify: () => Fetch.identity(projects(), ({ projects: found }) => (Array.isArray(found) ? workspaceOf(found) : undefined)),

  accounts: () =>
    Fetch.accounts(projects(), Items.at("/projects"), (project) => {
      const site = textAt(project, "/url");
      return site === undefined ? undefined : { id: site, label: textAt(project, "/project_name") ?? site };
    }),

  sync: {
    domain_rating: (context, slice) =>
      rows(context, DOMAIN_RATING, daily(context, slice, "domain-rating-history"), "/domain_ratings"),

    traffic: (context, slice) =>
      rows(
        context,
        TRAFFIC,
        daily(context, slice, "metrics-history", {
          mode: "subdomains",
          select: "date,org_traffic,org_cost,paid_traffic,paid_cost",
        }),
        "/metrics",
      ),

    referring_domains: (context, slice) =>
      rows(context, REFERRING_DOMAINS, daily(context, slice, "refdomains-history"), "/refdomains"),

    organic_keywords: (context) =>
      rows(
        context,
        ORGANIC_KEYWORDS,
        siteExplorer(context, "organic-keywords", {
          date: context.today,
          mode: "subdomains",
          select: "keyword,keyword_country,best_position,best_position_url,volume,sum_traffic,keyword_difficulty",
          order_by: "sum_traffic:desc",
          limit: MAX_KEYWORDS,
        }),
        "/keywords",
      ),
  },
});

interface Project {
  project_id: number;
}

function projects(): Request {
  return get(`${API}/management/projects`);
}

function workspaceOf(found: Project[]): Identity {
  const [oldest] = [...found].sort((left, right) => left.project_id - right.project_id);
  const label = textAt(oldest, "/owned_by") ?? "Ahrefs workspace";
  return { subject: oldest === undefined ? "no-projects" : `project-${oldest.project_id}`, label };
}

type Query = Record<string, string | number>;

function siteExplorer(context: Context, report: string, query: Query): Request {
  return get(`${API}/site-explorer/${report}`, { query: { target: context.account, ...query } });
}

function daily(context: Context, { since, until }: Slice, report: string, query: Query = {}): Request {
  return siteExplorer(context, report, { date_from: since, date_to: until, history_grouping: "daily", ...query });
}

/** The answers do not repeat the site, so it is added to every item. */
function rows(context: Context, table: Table, request: Request, items: Pointer): Flow {
  return Fetch.rows(table, request, Items.at(items), { with: { target: context.account } });
}
