//! Runs the cases of `sdk/conformance`, which say what the SDK of every language must do alike.
//!
//! A case is JSON; each block has a runner here that turns it into calls of this SDK. Members that no
//! runner knows are refused, so a case cannot be skipped by a slip of the pen.

mod auth;
mod descriptor;
mod flow;
mod inbound;
mod messages;
mod read;
mod rule;

use std::fs;
use std::path::Path;

use relink_fixtures::{Diagnosed, Failing, Surroundings, differences};
use serde::Deserialize;
use serde_json::{Value, json};

use self::auth::auth_of;
use self::descriptor::{dataset_json, described};
use self::read::{Shown, column_of, items_of, request_of, sent_json, table_of};
use super::convert;
use crate::{Descriptor, ErrorTable, Grant, Window, day_plus};

/// The cases of a file. A member that is null counts as given, which `Option` cannot tell.
#[track_caller]
fn cases<T: for<'de> Deserialize<'de>>(file: &str) -> Vec<(String, T)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let documents: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!documents.is_empty(), "{file} holds no case");
    let read = |mut document: Value| {
        let about = document.as_object_mut().unwrap().remove("about").unwrap().as_str().unwrap().to_owned();
        let case = serde_json::from_value(document).unwrap_or_else(|error| panic!("{file}: {about}: {error}"));
        (about, case)
    };
    documents.into_iter().map(read).collect()
}

/// Runs every case of a file and panics with what differs.
#[track_caller]
fn check<T: for<'de> Deserialize<'de>>(file: &str, run: impl Fn(T) -> Vec<String>) {
    let wrong: Vec<String> = cases::<T>(file)
        .into_iter()
        .flat_map(|(about, case)| run(case).into_iter().map(move |line| format!("{about}: {line}")))
        .collect();
    assert!(wrong.is_empty(), "\n    {}", wrong.join("\n    "));
}

