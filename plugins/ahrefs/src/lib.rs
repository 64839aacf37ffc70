//! Ahrefs, API v3: the standing of one web site in search, day by day.
//!
//! The account of a connection is the site (`target`). What is read does not depend on whose key is
//! used; the key says only who pays.

mod errors;
mod tables;

use relink_sdk::{
    Account, AuthMethod, BudgetKey, Context, CredentialUse, Descriptor, ErrorTable, Fetch, Flow, Identity, Items,
    Oauth2, Provider, Request, Slice, Table, TokenAuth,
};
use serde_json::Value;

use crate::tables::{DOMAIN_RATING, ORGANIC_KEYWORDS, REFERRING_DOMAINS, TRAFFIC};

const API: &str = "https://api.ahrefs.com/v3";
/// Where owners and admins of a workspace make keys.
const KEYS_HELP: &str = "https://docs.ahrefs.com/api/docs/api-keys-creation-and-management";
/// Keywords are read from the most visited down; more cost units without telling more.
const MAX_KEYWORDS: u32 = 1000;

/// The Ahrefs plugin.
pub struct Ahrefs;

relink_sdk::register!(Ahrefs);

impl Provider for Ahrefs {
    fn describe() -> Descriptor {
        Descriptor::new("ahrefs", "Ahrefs", env!("CARGO_PKG_VERSION"))
            .host("api.ahrefs.com")
            .host("app.ahrefs.com")
            .host("ahrefs.com")
            .auth(AuthMethod::bearer_key(KEYS_HELP))
            .auth(AuthMethod::oauth2(ahrefs_connect()).used(CredentialUse::bearer("access_token")))
            .table(&DOMAIN_RATING)
            .table(&TRAFFIC)
            .table(&REFERRING_DOMAINS)
            .table(&ORGANIC_KEYWORDS)
            .budget("requests", 60, 60_000, BudgetKey::Authorization)
            .help(KEYS_HELP)
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    /// Free of charge, and answered as long as the key lives.
    fn probe(_: &Context) -> Flow {
        Fetch::probe(Request::get(format!("{API}/subscription-info/limits-and-usage"))).into()
    }

    /// There is no "who am I". The oldest project tells one workspace from another.
    fn identify(_: &Context) -> Flow {
        Fetch::identity(projects(), |answer| {
            let projects = answer["projects"].as_array()?;
            let oldest = projects.iter().min_by_key(|project| project["project_id"].as_u64());
            Some(oldest.map_or_else(workspace_without_projects, |project| Identity {
                subject: format!("project-{}", project["project_id"]),
                label: text(project, "/owned_by").unwrap_or_else(|| "Ahrefs workspace".to_owned()),
            }))
        })
        .into()
    }

    fn accounts(_: &Context) -> Flow {
        Fetch::accounts(projects(), Items::at("/projects"), |project| {
            let site = text(project, "/url")?;
            Some(Account {
                label: text(project, "/project_name").unwrap_or_else(|| site.clone()),
                id: site,
                kind: None,
                parent: None,
            })
        })
        .into()
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "domain_rating" => history(context, slice, "domain-rating-history", &DOMAIN_RATING, "/domain_ratings"),
            "traffic" => traffic(context, slice),
            "referring_domains" => history(context, slice, "refdomains-history", &REFERRING_DOMAINS, "/refdomains"),
            "organic_keywords" => organic_keywords(context),
            _ => Flow::unknown_dataset(slice),
        }
    }
}

/// Access for a year, after which a person must come again: there is no refresh token.
fn ahrefs_connect() -> Oauth2 {
    const YEAR_S: u64 = 365 * 86_400;
    Oauth2::new("https://app.ahrefs.com/web/oauth/authorize", "https://ahrefs.com/oauth/token")
        .scope("apiv3-integration-apps", "Read your Ahrefs data")
        .token_auth(TokenAuth::Body)
        .assumed_lifetime_s(YEAR_S)
        .reauthorize_days(365)
}

fn projects() -> Request {
    Request::get(format!("{API}/management/projects"))
}

fn workspace_without_projects() -> Identity {
    Identity { subject: "no-projects".to_owned(), label: "Ahrefs workspace".to_owned() }
}

fn site_explorer(context: &Context, report: &str) -> Request {
    Request::get(format!("{API}/site-explorer/{report}")).query("target", context.account())
}

fn daily(context: &Context, slice: &Slice, report: &str) -> Request {
    let (since, until) = slice.days();
    site_explorer(context, report).query("date_from", since).query("date_to", until).query("history_grouping", "daily")
}

fn history(context: &Context, slice: &Slice, report: &str, table: &'static Table, items: &str) -> Flow {
    let request = daily(context, slice, report);
    rows(context, table, request, items)
}

fn traffic(context: &Context, slice: &Slice) -> Flow {
    let request = daily(context, slice, "metrics-history")
        .query("mode", "subdomains")
        .query("select", "date,org_traffic,org_cost,paid_traffic,paid_cost");
    rows(context, &TRAFFIC, request, "/metrics")
}

fn organic_keywords(context: &Context) -> Flow {
    let select = "keyword,keyword_country,best_position,best_position_url,volume,sum_traffic,keyword_difficulty";
    let request = site_explorer(context, "organic-keywords")
        .query("date", context.today())
        .query("mode", "subdomains")
        .query("select", select)
        .query("order_by", "sum_traffic:desc")
        .query("limit", MAX_KEYWORDS);
    rows(context, &ORGANIC_KEYWORDS, request, "/keywords")
}

/// The answers do not repeat the site, so it is added to every item.
fn rows(context: &Context, table: &'static Table, request: Request, items: &str) -> Flow {
    Fetch::rows(table, request, Items::at(items)).with("target", context.account()).into()
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}
