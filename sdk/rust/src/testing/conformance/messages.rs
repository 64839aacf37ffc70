//! Messages and states as the cases write them, and the plugins that read them.

use std::cell::RefCell;

use relink_fixtures::differences;
use serde_json::{Value, json};

use super::read::{only, text};
use super::rule::rule_of;
use crate::testing::convert;
use crate::testing::native::Native;
use crate::{
    About, AuthMethod, Context, Descriptor, ErrorTable, Fetch, Flow, Hmac, Inbound, Message, Provider, Request, Signal,
    Slice, answer,
};

thread_local! {
    /// The case that runs in this test; a provider has no other place for it.
    static CASE: RefCell<Value> = const { RefCell::new(Value::Null) };
}

/// What differs in a case of a message; nothing if it holds.
pub(super) fn run(mut case: Value) -> Vec<String> {
    let members = case.as_object_mut().unwrap();
    let mut taken = |name: &str| members.remove(name);
    let (receive, rules) = (taken("receive"), taken("rules"));
    let (json, text, header) = (taken("json"), taken("text"), taken("header"));
    members.insert("about".to_owned(), json!("a case"));
    let fixture: relink_fixtures::Fixture = serde_json::from_value(case).unwrap();
    let message = convert::message(fixture.message.as_ref().unwrap().to_message().unwrap());
    let mut wrong = if receive.is_some() {
        CASE.set(json!({ "receive": receive, "rules": rules }));
        relink_fixtures::run(&mut Native::<Messenger>::new(), &fixture)
    } else {
        relink_fixtures::run(&mut Native::<Silent>::new(), &fixture)
    };
    wrong.extend(json.iter().flat_map(|json| differences("json", json, &message.json().unwrap_or_default())));
    wrong.extend(text.iter().flat_map(|text| differences("text", text, &json!(message.text()))));
    for (name, value) in header.iter().filter_map(Value::as_object).flatten() {
        wrong.extend(differences(name, value, &json!(message.header(name))));
    }
    wrong
}

/// What differs in a case of a state; nothing if it holds.
pub(super) fn run_migration(case: &Value) -> Vec<String> {
    only(case, &["takes_over", "version", "state", "migrated"]);
    let (version, state) = (case["version"].as_str().unwrap(), case["state"].as_str().unwrap().as_bytes());
    let migrated = if let Some(marks) = case.get("takes_over") {
        CASE.set(marks.clone());
        Messenger::migrate(version, state)
    } else {
        Silent::migrate(version, state)
    };
    let found = migrated.map(|state| String::from_utf8(state).unwrap());
    differences("migrated", &case["migrated"], &json!(found))
}

/// The plugin that has neither `receive` nor `migrate`.
struct Silent;

impl Provider for Silent {
    fn describe() -> Descriptor {
        Descriptor::new("toy", "Toy", "1.0.0")
            .host("toy.example")
            .auth(AuthMethod::bearer_key("https://toy.example/help"))
    }

    fn errors() -> ErrorTable {
        ErrorTable::new("toy", "Toy", [])
    }

    fn probe(_: &Context) -> Flow {
        Fetch::probe(Request::get("https://toy.example/")).into()
    }

    fn identify(context: &Context) -> Flow {
        Self::probe(context)
    }

    fn sync(_: &Context, slice: &Slice) -> Flow {
        Flow::unknown_dataset(slice)
    }
}

/// The plugin of the case at hand.
struct Messenger;

impl Provider for Messenger {
    fn describe() -> Descriptor {
        Silent::describe().inbound(Inbound::hmac("Webhook URL", Hmac::sha256("secret", "x-signature")))
    }

    fn errors() -> ErrorTable {
        let rules = CASE.with_borrow(|case| case["rules"].as_array().cloned().unwrap_or_default());
        ErrorTable::new("toy", "Toy", rules.iter().map(rule_of))
    }

    fn probe(context: &Context) -> Flow {
        Silent::probe(context)
    }

    fn identify(context: &Context) -> Flow {
        Silent::identify(context)
    }

    fn sync(context: &Context, slice: &Slice) -> Flow {
        Silent::sync(context, slice)
    }

    fn migrate(version: &str, state: &[u8]) -> Option<Vec<u8>> {
        let mark = CASE.with_borrow(|marks| marks[version].as_str().map(str::to_owned))?;
        Some([mark.as_bytes(), state].concat())
    }

    fn receive(message: &Message) -> Vec<Signal> {
        let document = message.json().unwrap_or_default();
        let receive = CASE.with_borrow(|case| case["receive"].as_array().cloned().unwrap());
        receive.iter().filter_map(|signal| signal_of(signal, &document)).collect()
    }
}

fn signal_of(signal: &Value, document: &Value) -> Option<Signal> {
    only(signal, &["subject", "account", "event", "at"]);
    let found = |name: &str| answer::scalar(document.pointer(text(signal, name)?)?);
    let about = found("subject").map(About::Subject).or_else(|| found("account").map(About::Account))?;
    let made = if signal["event"] == "failed" { Signal::failed(about) } else { Signal::restored(about) };
    let at = text(signal, "at").and_then(|pointer| document.pointer(pointer)?.as_u64());
    Some(at.map_or(made.clone(), |at| made.at(at)))
}
