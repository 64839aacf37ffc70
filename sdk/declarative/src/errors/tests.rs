//! Rules of a table against failures, natively.

use relink_sdk::{Diagnosis, Failure, Phase, Reason};
use serde_json::{Value, json};

use super::Explaining;

/// Explains a failure with one rule, whose code is `hit`.
fn explain(when: &Value, failure: &Failure) -> Diagnosis {
    let explaining: Explaining = serde_json::from_value(json!({
        "id": "acme", "name": "Acme",
        "auth": { "oauth2": { "authorize-url": "", "token-url": "", "refresh": "strict" } },
        "errors": [{ "code": "hit", "reason": "provider-specific", "when": when, "retry-after": { "seconds": 9 } }]
    }))
    .unwrap();
    explaining.explain(failure)
}

#[track_caller]
fn check(when: &Value, failure: &Failure, is_hit: bool) {
    let code = explain(when, failure).code;
    assert_eq!(code == "acme.hit", is_hit, "{code}");
}

fn answered(status: u16, body: &Value) -> Failure {
    Failure::new(Phase::Sync).answered(status, &[("x-why", "Billing")], body.to_string())
}

#[test]
fn all_conditions_of_one_table_must_hold_and_one_table_of_several() {
    let failure = answered(403, &json!({ "code": 7 }));
    check(&json!({ "status": 403, "json": { "/code": [6, 7] } }), &failure, true);
    check(&json!({ "status": 401, "json": { "/code": 7 } }), &failure, false);
    check(&json!([{ "status": 401 }, { "present": "/code", "header": { "x-why": "billing" } }]), &failure, true);
}

#[test]
fn one_of_several_statuses_and_parts_is_enough() {
    let when = json!({ "status": [401, "5xx"], "json-contains": { "/a": ["one", "two"], "/b": ["three"] } });
    for (status, a, b, is_hit) in [
        (401, "TWO", "three", true),
        (503, "one", "three!", true),
        (401, "one", "four", false),
        (403, "one", "three", false),
    ] {
        check(&when, &answered(status, &json!({ "a": a, "b": b })), is_hit);
    }
}

#[test]
fn phase_credential_and_what_the_host_did_decide_too() {
    let mut failure = answered(401, &json!({}));
    check(&json!({ "phase": "api", "credential": "refreshable", "just-refreshed": false }), &failure, true);
    check(&json!({ "phase": ["authorize", "token-endpoint"] }), &failure, false);
    failure.facts.just_refreshed = Some(true);
    check(&json!({ "just-refreshed": false }), &failure, false);
    check(&json!({ "just-refreshed": true }), &failure, true);
    failure.facts.has_refresh_token = Some(false);
    check(&json!({ "credential": "refreshable" }), &failure, false);
    failure.facts.token_age_s = Some(90 * 86_400);
    check(&json!({ "token-older-than-days": 60 }), &failure, true);
    check(&json!({ "token-younger-than-s": 60 }), &failure, false);
}

#[test]
fn a_web_page_is_for_rules_that_say_so() {
    let page = Failure::new(Phase::Sync).answered(403, &[], "<html>billing</html>");
    check(&json!({ "contains": "billing" }), &page, false);
    check(&json!({ "contains": "billing", "on-web-pages": true }), &page, true);
}

#[test]
fn behind_the_rules_come_the_defaults() {
    let diagnosis = explain(&json!({ "status": 403 }), &answered(503, &json!({})));
    assert_eq!(diagnosis.reason, Reason::ProviderOutage);
    let diagnosis = explain(&json!({ "status": 403 }), &answered(403, &json!({})));
    assert_eq!((diagnosis.reason, diagnosis.retry_after_ms), (Reason::ProviderSpecific, Some(9_000)));
}
