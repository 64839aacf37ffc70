//! Copper, developer API v1: people, companies, leads, opportunities, tasks, pipelines and users of
//! a CRM.

mod errors;
mod tables;

use relink_sdk::{
    Account, AuthMethod, BudgetKey, Context, CredentialUse, Descriptor, ErrorTable, Fetch, Flow, Identity, Items,
    Oauth2, Pages, Provider, Request, Rotation, SecretSlot, Slice, Table,
};
use serde_json::{Value, json};

use crate::tables::{COMPANIES, LEADS, OPPORTUNITIES, PEOPLE, PIPELINES, TASKS, USERS};

const API: &str = "https://api.copper.com/developer_api/v1";
const KEYS_HELP: &str = "https://developer.copper.com/introduction/authentication.html";
/// The most that a search answers with.
const PAGE_SIZE: u64 = 200;

/// The Copper plugin.
pub struct Copper;

relink_sdk::register!(Copper);

impl Provider for Copper {
    fn describe() -> Descriptor {
        Descriptor::new("copper", "Copper", env!("CARGO_PKG_VERSION"))
            .alias("prosperworks")
            .host("api.copper.com")
            .host("app.copper.com")
            .auth(api_key())
            .auth(AuthMethod::oauth2(oauth()))
            .table(&PEOPLE)
            .table(&COMPANIES)
            .table(&LEADS)
            .table(&OPPORTUNITIES)
            .table(&TASKS)
            .table(&PIPELINES)
            .table(&USERS)
            .budget("requests", 180, 60_000, BudgetKey::Authorization)
            .help(KEYS_HELP)
    }

    fn errors() -> ErrorTable {
        errors::table()
    }

    /// Needs no permission, whatever the role of the key's owner.
    fn probe(_: &Context) -> Flow {
        Fetch::probe(get("users/me")).into()
    }

    fn identify(_: &Context) -> Flow {
        Fetch::identity(get("users/me"), |me| {
            let id = me["id"].as_u64()?;
            let label = me["email"].as_str().or(me["name"].as_str())?;
            Some(Identity { subject: id.to_string(), label: label.to_owned() })
        })
        .into()
    }

    /// A key belongs to one Copper account.
    fn accounts(_: &Context) -> Flow {
        Fetch::accounts(get("account"), Items::at(""), |account| {
            Some(Account {
                id: account["id"].as_u64()?.to_string(),
                label: account["name"].as_str()?.to_owned(),
                kind: None,
                parent: None,
            })
        })
        .into()
    }

    fn sync(_: &Context, slice: &Slice) -> Flow {
        match slice.dataset.as_str() {
            "people" => search(&PEOPLE, &by_creation()),
            "companies" => search(&COMPANIES, &by_creation()),
            "leads" => search(&LEADS, &by_creation()),
            "opportunities" => search(&OPPORTUNITIES, &by_creation()),
            "tasks" => search(&TASKS, &by_creation()),
            "users" => search(&USERS, &json!({})),
            "pipelines" => Fetch::rows(&PIPELINES, get("pipelines"), Items::at("")).into(),
            _ => Flow::unknown_dataset(slice),
        }
    }
}

/// The address of the key's owner is part of the credential: the key alone is answered with 401.
fn api_key() -> AuthMethod {
    AuthMethod::secrets([
        SecretSlot::new("email", "E-mail address of the key's owner").public(),
        SecretSlot::new("api_key", "API key").help(KEYS_HELP),
    ])
    .used(CredentialUse::new("default").header("x-pw-accesstoken", "api_key").header("x-pw-useremail", "email"))
}

fn oauth() -> Oauth2 {
    Oauth2::new("https://app.copper.com/oauth/authorize", "https://app.copper.com/oauth/token")
        .scope("developer/v1/all", "Read your Copper records")
        .refreshed(Rotation::StaysValid)
}

fn get(path: &str) -> Request {
    as_developer(Request::get(format!("{API}/{path}")))
}

fn as_developer(request: Request) -> Request {
    request.header("x-pw-application", "developer_api")
}

/// Records made while the pages are read come last, so no page shifts under the reader.
fn by_creation() -> Value {
    json!({ "sort_by": "date_created", "sort_direction": "asc" })
}

fn search(table: &'static Table, order: &Value) -> Flow {
    let mut filter = order.clone();
    filter["page_number"] = json!(1);
    filter["page_size"] = json!(PAGE_SIZE);
    let url = format!("{API}/{}/search", table.name());
    let request = as_developer(Request::post(url)).json(&filter).repeatable();
    Fetch::rows(table, request, Items::at("")).pages(Pages::number(1, PAGE_SIZE).in_body("/page_number")).into()
}