fn exact(document: Value, text: Option<&str>) -> Value {
    text.map_or(document, |text| serde_json::from_str(text).unwrap())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnCase {
    column: Value,
    #[serde(default)]
    item: Value,
    item_text: Option<String>,
    #[serde(default)]
    value: Value,
    value_text: Option<String>,
}

#[test]
fn columns() {
    check("columns.json", |case: ColumnCase| {
        let item = exact(case.item, case.item_text.as_deref());
        let expected = exact(case.value, case.value_text.as_deref());
        differences("value", &expected, &column_of(&case.column).read(&item))
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableCase {
    table: Value,
    #[serde(default)]
    items: Vec<Value>,
    rows: Option<Vec<Value>>,
    dataset: Option<Value>,
}

#[test]
fn tables() {
    check("tables.json", |case: TableCase| {
        let table = table_of(&case.table);
        let rows: Vec<Value> = case.items.iter().filter_map(|item| table.row(item)).collect();
        let mut wrong = case.rows.map_or_else(Vec::new, |expected| differences("rows", &json!(expected), &json!(rows)));
        wrong.extend(
            case.dataset.iter().flat_map(|expected| differences("dataset", expected, &dataset_json(&table.dataset()))),
        );
        wrong
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemsCase {
    items: Value,
    #[serde(default)]
    body: String,
    chunks: Option<Vec<String>>,
    #[serde(default)]
    found: Vec<Value>,
    #[serde(default)]
    fails: bool,
}

#[test]
fn items() {
    check("items.json", |case: ItemsCase| {
        let items = items_of(&case.items);
        let mut header = None;
        let read = match &case.chunks {
            None => items.decode(case.body.as_bytes()),
            Some(chunks) => chunks.iter().try_fold(Vec::new(), |mut found, chunk| {
                found.extend(items.decode_chunk(chunk.as_bytes(), &mut header)?);
                Ok(found)
            }),
        };
        match read {
            Ok(found) if !case.fails => differences("found", &json!(case.found), &json!(found)),
            Err(_) if case.fails => Vec::new(),
            other => vec![format!("expected fails: {}, found {other:?}", case.fails)],
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestCase {
    request: Value,
    sent: Value,
}

#[test]
fn requests() {
    check("requests.json", |case: RequestCase| {
        let shown = if case.sent["body"].is_object() { Shown::Json } else { Shown::Text };
        differences("sent", &case.sent, &sent_json(&request_of(&case.request), shown))
    });
}

#[test]
fn flows() {
    check("flows.json", flow::run);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitCase {
    failure: Failing,
    ms: Option<u64>,
}

#[test]
fn waits() {
    check("waits.json", |case: WaitCase| {
        let found = convert::failure(case.failure.to_failure().unwrap()).retry_after_ms();
        differences("ms", &json!(case.ms), &json!(found))
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadingCase {
    failure: Failing,
    /// Given as null, it says that there is no JSON; left out, it says nothing.
    #[serde(default = "not_asked")]
    json: Value,
    is_html: Option<bool>,
    #[serde(default)]
    body_param: serde_json::Map<String, Value>,
    #[serde(default)]
    redirect_param: serde_json::Map<String, Value>,
    #[serde(default)]
    header: serde_json::Map<String, Value>,
}

fn not_asked() -> Value {
    json!("not asked")
}

#[test]
fn readings() {
    check("readings.json", |case: ReadingCase| {
        let failure = convert::failure(case.failure.to_failure().unwrap());
        let mut wrong = Vec::new();
        if case.json != not_asked() {
            wrong.extend(differences("json", &case.json, &failure.json().unwrap_or_default()));
        }
        if case.is_html.is_some_and(|expected| expected != failure.is_html()) {
            wrong.push(format!("is_html: found {}", failure.is_html()));
        }
        for (name, expected) in &case.body_param {
            wrong.extend(differences(name, expected, &json!(failure.body_param(name))));
        }
        for (name, expected) in &case.redirect_param {
            wrong.extend(differences(name, expected, &json!(failure.redirect_param(name))));
        }
        for (name, expected) in &case.header {
            wrong.extend(differences(name, expected, &json!(failure.header(name))));
        }
        wrong
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiagnosisCase {
    #[serde(default)]
    rules: Vec<Value>,
    grant: String,
    failure: Failing,
    diagnosis: Value,
}

#[test]
fn diagnoses() {
    check("diagnoses.json", |case: DiagnosisCase| {
        let table = ErrorTable::new("acme", "Acme", case.rules.iter().map(rule::rule_of));
        let failure = convert::failure(case.failure.to_failure().unwrap());
        let found = convert::diagnosis(table.diagnose(&failure, rule::grant_of(&case.grant)));
        let mut expected = case.diagnosis;
        let named = expected.as_object_mut().unwrap();
        let message = named.remove("message");
        let retry_after_ms = named.contains_key("retry_after_ms").then(|| named["retry_after_ms"].clone());
        let mut wrong = serde_json::from_value::<Diagnosed>(expected).unwrap().differences(&found);
        wrong.extend(message.iter().flat_map(|message| differences("message", message, &json!(found.message))));
        // A wait that is null says that there must be none.
        wrong.extend(retry_after_ms.iter().flat_map(|ms| differences("ms", ms, &json!(found.retry_after_ms))));
        wrong
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantCase {
    auth: Vec<Value>,
    failure: Failing,
    grant: String,
}

#[test]
fn grants() {
    check("grants.json", |case: GrantCase| {
        let start = Descriptor::new("acme", "Acme", "1.0.0");
        let descriptor = case.auth.iter().map(auth_of).fold(start, Descriptor::auth);
        let found = Grant::of(&descriptor, &convert::failure(case.failure.to_failure().unwrap()));
        if found == rule::grant_of(&case.grant) { Vec::new() } else { vec![format!("grant: found {found:?}")] }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescriptorCase {
    plugin: Value,
    descriptor: Value,
}

#[test]
fn descriptors() {
    check("descriptors.json", |case: DescriptorCase| {
        differences("descriptor", &case.descriptor, &described(&case.plugin))
    });
}

#[test]
fn messages() {
    check("messages.json", messages::run);
}

#[test]
fn migrations() {
    check("migrations.json", |case: Value| messages::run_migration(&case));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextCase {
    #[serde(default)]
    context: Surroundings,
    #[serde(default)]
    setting: serde_json::Map<String, Value>,
    today: Option<String>,
    day_plus: Option<(String, i32)>,
    #[serde(default)]
    day: Value,
    window: Option<(String, String)>,
    #[serde(default)]
    days: Value,
}

#[test]
fn context() {
    check("context.json", |case: ContextCase| {
        let context = convert::context(&case.context.to_context().unwrap());
        let mut wrong: Vec<String> = case
            .setting
            .iter()
            .flat_map(|(name, expected)| differences(name, expected, &json!(context.setting(name))))
            .collect();
        wrong.extend(case.today.iter().flat_map(|day| differences("today", &json!(day), &json!(context.today()))));
        wrong.extend(
            case.day_plus.iter().flat_map(|(day, days)| differences("day", &case.day, &json!(day_plus(day, *days)))),
        );
        wrong.extend(
            case.window
                .into_iter()
                .flat_map(|(since, until)| differences("days", &case.days, &json!(Window { since, until }.each_day()))),
        );
        wrong
    });
}
