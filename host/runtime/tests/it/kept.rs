//! Plugins that were built for released versions of the contract: they load, and answer as before.
//!
//! "As before" is what the same plugin answers when it is built for the newest version. The states of
//! the two are the SDK's own matter, so each plugin goes on from its own.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::read::GzDecoder;
use relink_core::plugin::{
    Context, Event, Facts, Failure, Field, Next, Operation, Phase, Response, Slice, StepOut, TransportFailure,
    TransportKind, Window,
};
use relink_runtime::Plugin;
use serde::Deserialize;
use serde_json::Value;

use crate::guest::{NOW, load_bytes, message};

/// What the fixtures of the plugin say goes in; what has to come out is their own tests' matter.
#[derive(Deserialize)]
struct Fixture {
    about: String,
    failure: Option<Failing>,
    operation: Option<Value>,
    #[serde(default)]
    context: Surroundings,
    #[serde(default)]
    exchange: Vec<Exchanged>,
}

#[derive(Deserialize)]
struct Failing {
    phase: Phase,
    #[serde(default)]
    auth_method: String,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
    unanswered: Option<TransportKind>,
    redirect_query: Option<String>,
    account: Option<String>,
    #[serde(default)]
    facts: Facts,
}

#[derive(Deserialize, Default)]
struct Surroundings {
    account: Option<String>,
    auth_method: Option<String>,
}

#[derive(Deserialize)]
struct Exchanged {
    answer: Answered,
}

#[derive(Deserialize)]
struct Answered {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Value,
}

fn kept() -> Plugin {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/ahrefs-0.1.wasm.gz");
    let mut component = Vec::new();
    GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut component).unwrap();
    load_bytes(&component).unwrap()
}

fn newest() -> Plugin {
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("plugins");
    let folder = env::var_os("RELINK_TEST_PLUGINS").map_or(beside, PathBuf::from);
    load_bytes(&fs::read(folder.join("ahrefs.wasm")).expect("`cargo xtask guests` builds the plugins")).unwrap()
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/ahrefs/fixtures");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    files.flat_map(|file| serde_json::from_slice::<Vec<Fixture>>(&file).unwrap()).collect()
}

#[test]
fn a_plugin_of_0_1_describes_itself_as_that_of_today_does() {
    assert_eq!(kept().descriptor(), newest().descriptor());
}

#[test]
fn a_plugin_of_0_1_explains_every_failure_as_that_of_today_does() {
    let (kept, newest) = (kept(), newest());
    let failing: Vec<_> = fixtures().into_iter().filter_map(|one| Some((one.about, one.failure?))).collect();
    assert!(failing.len() > 10, "the plugin has a fixture for each of its rules");
    for (about, failing) in failing {
        let failure = failure_of(failing);
        let diagnosis = kept.classify(failure.clone()).unwrap();
        assert_eq!(diagnosis, newest.classify(failure).unwrap(), "{about}");
    }
}

#[test]
fn a_plugin_of_0_1_fetches_as_that_of_today_does() {
    let (kept, newest) = (kept(), newest());
    let mut finished = 0;
    for fixture in fixtures() {
        let Some(operation) = &fixture.operation else { continue };
        let context = context_of(&fixture.context, &newest);
        let mut event = Event::Start(operation_of(operation));
        let mut answers = fixture.exchange.iter();
        let mut states = (Vec::new(), Vec::new());
        loop {
            let before = kept.step(context.clone(), &states.0, event.clone()).unwrap();
            let now = newest.step(context.clone(), &states.1, event).unwrap();
            assert_eq!(without_state(&before), without_state(&now), "{}", fixture.about);
            states = (before.state, now.state);
            let (Next::Send(_), Some(exchanged)) = (now.next, answers.next()) else { break };
            event = Event::Answered(response_of(&exchanged.answer));
        }
        finished += 1;
    }
    assert!(finished > 5, "the plugin has a fixture for each of its operations");
}

#[test]
fn what_came_later_does_a_plugin_of_0_1_no_harm() {
    let kept = kept();
    assert_eq!(kept.migrate("0.0.9", b"anything").unwrap(), None);
    assert_eq!(kept.receive(message()).unwrap(), []);
}

fn without_state(out: &StepOut) -> StepOut {
    StepOut { state: Vec::new(), ..out.clone() }
}

fn failure_of(failing: Failing) -> Failure {
    let unanswered = |kind| TransportFailure { kind, detail: "recorded".to_owned() };
    Failure {
        now: NOW,
        phase: failing.phase,
        auth_method: failing.auth_method,
        status: failing.status,
        headers: fields(&failing.headers),
        body: bytes(&failing.body),
        transport: failing.unanswered.map(unanswered),
        redirect_query: failing.redirect_query,
        dataset: None,
        account: failing.account,
        facts: failing.facts,
    }
}

fn context_of(surroundings: &Surroundings, plugin: &Plugin) -> Context {
    let first = &plugin.descriptor().auth[0].id;
    Context {
        now: NOW,
        seed: vec![7; 16],
        config: "{}".to_owned(),
        auth_method: surroundings.auth_method.as_ref().unwrap_or(first).clone(),
        account: surroundings.account.clone(),
    }
}

fn operation_of(operation: &Value) -> Operation {
    let Some(sync) = operation.get("sync") else {
        return serde_json::from_value(operation.clone()).unwrap();
    };
    let dataset = sync["dataset"].as_str().unwrap().to_owned();
    let window = sync.get("since").map(|_| serde_json::from_value::<Window>(sync.clone()).unwrap());
    Operation::Sync(Slice { dataset, window })
}

fn response_of(answer: &Answered) -> Response {
    Response { status: answer.status, headers: fields(&answer.headers), body: bytes(&answer.body), more: false }
}

fn fields(headers: &BTreeMap<String, String>) -> Vec<Field> {
    headers.iter().map(|(name, value)| Field::new(name.to_lowercase(), value)).collect()
}

/// As fixtures mean it: a text stands for itself, and anything else for its JSON.
fn bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        document => document.to_string().into_bytes(),
    }
}
