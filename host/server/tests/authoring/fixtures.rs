//! `relink plugin test` and `bench`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Beacon, plugin};

#[test]
fn the_fixtures_of_a_new_project_hold_in_the_sandbox() {
    let beacon = Beacon::new();
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).done();
    assert_eq!(said, "beacon 0.1.0: 7 of 7 fixtures hold.\n");
}

#[test]
fn what_differs_is_shown_with_its_place_and_the_command_fails() {
    let beacon = Beacon::new();
    beacon.edit("operations.json", |text| text.replace("\"clicks\": 12,", "\"clicks\": 13,"));
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).failed();
    assert!(said.contains("rows[0].clicks: expected 13, found 12"), "{said}");
    assert!(said.contains("fixtures/operations.json:69: two pages of clicks"), "{said}");
    assert!(said.contains("6 of 7 fixtures hold."), "{said}");
}

#[test]
fn programs_read_the_outcome_as_json() {
    let beacon = Beacon::new();
    beacon.edit("diagnoses.json", |text| text.replace("plan-too-small", "plan-too-big"));
    let said = beacon.plugin(&["test", "dist/beacon.wasm", "--json"]);
    let report = said.json();
    assert_eq!((said.code, &report["passed"], &report["failed"]), (1, &6.into(), &1.into()), "{report}");
    let difference = report["failures"][0]["differences"][0].as_str().unwrap();
    assert_eq!(difference, "code: expected \"beacon.plan-too-big\", found \"beacon.plan-too-small\"");
}

#[test]
fn a_mistake_in_a_fixture_is_shown_with_its_line() {
    let beacon = Beacon::new();
    beacon.edit("operations.json", |text| text.replacen("\"operation\": \"probe\"", "\"operation\": \"prove\"", 1));
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).failed();
    assert!(said.contains("fixtures/operations.json:4:"), "{said}");
    assert!(said.contains("unknown variant `prove`, expected one of `probe`"), "{said}");
}

#[test]
fn a_reason_that_there_is_not_is_answered_with_those_that_there_are() {
    let beacon = Beacon::new();
    beacon.edit("diagnoses.json", |text| {
        text.replacen("\"reason\": \"provider-specific\"", "\"reason\": \"provider\"", 1)
    });
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).failed();
    assert!(said.contains("reason: there is no \"provider\"; there are: invalid-credentials, "), "{said}");
}

#[test]
fn what_no_fixture_shows_is_named() {
    let beacon = Beacon::new();
    std::fs::remove_file(beacon.folder().join("fixtures/operations.json")).unwrap();
    let said = beacon.plugin(&["test", "dist/beacon.wasm"]).failed();
    let expected = "No fixture shows: dataset clicks, operation probe, operation identify, operation accounts.";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn every_call_is_measured_and_the_memory_too() {
    let beacon = Beacon::new();
    let report = beacon.plugin(&["bench", "dist/beacon.wasm", "--rounds", "2", "--json"]).json();
    let calls: Vec<&str> =
        report["calls"].as_array().unwrap().iter().map(|timing| timing["call"].as_str().unwrap()).collect();
    assert_eq!(calls, ["describe", "classify", "step"]);
    for timing in report["calls"].as_array().unwrap() {
        let (median, high) = (timing["p50_us"].as_f64().unwrap(), timing["p99_us"].as_f64().unwrap());
        assert!(0.0 < median && median <= high, "{report}");
    }
    let page = 64 * 1024;
    assert!(report["peak_memory_bytes"].as_u64().unwrap() >= page, "{report}");
    assert!(report["component_bytes"].as_u64().unwrap() > 100_000 && report["compile_ms"].as_u64().unwrap() > 0);
}

#[test]
fn every_bundled_plugin_passes_its_fixtures_in_the_sandbox() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("plugins");
    let components = env::var_os("RELINK_TEST_PLUGINS").map_or(beside, PathBuf::from);
    let built = fs::read_dir(&components).expect("`cargo xtask guests` builds the plugins");
    let built: Vec<PathBuf> = built.map(|entry| entry.unwrap().path()).collect();
    assert!(!built.is_empty(), "`cargo xtask guests` builds the plugins");
    for component in built {
        let name = component.file_stem().and_then(|name| name.to_str()).unwrap();
        let fixtures = plugins.join(name).join("fixtures");
        let arguments = ["test".as_ref(), component.as_os_str(), "--fixtures".as_ref(), fixtures.as_os_str()];
        plugin(&plugins, arguments).done();
    }
}
