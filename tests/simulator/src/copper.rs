//! Copper developer API v1: a key, the e-mail address of its owner, and searches by POST.

mod records;

use axum::{http::Method, response::Response};
use serde_json::json;

use crate::{
    Provider, answer,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Key, Ledger},
    rows,
    traffic::Endpoint,
    world::world,
};

const PROVIDER: Provider = Provider::Copper;

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let key = sent_key(call, ledger);
    Visit { endpoint: Endpoint::Api, who: key.map(|key| key.name.clone()), account: key.map(|key| key.account.clone()) }
}

pub(crate) fn answer(call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    // All three headers are the credential; without any of them it is as if there were none.
    let email = call.header("x-pw-useremail").unwrap_or_default();
    let is_developer_api = call.header("x-pw-application") == Some("developer_api");
    let key =
        sent_key(call, ledger).filter(|key| key.alive && is_developer_api && key.email.eq_ignore_ascii_case(email));
    let Some(key) = key else {
        return error(401, "Unauthorized");
    };
    if ledger.suffers(PROVIDER, Some(&key.name), visit.account.as_deref(), &Fault::RoleLost) {
        return answer::empty(403);
    }
    let route = call.route();
    let ["developer_api", "v1", rest @ ..] = route.as_slice() else {
        return answer::json(404, &json!({"error": "not_found"}));
    };
    match (&call.method, rest) {
        (&Method::GET, ["account"]) => account(key),
        (&Method::GET, ["users", "me"]) => answer::json(200, &user(key)),
        (&Method::POST, ["users", "search"]) => answer::json(200, &json!([user(key)])),
        (&Method::POST, ["people", "search"]) => records::search(call, key, records::person),
        (&Method::POST, ["companies", "search"]) => records::search(call, key, records::company),
        (&Method::POST, ["leads", "search"]) => records::search(call, key, records::lead),
        (&Method::POST, ["tasks", "search"]) => records::search(call, key, records::task),
        (&Method::POST, ["opportunities", "search"]) => records::search(call, key, records::opportunity),
        // This one refuses good keys too (singer-io/tap-copper, README).
        (&Method::GET, ["pipeline_stages"]) => error(401, "Unauthorized"),
        (&Method::GET, ["pipelines"]) => answer::json(200, &records::pipelines(key)),
        _ => answer::json(404, &json!({"error": "not_found"})),
    }
}

/// Copper answers 429 with no word about when and why.
pub(crate) fn rate_limited() -> Response {
    answer::empty(429)
}

fn error(status: u16, message: &str) -> Response {
    answer::json(status, &json!({"success": false, "status": status, "message": message}))
}

fn sent_key<'a>(call: &Call, ledger: &'a Ledger) -> Option<&'a Key> {
    ledger.find_key(PROVIDER, call.header("x-pw-accesstoken")?)
}

fn account(key: &Key) -> Response {
    let name = world().account(PROVIDER, &key.account).map(|account| account.name);
    let id = key.account.parse::<u64>().unwrap_or_default();
    answer::json(200, &json!({"id": id, "name": name, "settings": {"enable_leads": true}}))
}

fn user(key: &Key) -> serde_json::Value {
    json!({
        "id": 400_000 + rows::fixed(&key.email, 90_000),
        "name": key.email.split('@').next(),
        "email": key.email,
    })
}
