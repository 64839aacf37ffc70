//! What placeholders become, natively.

use relink_sdk::{Context, Slice, Window};
use serde_json::{Value, json};

use super::Values;
use crate::plugin::Plugin;

fn plugin(base: &str) -> Plugin {
    serde_json::from_value(json!({
        "id": "acme", "name": "Acme", "version": "0.1.0", "hosts": ["*.acme.example"], "base": base,
        "settings": { "domain": { "label": "Domain" }, "zone": { "label": "Zone", "default": "eu" } },
        "auth": {}, "probe": { "get": "/me" }, "identify": { "subject": "/id", "label": "/id" }, "datasets": {}
    }))
    .unwrap()
}

fn context() -> Context {
    Context {
        now: 1_778_000_000_000,
        seed: Vec::new(),
        config: json!({ "domain": "https://my.acme.example/" }).to_string(),
        auth_method: String::new(),
        account: Some("a/1?".to_owned()),
    }
}

fn slice() -> Slice {
    let window = Window { since: "2026-05-01".to_owned(), until: "2026-05-31".to_owned() };
    Slice { dataset: "clicks".to_owned(), window: Some(window) }
}

#[track_caller]
fn check_address(base: &str, target: &str, expected: &str) {
    let (plugin, context, slice) = (plugin(base), context(), slice());
    let values = Values { plugin: &plugin, context: &context, slice: Some(&slice), each: Some("7,8") };
    assert_eq!(values.address(&target.parse().unwrap()).unwrap(), expected);
}

#[track_caller]
fn check_document(document: &Value, expected: &Value) {
    let (plugin, context, slice) = (plugin("https://api.acme.example"), context(), slice());
    let values = Values { plugin: &plugin, context: &context, slice: Some(&slice), each: Some("7,8") };
    assert_eq!(values.document(document).unwrap(), *expected);
}

#[test]
fn a_value_stays_within_its_segment() {
    let base = "https://api.acme.example/v1";
    check_address(base, "/a/{account}/x", "https://api.acme.example/v1/a/a%2F1%3F/x");
    check_address(base, "/lists/{each}", "https://api.acme.example/v1/lists/7%2C8");
    check_address(base, "https://{settings.zone}.acme.example/{since}", "https://eu.acme.example/2026-05-01");
}

#[test]
fn a_setting_at_the_beginning_is_the_address_of_the_host() {
    check_address("{settings.domain}", "/v2/deals", "https://my.acme.example/v2/deals");
    check_address("https://api.acme.example", "{settings.domain}/v1/me", "https://my.acme.example/v1/me");
}

#[test]
fn days_take_the_form_that_is_asked_for() {
    check_document(
        &json!(["{since}", "{until:compact}", "{day-after-until}", "{today}", "before {day-after-until:unix}"]),
        &json!(["2026-05-01", "20260531", "2026-06-01", "2026-05-05", "before 1780272000"]),
    );
}

#[test]
fn a_text_that_is_but_a_moment_becomes_a_number() {
    check_document(
        &json!({ "from": "{since:unix}", "to": { "ms": "{until:unix-ms}" }, "n": 5, "q": "{{ me }}" }),
        &json!({ "from": 1_777_593_600, "to": { "ms": 1_780_185_600_000_i64 }, "n": 5, "q": "{ me }" }),
    );
}

#[test]
fn a_setting_without_a_value_is_named() {
    let mut context = context();
    context.config = "{}".to_owned();
    let plugin = plugin("https://api.acme.example");
    let values = Values { plugin: &plugin, context: &context, slice: None, each: None };
    let error = values.text(&"{settings.domain}".parse().unwrap()).unwrap_err();
    assert_eq!(error, "the setting \"domain\" has no value");
    assert_eq!(values.text(&"{settings.zone}".parse().unwrap()).unwrap(), "eu");
}
