//! `relink plugin build` and `check`.

use std::fs;

use crate::support::{Beacon, build, plugin, relink, said};

#[test]
fn a_rust_project_builds_offline_and_every_gate_takes_it() {
    let beacon = Beacon::new();
    let said = beacon.plugin(&["check", "dist/beacon.wasm"]).done();
    assert!(said.contains("beacon 0.1.0 is a valid plugin"), "{said}");
    assert!(said.contains("talks to api.beacon.example") && said.contains("talks to login.beacon.example"), "{said}");
}

#[test]
fn a_manifest_that_says_otherwise_than_the_code_is_refused() {
    let beacon = Beacon::new();
    fs::write(beacon.folder().join("plugin.toml"), "id = \"beacon\"\nversion = \"9.0.0\"\nhosts = []").unwrap();
    let said = beacon.plugin(&["check", "dist/beacon.wasm"]).failed();
    assert!(said.contains("version is \"9.0.0\", not \"0.1.0\""), "{said}");
    assert!(said.contains("hosts are []"), "{said}");
}

#[test]
fn a_file_that_is_no_plugin_is_told_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let said = plugin(folder.path(), ["check", "x.wasm"]).failed();
    assert!(said.contains("expected:") && said.contains("fix:"), "{said}");
}

/// Checks a component, and then installs it; both must refuse it, in the same words.
fn refused(component: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("relink-data/plugins")).unwrap();
    fs::write(folder.path().join("beacon.wasm"), component).unwrap();
    let checked = plugin(folder.path(), ["check", "beacon.wasm"]).failed();
    let installed = plugin(folder.path(), ["install", "beacon.wasm"]).failed();
    let (_, refusal) = checked.split_once("refused at the gate").unwrap();
    assert!(installed.contains(refusal.trim()), "{checked}\n{installed}");
    assert_eq!(fs::read_dir(folder.path().join("relink-data/plugins")).unwrap().count(), 0);
    refusal.to_owned()
}

#[test]
fn a_feature_that_the_host_does_not_have_is_refused_at_installation() {
    let needy = |source: String| source.replacen(".auth(", ".requires(\"body:zip\").auth(", 1);
    let (project, said) = build("needy", needy);
    assert!(said.failed().contains("it was built, but no host would take it"));
    let said = refused(&fs::read(project.join("dist/needy.wasm")).unwrap());
    assert!(said.contains("`requires` names \"body:zip\", which this host does not have"), "{said}");
    assert!(said.contains("fix: update the host, or build the plugin without this feature"), "{said}");
}

#[test]
fn a_contract_of_the_future_is_refused_at_installation() {
    let mut component = fs::read(Beacon::new().folder().join("dist/beacon.wasm")).unwrap();
    let (today, future) = (b"@0.2.0", b"@0.9.0");
    let places: Vec<usize> =
        (0..component.len() - today.len()).filter(|at| component[*at..].starts_with(today)).collect();
    for at in places {
        component[at..at + future.len()].copy_from_slice(future);
    }
    let said = refused(&component);
    assert!(said.contains("@0.9.0") && said.contains("in version 0.1.x or 0.2.x"), "{said}");
    assert!(said.contains("fix: build with an SDK of a version that this host speaks"), "{said}");
}

#[test]
fn a_missing_tool_is_named_with_the_way_to_install_it() {
    for (lang, tool, help) in [
        ("rust", "cargo is missing", "rustup.rs"),
        ("ts", "node is missing", "apt-get install nodejs npm"),
        ("python", "Python 3.11 or later is missing", "apt-get install python3 python3-venv"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        plugin(folder.path(), ["new", "beacon", "--lang", lang]).done();
        let nowhere = tempfile::tempdir().unwrap();
        let said = said(relink(folder.path()).env("PATH", nowhere.path()).args(["plugin", "build", "beacon"])).failed();
        assert!(said.contains(tool) && said.contains(help), "{lang}: {said}");
    }
}

#[test]
fn a_folder_that_is_no_project_is_told_how_to_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = plugin(folder.path(), ["build"]).failed();
    assert!(said.contains("relink plugin new NAME"), "{said}");
}

#[test]
fn the_fixtures_travel_in_the_component_and_every_host_replays_them() {
    let beacon = Beacon::new();
    fs::remove_dir_all(beacon.folder().join("fixtures")).unwrap();
    let said = beacon.plugin(&["check", "dist/beacon.wasm"]).done();
    assert!(said.contains("carries its fixtures, and they hold"), "{said}");
    let file = beacon.folder().join("dist/beacon.wasm");
    let component = fs::read(&file).unwrap();
    fs::write(&file, replaced(component, b"\"clicks\":12", b"\"clicks\":13")).unwrap();
    let said = beacon.plugin(&["check", "dist/beacon.wasm"]).failed();
    assert!(said.contains("refused at the gate `fixtures`") && said.contains("\"two pages of clicks\""), "{said}");
    assert!(said.contains("rows[0].clicks: expected 13, found 12"), "{said}");
}

#[test]
fn a_component_without_fixtures_is_taken_with_a_warning() {
    let beacon = Beacon::new();
    let file = beacon.folder().join("dist/beacon.wasm");
    let component = fs::read(&file).unwrap();
    fs::write(&file, replaced(component, b"relink:fixtures", b"relink:somewhat")).unwrap();
    let checked = beacon.plugin(&["check", "dist/beacon.wasm"]);
    assert!(checked.err.contains("warning: it carries no fixtures"), "{checked:?}");
    checked.done();
}

/// The bytes with `from` replaced by `to`, which is as long, so that no length in them becomes wrong.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}
