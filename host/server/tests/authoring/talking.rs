//! `relink plugin run` and `record`.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::provider::{self, TOKEN};
use crate::support::{Beacon, Said, build, plugin, relink, said};

const CLICKS: [&str; 8] = ["--dataset", "clicks", "--account", "a1", "--since", "2026-05-01", "--until", "2026-05-02"];

/// Runs a command against the provider with the secret from the environment.
fn talk(beacon: &Beacon, command: &str, token: &str, arguments: &[&str]) -> Said {
    let route = provider::start();
    let mut relink = relink(beacon.folder());
    relink.args(["plugin", command, "dist/beacon.wasm", "--route", &route]).args(arguments);
    said(relink.env("PLUGIN_SECRET_ACCESS_TOKEN", token))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn rows_come_as_json_lines_with_a_summary_beside_them() {
    let said = talk(&Beacon::new(), "run", TOKEN, &CLICKS);
    assert!(said.err.contains("3 lines found with 2 requests."), "{said:?}");
    let rows = lines(&said.done());
    assert_eq!((&rows[0]["campaign_id"], &rows[0]["spend"]), (&"c1".into(), &2.5.into()));
    assert_eq!(rows[1]["campaign_id"], "[redacted]");
}

#[test]
fn accounts_are_found_before_there_is_one() {
    let found = lines(&talk(&Beacon::new(), "run", TOKEN, &["--operation", "accounts"]).done());
    assert_eq!((found.len(), &found[0]["id"], &found[0]["label"]), (1, &"a1".into(), &"Example Inc".into()));
}

#[test]
fn a_secret_can_stand_in_a_file() {
    let beacon = Beacon::new();
    fs::write(beacon.folder().join("secrets.toml"), format!("access_token = \"{TOKEN}\"")).unwrap();
    let route = provider::start();
    let arguments =
        ["run", "dist/beacon.wasm", "--operation", "identify", "--secrets", "secrets.toml", "--route", &route];
    assert_eq!(lines(&beacon.plugin(&arguments).done())[0]["subject"], "u1");
}

#[test]
fn a_missing_secret_is_named_before_anything_is_sent() {
    let said = Beacon::new().plugin(&["run", "dist/beacon.wasm", "--operation", "probe"]).failed();
    assert!(said.contains("\"access_token\"") && said.contains("PLUGIN_SECRET_ACCESS_TOKEN"), "{said}");
}

#[test]
fn a_refusal_is_shown_as_people_would_be_told() {
    let said = talk(&Beacon::new(), "run", "another-token", &["--operation", "probe"]).failed();
    assert!(said.contains("People would be told:") && said.contains("Reason:"), "{said}");
    assert!(!said.contains("another-token"), "{said}");
}

#[test]
fn a_dataset_account_or_window_that_cannot_be_is_refused_with_what_can() {
    let beacon = Beacon::new();
    let said = talk(&beacon, "run", TOKEN, &["--dataset", "clacks", "--account", "a1"]).failed();
    assert!(said.contains("no dataset \"clacks\"; there are: clicks"), "{said}");
    let without_account = talk(&beacon, "run", TOKEN, &["--dataset", "clicks"]);
    assert!(without_account.code == 2 && without_account.err.contains("--account"), "{without_account:?}");
    let year = ["--dataset", "clicks", "--account", "a1", "--since", "2025-01-01", "--until", "2025-12-31"];
    let said = talk(&beacon, "run", TOKEN, &year).failed();
    assert!(said.contains("at most 31 days at a time, not 365"), "{said}");
}

#[test]
fn a_recording_has_no_secret_in_any_spelling_and_passes_as_a_fixture() {
    let beacon = Beacon::new();
    let said = talk(&beacon, "record", TOKEN, &CLICKS).done();
    assert!(said.contains("2 exchanges, 3 rows."), "{said}");
    let text = fs::read_to_string(beacon.folder().join("fixtures/recorded-clicks.json")).unwrap();
    let encoded = STANDARD.encode(format!("Bearer {TOKEN}"));
    for secret in [TOKEN, &encoded[10..]] {
        assert!(!text.contains(secret), "{text}");
    }
    let fixture: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(fixture["exchange"][1]["request"]["query"]["cursor"], "p2");
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).done();
    assert!(said.contains("8 of 8 fixtures hold."), "{said}");
}

#[test]
fn a_recorded_failure_keeps_its_diagnosis() {
    let beacon = Beacon::new();
    talk(&beacon, "record", "another-token", &["--operation", "probe", "--about", "a dead token"]).done();
    let text = fs::read_to_string(beacon.folder().join("fixtures/recorded-probe.json")).unwrap();
    let fixture: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&fixture["about"], &fixture["ends"]), (&"a dead token".into(), &"failed".into()));
    assert!(fixture["diagnosis"]["code"].is_string() && !text.contains("another-token"), "{text}");
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).done();
    assert!(said.contains("8 of 8 fixtures hold."), "{said}");
}

#[test]
fn a_web_page_in_place_of_an_answer_can_be_recorded_and_blames_nobody() {
    let beacon = Beacon::new();
    let walled = ["--dataset", "clicks", "--account", "walled"];
    let said = talk(&beacon, "run", TOKEN, &walled).failed();
    assert!(said.contains("provider-outage") && said.contains("Who acts: nobody"), "{said}");
    let said = talk(&beacon, "record", TOKEN, &walled).done();
    assert!(said.contains("It ended as a failure"), "{said}");
    beacon.plugin(&["test", "dist/beacon.wasm"]).done();
}

#[test]
fn a_recording_never_replaces_a_file() {
    let beacon = Beacon::new();
    let arguments = ["--operation", "identify", "--out", "plugin.toml"];
    let said = talk(&beacon, "record", TOKEN, &arguments).failed();
    assert!(said.contains("plugin.toml exists already"), "{said}");
}

#[test]
fn what_a_plugin_refuses_is_for_the_operator_and_a_panic_is_told_in_its_words() {
    let probe = "Fetch::probe(Request::get(format!(\"{API}/me\"))).into()";
    let refused = "Flow::refused(\"the setting region is missing\")";
    let (project, built) = build("refusing", |source| {
        assert!(source.contains(probe) && source.contains("Some(Identity {"), "{source}");
        let source = source.replacen(probe, refused, 1);
        source.replacen(
            "Some(Identity {",
            "assert!(me.is_array(), \"no such person\");\n            Some(Identity {",
            1,
        )
    });
    assert!(built.failed().contains("refused at the gate `fixtures`"));
    let run = ["plugin", "run", "dist/refusing.wasm", "--operation", "probe"];
    let told = said(relink(&project).args(run).env("PLUGIN_SECRET_ACCESS_TOKEN", TOKEN)).failed();
    assert!(told.contains("It failed: the setting region is missing"), "{told}");
    assert!(told.contains("host.plugin-refused") && told.contains("Who acts: operator"), "{told}");
    let told = plugin(&project, ["test", "dist/refusing.wasm"]).failed();
    assert!(told.contains("step: panicked at src/lib.rs:") && told.contains("no such person"), "{told}");
}
