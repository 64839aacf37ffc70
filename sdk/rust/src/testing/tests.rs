use serde_json::{Value, json};

use super::*;
use crate::{
    About, Column, Context, Descriptor, ErrorTable, Fetch, Flow, Hmac, Inbound, Items, Message, Request, Signal, Slice,
    Table,
};

static THINGS: Table = Table::new("things", "Things", &[Column::text("id", "/id").key()]);

struct Toy;

impl Provider for Toy {
    fn describe() -> Descriptor {
        Descriptor::new("toy", "Toy", "1.0.0").host("toy.example").table(&THINGS)
    }

    fn errors() -> ErrorTable {
        ErrorTable::new("toy", "Toy", [])
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(Request::get("https://elsewhere.example/me")).into()
    }

    fn identify(context: &Context) -> Flow {
        Self::probe(context)
    }

    fn sync(_: &Context, _: &Slice) -> Flow {
        let request = Request::get("https://toy.example/things?size=5").without_credential();
        Fetch::rows(&THINGS, request, Items::at("")).into()
    }
}

/// What the kit says about a fixture that is made wrong on purpose.
fn differences(fixture: Value) -> String {
    relink_fixtures::run(&mut Native::<Toy>::new(), &serde_json::from_value(fixture).unwrap()).join("\n")
}

fn sync(wanted: Value, rows: Value) -> Value {
    json!({
        "about": "things", "operation": {"sync": {"dataset": "things"}},
        "exchange": [{ "request": wanted, "answer": {"status": 200, "body": [{"id": 1}]} }],
        "found": {"rows": rows},
    })
}

#[test]
fn a_fixture_that_holds_has_no_differences() {
    let wanted = json!({"method": "GET", "url": "https://toy.example/things", "query": {"size": 5}});
    assert_eq!(differences(sync(wanted, json!([{"id": "1"}]))), "");
}

#[test]
fn every_kind_of_difference_is_named() {
    let row = json!([{"id": "1"}]);
    let other_row = differences(sync(json!({}), json!([{"id": "2"}])));
    assert_eq!(other_row, r#"rows[0].id: expected "2", found "1""#);
    assert!(differences(sync(json!({"method": "POST"}), row.clone())).contains("request method"));
    assert!(differences(sync(json!({"query": {"size": 6}}), row.clone())).contains("request size"));
    let mut unasked = sync(json!({}), row.clone());
    unasked["exchange"] = json!([unasked["exchange"][0], unasked["exchange"][0]]);
    assert!(differences(unasked).contains("were not asked for"));
    let mut unrecorded = sync(json!({}), json!([]));
    unrecorded["exchange"] = json!([]);
    assert!(differences(unrecorded).contains("not recorded"));
    let mut ends = sync(json!({}), row);
    ends["ends"] = json!("failed");
    assert!(differences(ends).contains("expected failed, found done"));
}

#[test]
fn a_request_to_a_foreign_host_or_with_an_unknown_credential_is_named() {
    let said = differences(json!({
        "about": "probe", "operation": "probe", "exchange": [{"answer": {"status": 200}}],
    }));
    assert!(said.contains("does not allow https://elsewhere.example/me"), "{said}");
    assert!(said.contains("no credential use \"default\""), "{said}");
}

#[test]
fn a_wrong_diagnosis_is_named() {
    let said = differences(json!({
        "about": "busy", "failure": {"phase": "sync", "status": 429},
        "diagnosis": {"reason": "unknown", "actor": "nobody", "retry_after_ms": 5},
    }));
    assert_eq!(said, "reason: expected \"unknown\", found \"rate-limited\"\nretry_after_ms: expected 5, found nothing");
}

#[test]
fn what_has_no_fixture_is_named() {
    assert_eq!(missing::<Toy>(&[]), ["dataset things", "operation probe", "operation identify"]);
}

#[test]
fn a_manifest_that_disagrees_is_named() {
    let manifest = "id = \"toy\"\nversion = \"2.0.0\"\nhosts = [\"toy.example\", \"x.example\"]";
    let mistakes = soundness::mistakes(&Toy::describe(), manifest);
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
}

/// Tells of logins that withdrew their consent, or gave it again.
struct Messenger;

impl Provider for Messenger {
    fn describe() -> Descriptor {
        let inbound = Inbound::hmac("Webhook URL", Hmac::sha256("client_secret", "x-signature"));
        Toy::describe().inbound(inbound)
    }

    fn errors() -> ErrorTable {
        ErrorTable::new(
            "toy",
            "Toy",
            [crate::rule("consent-withdrawn", crate::Reason::InvalidCredentials)
                .phase([crate::Phase::Inbound])
                .json("/event", ["withdrawn"])],
        )
    }

    fn probe(context: &Context) -> Flow {
        Toy::probe(context)
    }

    fn identify(context: &Context) -> Flow {
        Toy::identify(context)
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        Toy::sync(context, slice)
    }

    fn receive(message: &Message) -> Vec<Signal> {
        let Some(body) = message.json() else { return Vec::new() };
        let about = || Some(About::Subject(body["user"].as_str()?.to_owned()));
        let signal = match body["event"].as_str() {
            Some("given-again") => about().map(Signal::restored),
            _ => about().map(Signal::failed),
        };
        signal.into_iter().collect()
    }
}

fn message(event: &str, signals: Value, code: &str) -> String {
    let mut fixture =
        json!({"about": "a message", "message": {"body": {"user": "42", "event": event}}, "signals": signals});
    if !code.is_empty() {
        fixture["diagnosis"] = json!({"reason": "invalid-credentials", "code": code});
    }
    relink_fixtures::run(&mut Native::<Messenger>::new(), &serde_json::from_value(fixture).unwrap()).join("\n")
}

#[test]
fn messages_are_read_and_their_failures_explained() {
    let failed = json!([{"subject": "42", "event": "failed"}]);
    assert_eq!(message("withdrawn", failed.clone(), "toy.consent-withdrawn"), "");
    assert_eq!(message("given-again", json!([{"subject": "42", "event": "restored"}]), ""), "");
    assert!(message("given-again", failed.clone(), "").contains("signals[0].event: expected \"failed\""));
    assert!(message("given-again", json!([]), "toy.consent-withdrawn").contains("no signal is failed"));
    let unknown = message("other", failed, "toy.consent-withdrawn");
    assert!(unknown.contains("found \"toy.access-ended\"") && unknown.contains("found \"unknown\""), "{unknown}");
}

#[test]
fn a_plugin_without_messages_answers_any_with_nothing() {
    let said = differences(json!({"about": "a message", "message": {"body": "anything"}}));
    assert_eq!(said, "");
    assert_eq!(Toy::migrate("0.9.0", b"anything"), None);
    assert!(missing::<Messenger>(&[]).contains(&"messages of the provider".to_owned()));
}
