//! Flows as the cases write them, and the plugin that runs whichever is at hand.

use std::cell::RefCell;

use relink_fixtures::Fixture;
use serde_json::{Value, json};

use super::read::{forever, items_of, only, pages_of, request_of, text, texts};
use crate::testing::native::Native;
use crate::{
    Account, AuthMethod, Column, Context, Descriptor, Each, ErrorTable, Event, Fetch, Flow, Identity, Next, Provider,
    Report, Request, Response, Slice, StepOut, Table, flow,
};

static THINGS: Table = Table::new("things", "Things", &[Column::text("id", "/id").key(), Column::text("of", "/of")]);

thread_local! {
    /// The case that runs in this test; a provider has no other place for it.
    static CASE: RefCell<Value> = const { RefCell::new(Value::Null) };
    /// What failed steps said.
    static WHY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What differs in a case; nothing if it holds.
pub(super) fn run(mut case: Value) -> Vec<String> {
    let members = case.as_object_mut().unwrap();
    let flow = members.remove("flow").unwrap();
    let refusal = members.remove("refusal");
    let why = members.remove("why");
    members.insert("about".to_owned(), json!("a case"));
    members.entry("operation").or_insert_with(|| json!({ "sync": { "dataset": "things" } }));
    let fixture: Fixture = serde_json::from_value(case).unwrap();
    CASE.set(json!({ "flow": flow, "refusal": refusal }));
    WHY.take();
    let mut wrong = relink_fixtures::run(&mut Native::<Toy>::new(), &fixture);
    let said = WHY.take();
    if let Some(why) = why {
        let why = why.as_str().unwrap().to_owned();
        if !said.iter().any(|text| text.contains(&why)) {
            wrong.push(format!("why: expected {why:?}, found {said:?}"));
        }
    }
    wrong
}

struct Toy;

impl Provider for Toy {
    fn describe() -> Descriptor {
        let key = AuthMethod::bearer_key("https://toy.example/help");
        Descriptor::new("toy", "Toy", "1.0.0").host("toy.example").auth(key).table(&THINGS)
    }

    fn errors() -> ErrorTable {
        ErrorTable::new("toy", "Toy", [])
    }

    fn probe(_: &Context) -> Flow {
        CASE.with_borrow(|case| flow_of(&case["flow"]))
    }

    fn identify(context: &Context) -> Flow {
        Self::probe(context)
    }

    fn accounts(context: &Context) -> Flow {
        Self::probe(context)
    }

    fn sync(context: &Context, _: &Slice) -> Flow {
        Self::probe(context)
    }

    fn refusal(answer: &Response) -> Option<String> {
        let pointer = CASE.with_borrow(|case| case["refusal"].as_str().map(str::to_owned))?;
        answer.json()?.pointer(&pointer).map(Value::to_string)
    }

    /// A restart must change nothing, so each request is asked for twice.
    fn step(context: &Context, state: &[u8], event: Event) -> StepOut {
        let out = flow::step::<Self>(context, state, event);
        if let Next::Failed(why) = &out.next {
            WHY.with_borrow_mut(|said| said.push(why.clone()));
        }
        if let Next::Send(_) = &out.next {
            let again = flow::step::<Self>(context, &out.state, Event::Woken);
            assert_eq!(again.next, out.next, "another request after a restart");
        }
        out
    }
}

fn flow_of(flow: &Value) -> Flow {
    if flow.get("nothing").is_some() {
        only(flow, &["nothing"]);
        return Flow::nothing();
    }
    if let Some(why) = text(flow, "refused") {
        only(flow, &["refused"]);
        return Flow::refused(why);
    }
    if let Some(flows) = flow.get("sequence") {
        only(flow, &["sequence"]);
        return Flow::sequence(flows.as_array().unwrap().iter().map(flow_of));
    }
    if flow.get("report").is_some() {
        return report_of(flow).into();
    }
    if flow.get("each").is_some() {
        return each_of(flow).into();
    }
    fetch_of(flow).into()
}

fn fetch_of(flow: &Value) -> Fetch {
    if let Some(request) = flow.get("probe") {
        only(flow, &["probe"]);
        return Fetch::probe(request_of(request));
    }
    if let Some(request) = flow.get("identity") {
        only(flow, &["identity"]);
        return Fetch::identity(request_of(request), |item| {
            Some(Identity { subject: item["id"].as_str()?.to_owned(), label: label_of(item) })
        });
    }
    let fetch = if let Some(request) = flow.get("accounts") {
        only(flow, &["accounts", "items", "pages"]);
        Fetch::accounts(request_of(request), items_of(&flow["items"]), |item| {
            Some(Account { id: item["id"].as_str()?.to_owned(), label: label_of(item), kind: None, parent: None })
        })
    } else {
        only(flow, &["rows", "items", "pages", "with", "expand", "in_chunks"]);
        Fetch::rows(&THINGS, request_of(&flow["rows"]), items_of(&flow["items"]))
    };
    changed(fetch, flow)
}

/// The fetch with its pages and with what is made of the items before they are read.
fn changed(mut fetch: Fetch, flow: &Value) -> Fetch {
    if let Some(pages) = flow.get("pages") {
        fetch = fetch.pages(pages_of(pages));
    }
    if let Some(pointer) = text(flow, "expand").map(str::to_owned) {
        fetch = fetch.expand(move |item| item.pointer(&pointer).unwrap().as_array().unwrap().clone());
    }
    for (name, value) in flow["with"].as_object().into_iter().flatten() {
        fetch = fetch.with(forever(name), value.clone());
    }
    match flow["in_chunks"].as_u64() {
        Some(bytes) => fetch.in_chunks(u32::try_from(bytes).unwrap()),
        None => fetch,
    }
}

fn label_of(item: &Value) -> String {
    item["name"].as_str().unwrap_or_default().to_owned()
}

fn report_of(flow: &Value) -> Report {
    only(flow, &["report", "id", "poll", "status", "location", "poll_every_ms", "give_up_after_ms", "download"]);
    let poll = flow["poll"].as_str().unwrap().to_owned();
    let status = &flow["status"];
    let mut report = Report::new(request_of(&flow["report"]), flow["id"].as_str().unwrap(), move |id| {
        Request::get(poll.replace("{id}", id))
    })
    .status(status["pointer"].as_str().unwrap(), texts(status, "ready"), texts(status, "failed"));
    if let Some(pointer) = text(flow, "location") {
        report = report.location(pointer);
    }
    if let Some(ms) = flow["poll_every_ms"].as_u64() {
        report = report.poll_every_ms(ms);
    }
    if let Some(ms) = flow["give_up_after_ms"].as_u64() {
        report = report.give_up_after_ms(ms);
    }
    match flow.get("download").cloned() {
        Some(download) => report.download(move |ready| fetch_of(&filled(&download, "{location}", &ready.location))),
        None => report,
    }
}

fn each_of(flow: &Value) -> Each {
    only(flow, &["each", "items", "pages", "keep", "batches_of", "do"]);
    let keep = flow["keep"].as_str().unwrap().to_owned();
    let inner = flow["do"].clone();
    let size = usize::try_from(flow["batches_of"].as_u64().unwrap()).unwrap();
    let mut listed =
        Each::listed(request_of(&flow["each"]), items_of(&flow["items"]), move |item| item.pointer(&keep).cloned());
    if let Some(pages) = flow.get("pages") {
        listed = listed.pages(pages_of(pages));
    }
    listed.batches_of(size, move |batch| flow_of(&filled(&inner, "{batch}", &json!(batch).to_string())))
}

/// The flow with a text in place of a placeholder, wherever that stands.
fn filled(flow: &Value, placeholder: &str, text: &str) -> Value {
    match flow {
        Value::String(value) => json!(value.replace(placeholder, text)),
        Value::Array(values) => values.iter().map(|value| filled(value, placeholder, text)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(value, placeholder, text))).collect()
        }
        other => other.clone(),
    }
}
