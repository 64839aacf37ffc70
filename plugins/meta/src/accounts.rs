//! The ad accounts that a person can see: those with a role of their own, and those of the
//! businesses in Business Manager, which agencies see without one.

use relink_sdk::{Account, Each, Fetch, Flow, Items};
use serde_json::Value;

use crate::{cursors, get};

const PAGE_SIZE: u32 = 100;

/// The same account may be found several times; the last one names the business that leads to it.
pub(crate) fn all() -> Flow {
    let businesses = get("me/businesses").query("fields", "id").query("limit", PAGE_SIZE);
    let of_businesses = Each::listed(businesses, Items::at("/data"), |business| Some(business["id"].clone()))
        .pages(cursors())
        .one_by_one(|business| business.as_str().map_or_else(Flow::nothing, of_business));
    Flow::sequence([ad_accounts("me/adaccounts", None), of_businesses.into()])
}

fn of_business(business: &str) -> Flow {
    Flow::sequence(
        ["owned_ad_accounts", "client_ad_accounts"]
            .map(|edge| ad_accounts(&format!("{business}/{edge}"), Some(business.to_owned()))),
    )
}

fn ad_accounts(edge: &str, business: Option<String>) -> Flow {
    let request = get(edge).query("fields", "id,name,business{id}").query("limit", PAGE_SIZE);
    Fetch::accounts(request, Items::at("/data"), move |item| account(item, business.as_deref())).pages(cursors()).into()
}

fn account(item: &Value, business: Option<&str>) -> Option<Account> {
    let id = item["id"].as_str()?;
    Some(Account {
        id: id.to_owned(),
        label: item["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(id).to_owned(),
        kind: Some("ad-account".to_owned()),
        parent: business.or(item["business"]["id"].as_str()).map(str::to_owned),
    })
}
