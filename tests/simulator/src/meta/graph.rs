//! The objects of the graph that a reporting app asks for.

use axum::{http::Method, response::Response};
use serde_json::{Value, json};

use super::{PROVIDER, errors, insights, paging, suffers};
use crate::{
    answer,
    call::Call,
    fault::Fault,
    ledger::{Ending, Ledger, Visitor},
    world::{Account, Kind, META_BUSINESS, world},
};

/// Small on purpose, so that three accounts are two pages.
const ACCOUNTS_PER_PAGE: usize = 2;

pub(super) fn answer(call: &Call, visitor: &Visitor, ledger: &mut Ledger) -> Response {
    let route = call.route();
    let subject = world().subject(PROVIDER, &visitor.login);
    match route.as_slice() {
        ["me"] => me(call, visitor, &subject),
        [id] if *id == subject => me(call, visitor, &subject),
        ["me", "permissions"] if call.method == Method::DELETE => {
            ledger.end_grant(visitor.grant, Ending::Revoked);
            answer::json(200, &json!({"success": true}))
        }
        ["me", "permissions"] => permissions(visitor, ledger),
        ["me", "businesses"] => businesses(call, visitor, ledger),
        [id] if *id == META_BUSINESS => businesses(call, visitor, ledger),
        ["me", "adaccounts"] => ad_accounts(call, visitor, ledger),
        [id, "owned_ad_accounts"] if *id == META_BUSINESS => {
            if may_see_businesses(visitor) {
                ad_accounts(call, visitor, ledger)
            } else {
                errors::business_not_granted()
            }
        }
        [id, "client_ad_accounts"] if *id == META_BUSINESS => paging::page(call, &[], 1),
        [id, rest @ ..] if id.starts_with("act_") => ad_account(call, visitor, id, rest, ledger),
        other => errors::no_object(other.first().unwrap_or(&"")),
    }
}

fn me(call: &Call, visitor: &Visitor, subject: &str) -> Response {
    let mut person = json!({"id": subject, "name": world().name(PROVIDER, &visitor.login)});
    if visitor.may_any(&["email"]) {
        person["email"] = json!(visitor.login);
    }
    let fields = paging::fields(call);
    let fields = if fields.is_empty() { vec!["name"] } else { fields };
    answer::json(200, &paging::select(&person, &fields, &["id"]))
}

fn permissions(visitor: &Visitor, ledger: &Ledger) -> Response {
    let declined = ledger.grant(visitor.grant).map(|grant| grant.declined.clone()).unwrap_or_default();
    let entry = |scope: &String, status: &str| json!({"permission": scope, "status": status});
    let granted = visitor.scopes.iter().map(|scope| entry(scope, "granted"));
    let declined = declined.iter().map(|scope| entry(scope, "declined"));
    answer::json(200, &json!({"data": granted.chain(declined).collect::<Vec<_>>()}))
}

fn may_see_businesses(visitor: &Visitor) -> bool {
    visitor.may_any(&["business_management"])
}

fn businesses(call: &Call, visitor: &Visitor, ledger: &Ledger) -> Response {
    if !may_see_businesses(visitor) {
        return errors::business_not_granted();
    }
    let business = json!({
        "id": META_BUSINESS,
        "name": "Northside Agency",
        "verification_status": "verified",
        "timezone_id": 1,
    });
    let fields = paging::fields(call);
    let fields = if fields.is_empty() { vec!["name"] } else { fields };
    let business = paging::select(&business, &fields, &["id"]);
    if call.route() == [META_BUSINESS] {
        return answer::json(200, &business);
    }
    let seen = if visible(visitor, ledger).is_empty() { Vec::new() } else { vec![business] };
    paging::page(call, &seen, ACCOUNTS_PER_PAGE)
}

/// The ad accounts in which the person still has a role.
fn visible(visitor: &Visitor, ledger: &Ledger) -> Vec<&'static Account> {
    let mut accounts = world().seen_by(PROVIDER, &visitor.login, Kind::AdAccount);
    accounts.retain(|account| !suffers(ledger, visitor, Some(account.id), &Fault::RoleLost));
    accounts
}

fn ad_accounts(call: &Call, visitor: &Visitor, ledger: &Ledger) -> Response {
    if let Some(refusal) = refuse_ads(visitor, None, ledger) {
        return refusal;
    }
    let fields = paging::fields(call);
    let accounts: Vec<Value> = visible(visitor, ledger)
        .into_iter()
        .map(|account| paging::select(&describe(account), &fields, &["account_id", "id"]))
        .collect();
    paging::page(call, &accounts, ACCOUNTS_PER_PAGE)
}

fn ad_account(call: &Call, visitor: &Visitor, id: &str, rest: &[&str], ledger: &Ledger) -> Response {
    let Some(account) = world().account(PROVIDER, id.trim_start_matches("act_")) else {
        return errors::no_object(id);
    };
    if let Some(refusal) = refuse_ads(visitor, Some(account.id), ledger) {
        return refusal;
    }
    if !visible(visitor, ledger).iter().any(|seen| seen.id == account.id) {
        return errors::ads_not_granted();
    }
    match rest {
        [] => answer::json(200, &paging::select(&describe(account), &paging::fields(call), &["account_id", "id"])),
        ["insights"] => insights::answer(call, account),
        ["campaigns"] => paging::page(call, &insights::campaigns(call, account), ACCOUNTS_PER_PAGE),
        _ => errors::no_object(id),
    }
}

/// What stands between a good token and the Marketing API.
fn refuse_ads(visitor: &Visitor, account: Option<&str>, ledger: &Ledger) -> Option<Response> {
    if suffers(ledger, visitor, account, &Fault::MfaRequired) {
        return Some(errors::identity_confirmation());
    }
    if suffers(ledger, visitor, account, &Fault::TermsChanged) {
        return Some(errors::terms_not_accepted());
    }
    (!visitor.may_any(&["ads_read", "ads_management"])).then(errors::ads_not_granted)
}

fn describe(account: &Account) -> Value {
    json!({
        "id": format!("act_{}", account.id),
        "account_id": account.id,
        "name": account.name,
        "account_status": 1,
        "currency": "EUR",
        "timezone_name": "Europe/Lisbon",
        "business": {"id": META_BUSINESS, "name": "Northside Agency"},
        "owner": META_BUSINESS,
    })
}
