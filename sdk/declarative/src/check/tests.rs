//! Contradictions in a table, one at a time.

use serde_json::{Value, json};

use super::Step;
use crate::plugin::Plugin;

/// A table in which everything fits.
fn sound() -> Value {
    json!({
        "id": "acme", "name": "Acme", "version": "0.1.0",
        "hosts": ["api.acme.example", "*.files.example"],
        "base": "https://api.acme.example/v1",
        "settings": { "region": { "label": "Region" } },
        "auth": {
            "api-key": { "headers": { "authorization": "Bearer {api_key}" } },
            "oauth2": { "authorize-url": "https://api.acme.example/a", "token-url": "https://api.acme.example/t" }
        },
        "probe": { "get": "/me" },
        "identify": { "subject": "/id", "label": "/email" },
        "datasets": { "clicks": {
            "label": "Clicks", "key": "day", "daily": { "day": "day" },
            "columns": { "day": "day /date", "clicks": "integer /clicks" },
            "request": { "get": "/clicks", "query": { "from": "{since}", "region": "{settings.region}" } }
        } },
        "refusals": [{ "json": { "/success": false } }],
        "errors": [{ "code": "plan-too-small", "reason": "provider-specific", "when": { "status": 403 } }]
    })
}

/// Puts a value into the sound table and compares what is then found, as `place: what`.
#[track_caller]
fn check(pointer: &str, value: Value, expected: &str) {
    let mut table = sound();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    table.pointer_mut(parent).unwrap()[name] = value;
    let plugin: Plugin = serde_json::from_value(table).unwrap();
    let found: Vec<String> =
        plugin.mistakes().iter().map(|mistake| format!("{}: {}", place(&mistake.place), mistake.what)).collect();
    assert_eq!(found, [expected]);
}

fn place(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    };
    steps.iter().map(step).collect::<Vec<_>>().join(".")
}

#[test]
fn a_sound_table_has_no_mistakes() {
    assert_eq!(serde_json::from_value::<Plugin>(sound()).unwrap().mistakes(), []);
}

#[test]
fn somebody_must_be_able_to_authorize() {
    check("/auth", json!({}), "auth: there is no way to authorize");
    check("/auth/api-key", json!({}), "auth.api-key: nothing says where the key goes");
    check(
        "/auth/api-key/query",
        json!({ "key": "{token}" }),
        "auth.api-key.query.key: there is no secret `token`; there are: api_key",
    );
    check(
        "/auth/api-key/basic",
        json!({ "password": "{pin}" }),
        "auth.api-key.basic.password: there is no secret `pin`; there are: api_key",
    );
    check(
        "/auth/oauth2/keep",
        json!([{ "from": "token-answer", "name": "domain", "into": "domain" }]),
        "auth.oauth2.keep.0.into: there is no setting `domain`",
    );
}

#[test]
fn every_address_is_on_a_host_that_the_operator_sees() {
    check("/base", json!("https://acme.example"), "base: the host acme.example is not in `hosts`");
    check(
        "/base",
        json!("https://api.acme.example/"),
        "base: `https://api.acme.example/` is no address that paths can hang below",
    );
    check("/probe/get", json!("https://other.example/me"), "probe.get: the host other.example is not in `hosts`");
    check(
        "/auth/oauth2/token-url",
        json!("https://t.example/t"),
        "auth.oauth2.token-url: the host t.example is not in `hosts`",
    );
    check(
        "/auth/oauth2/token-url",
        json!("http://api.acme.example"),
        "auth.oauth2.token-url: `http://api.acme.example` is no https address",
    );
    check("/probe/get", json!("me"), "probe.get: `me` is neither a path nor an https address");
}

#[test]
fn hosts_may_be_named_by_a_setting_or_a_pattern() {
    let mut table = sound();
    table["probe"]["get"] = json!("https://eu.files.example/me");
    table["base"] = json!("https://{settings.region}.files.example");
    assert_eq!(serde_json::from_value::<Plugin>(table).unwrap().mistakes(), []);
}

