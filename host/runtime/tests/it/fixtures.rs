//! The gate of a plugin's own fixtures.

use relink_core::reason::Reason;
use relink_fixtures::SECTION;
use relink_fixtures::contract::REASONS;
use relink_runtime::{Compile, Gate, Limits, Loader, LoaderConfig, Plugin, Proof, Refusal};
use serde_json::{Value, json};
use wasm_encoder::{ComponentSection, CustomSection};

use crate::guest::{Guest, LOOP, limits, load_bytes};
use crate::hot_load::Scene;

/// An honest guest that carries `section`.
fn carrying(guest: &Guest, section: &[u8]) -> Vec<u8> {
    let mut component = guest.component();
    CustomSection { name: SECTION.into(), data: section.into() }.append_to_component(&mut component);
    component
}

fn packed(fixtures: &[Value]) -> Vec<u8> {
    let packed =
        |(line, fixture): (usize, &Value)| json!({"file": "fixtures/a.json", "line": line, "fixture": fixture});
    serde_json::to_vec(&fixtures.iter().enumerate().map(packed).collect::<Vec<_>>()).unwrap()
}

/// A fact about the honest guest.
fn lapsed() -> Value {
    json!({
        "about": "a lapsed subscription",
        "failure": {"phase": "sync", "status": 403, "body": {"error": "subscription"}},
        "diagnosis": {"reason": "provider-specific", "code": "acme.subscription-lapsed"},
    })
}

fn wrong() -> Value {
    let diagnosis = json!({"reason": "provider-specific", "code": "acme.other"});
    json!({"about": "a wrong fact", "failure": {"phase": "sync", "status": 403}, "diagnosis": diagnosis})
}

#[track_caller]
fn check(loaded: Result<Plugin, Refusal>, expected: &str) {
    let refusal = loaded.unwrap_err();
    assert_eq!(refusal.gate, Gate::Fixtures, "{refusal}");
    assert!(refusal.found.contains(expected), "{refusal}");
}

fn loader(limits: &Limits, proof: Proof) -> Loader {
    let (compile, supported_features) = (Compile::Here, Vec::new());
    Loader::new(LoaderConfig { limits: *limits, cache_dir: None, compile, proof, supported_features }).unwrap()
}

#[test]
fn a_plugin_that_does_what_its_fixtures_show_is_taken() {
    let plugin = load_bytes(&carrying(&Guest::default(), &packed(&[lapsed()]))).unwrap();
    assert!(plugin.carries_fixtures());
    assert!(!load_bytes(&Guest::default().component()).unwrap().carries_fixtures());
}

#[test]
fn a_fixture_that_does_not_hold_is_named_with_the_difference() {
    let component = carrying(&Guest::default(), &packed(&[lapsed(), wrong()]));
    check(load_bytes(&component), "\"a wrong fact\" (fixtures/a.json:1) does not hold");
    check(load_bytes(&component), "code: expected \"acme.other\", found \"acme.subscription-lapsed\"");
    // An author's commands show what does not hold, and so have to get that far.
    assert!(loader(&limits(), Proof::Spared).load(&component).is_ok());
}

#[test]
fn reasons_are_those_of_the_contract() {
    let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, REASONS);
}

#[test]
fn a_panic_is_told_in_its_own_words() {
    let said = "panicked at src/lib.rs:173:47:\nno such campaign";
    let panics = format!("(call $log (i32.const 3) (i32.const 70000) (i32.const {})) unreachable", said.len());
    let imports = r#"(import "relink:plugin/diag@0.2.0" "log" (func $log (param i32 i32 i32)))"#;
    let extra = format!(r#"(data (i32.const 70000) "{}")"#, said.replace('\n', "\\n"));
    let guest = Guest { imports: imports.to_owned(), classify: Some(panics), extra, ..Guest::default() };
    check(
        load_bytes(&carrying(&guest, &packed(&[lapsed()]))),
        "classify: panicked at src/lib.rs:173:47: no such campaign",
    );
}

#[test]
fn fixtures_that_are_none_are_refused() {
    check(load_bytes(&carrying(&Guest::default(), b"nonsense")), "cannot be read");
    check(load_bytes(&carrying(&Guest::default(), &packed(&[json!({"abuot": "x"})]))), "unknown field `abuot`");
    let nested = "[".repeat(100_000);
    check(load_bytes(&carrying(&Guest::default(), nested.as_bytes())), "cannot be read");
}

#[test]
fn fixtures_are_bounded_in_size_number_and_time() {
    let few = Limits { fixtures: 2, ..limits() };
    let three = carrying(&Guest::default(), &packed(&[lapsed(), lapsed(), lapsed()]));
    check(loader(&few, Proof::Fixtures).load(&three), "it has 3 fixtures");
    let small = Limits { fixtures_bytes: 100, ..limits() };
    check(loader(&small, Proof::Fixtures).load(&three), "bytes");
    let hurried = Limits { fixtures_time: limits().step_deadline, ..limits() };
    let endless = Guest { classify: Some(LOOP.to_owned()), ..Guest::default() };
    check(loader(&hurried, Proof::Fixtures).load(&carrying(&endless, &packed(&[lapsed()]))), "was stopped after");
    let waiting = Guest { step_out: waiting(), ..Guest::default() };
    let steps =
        json!({"about": "waits for ever", "operation": "probe", "exchange": vec![json!({"wait_ms": 5}); 9_999]});
    let hurried = Limits { fixtures_time: std::time::Duration::from_millis(1), ..limits() };
    check(loader(&hurried, Proof::Fixtures).load(&carrying(&waiting, &packed(&[steps]))), "the time for all fixtures");
}

fn waiting() -> Value {
    let mut out = crate::guest::step_out();
    out["next"] = json!({"wait-ms": 5});
    out["found"] = json!([]);
    out
}

#[test]
fn fixtures_are_replayed_once_and_not_at_every_start() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &carrying(&Guest::default(), &packed(&[lapsed()])));
    assert!(scene.registry.get("acme").unwrap().carries_fixtures());
    assert_eq!(scene.registry.get("acme").unwrap().peak_memory(), 4 << 16, "they were replayed in the sandbox");
    scene.restart();
    let plugin = scene.registry.get("acme").unwrap();
    assert!(plugin.carries_fixtures());
    assert_eq!(plugin.peak_memory(), 0, "nothing was called");
}