#[test]
fn a_request_has_one_method_and_one_body() {
    check("/probe/post", json!("/me"), "probe: a request has either `get` or `post`");
    check("/probe", json!({}), "probe: a request has either `get` or `post`");
    check("/probe/json", json!({}), "probe: a GET request has no body");
    check("/probe", json!({ "post": "/me", "json": 1, "form": { "a": 1 } }), "probe: a request has one body");
}

#[test]
fn placeholders_stand_for_what_there_is() {
    check(
        "/probe/query",
        json!({ "r": "{settings.zone}" }),
        "probe.query.r: there is no setting `zone`; there are: region",
    );
    check(
        "/probe/query",
        json!({ "d": "{since}" }),
        "probe.query.d: `{since}` asks for days, but nothing here has any",
    );
    check(
        "/probe",
        json!({ "post": "/me", "json": { "filter": ["{until:unix}"] } }),
        "probe.json.filter.0: `{until:unix}` asks for days, but nothing here has any",
    );
}

#[test]
fn keys_and_days_are_columns_of_their_type() {
    let place = "/datasets/clicks";
    check(&format!("{place}/key"), json!([]), "datasets.clicks.key: the key has no column");
    check(
        &format!("{place}/key"),
        json!(["day", "id"]),
        "datasets.clicks.key.1: there is no column `id`; there are: clicks, day",
    );
    check(
        &format!("{place}/daily/day"),
        json!("date"),
        "datasets.clicks.daily.day: there is no column `date`; there are: clicks, day",
    );
    check(
        &format!("{place}/daily/day"),
        json!("clicks"),
        "datasets.clicks.daily.day: the column `clicks` holds no day",
    );
    check(
        &format!("{place}/pages"),
        json!({ "token": "/next", "link-header": true }),
        "datasets.clicks.pages: 2 ways of paging are named",
    );
    check(
        &format!("{place}/pages"),
        json!({ "last-item": "/id", "complete": true }),
        "datasets.clicks.pages: 2 ways of paging are named",
    );
}

#[test]
fn the_request_for_each_item_names_the_item() {
    let place = "/datasets/clicks";
    let list = json!({ "request": { "get": "/campaigns" }, "id": "/id" });
    check(
        &format!("{place}/each"),
        list.clone(),
        "datasets.clicks.request: the request is the same for each item of the list",
    );
    check(
        &format!("{place}/request/query"),
        json!({ "campaign": "{each}" }),
        "datasets.clicks.request.query.campaign: `{each}` asks for an item of a list, but there is none here",
    );
    let requests = [
        json!({ "get": "/campaigns/{each}/clicks" }),
        json!({ "post": "/clicks", "json": { "of": [{ "campaigns": "{each}" }] } }),
    ];
    for request in requests {
        let mut table = sound();
        table["datasets"]["clicks"]["each"] = list.clone();
        table["datasets"]["clicks"]["request"] = request;
        table["datasets"]["clicks"]["with"] = json!({ "campaign": "{each}" });
        assert_eq!(serde_json::from_value::<Plugin>(table).unwrap().mistakes(), []);
    }
}

#[test]
fn the_list_itself_has_no_item() {
    let mut table = sound();
    table["datasets"]["clicks"]["request"]["get"] = json!("/clicks/{each}");
    table["datasets"]["clicks"]["each"] =
        json!({ "request": { "get": "/x/{each}", "query": { "d": "{since}" } }, "id": "/id" });
    let mistakes = serde_json::from_value::<Plugin>(table).unwrap().mistakes();
    let [mistake] = &mistakes[..] else { panic!("{mistakes:?}") };
    assert_eq!(place(&mistake.place), "datasets.clicks.each.request.get");
}

#[test]
fn rules_have_a_code_and_a_condition() {
    check("/errors/0/code", json!("Plan"), "errors.0.code: `Plan` is no code");
    check("/errors/0/when", json!({}), "errors.0.when: the rule has no condition, so it would explain every failure");
    check(
        "/errors/0/when",
        json!([{ "status": 401 }, {}]),
        "errors.0.when: the rule has no condition, so it would explain every failure",
    );
    check("/refusals", json!([{}]), "refusals.0: it has no condition, so every answer would be refused");
}
