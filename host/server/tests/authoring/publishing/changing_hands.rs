//! A plugin changes its publisher: by a word of the operator, and not by its removal.

use std::fs;

use super::installing::set_up_host;
use super::{change_bytes, sign};
use crate::support::{Beacon, Said};

fn on_host(beacon: &Beacon, arguments: &[&str]) -> Said {
    beacon.plugin(&[arguments, &["--config", "relink.toml"]].concat())
}

/// Moves the key away, and gives back the public half of one that signed instead.
fn sign_as_another(beacon: &Beacon) -> String {
    fs::remove_file(beacon.folder().join("acme.key")).unwrap();
    sign(beacon)
}

#[test]
fn the_list_says_whether_a_plugin_is_suspected_with_and_without_a_database() {
    let beacon = Beacon::new();
    set_up_host(&beacon, "plugin_trust.mode = \"unsigned\"\n");
    on_host(&beacon, &["install", "dist/beacon.wasm"]).done();
    let listed = on_host(&beacon, &["list", "--json"]).json();
    assert!(listed[0]["doubted"].is_null() && listed[0]["id"] == "beacon", "{listed}");
    assert!(!beacon.folder().join("relink-data/relink.db").exists(), "a list makes no database");
    let said = on_host(&beacon, &["trust-diagnoses", "beacon"]).failed();
    assert!(said.contains("nothing that beacon calls broken is held back"), "{said}");
    let said = on_host(&beacon, &["list"]).done();
    assert!(said.contains("beacon 0.1.0") && !said.contains("suspected"), "{said}");
    let said = on_host(&beacon, &["trust-diagnoses", "nobody"]).failed();
    assert!(said.contains("no plugin nobody is in service"), "{said}");
}

#[test]
fn another_publisher_follows_only_when_the_operator_forgets_the_first_one() {
    let beacon = Beacon::new();
    let first = sign(&beacon);
    let before = beacon.folder().join("before.wasm");
    fs::copy(beacon.folder().join("dist/beacon.wasm"), &before).unwrap();
    fs::copy(beacon.folder().join("dist/beacon.wasm.minisig"), beacon.folder().join("before.wasm.minisig")).unwrap();
    change_bytes(&beacon);
    let second = sign_as_another(&beacon);
    set_up_host(&beacon, &format!("[plugin_trust.publishers]\n\"Acme Inc\" = \"{first}\"\n\"Other\" = \"{second}\"\n"));

    on_host(&beacon, &["install", "before.wasm"]).done();
    let said = on_host(&beacon, &["forget", "beacon"]).failed();
    assert!(said.contains("remove it first"), "{said}");
    let said = on_host(&beacon, &["remove", "beacon"]).done();
    assert!(said.contains("Only Acme Inc may publish it here"), "{said}");
    let said = on_host(&beacon, &["install", "dist/beacon.wasm"]).failed();
    for words in ["it is signed by \"Other\"", "pinned", "`relink plugin forget beacon`"] {
        assert!(said.contains(words), "{words:?} is missing: {said}");
    }
    on_host(&beacon, &["install", "before.wasm"]).done();
    on_host(&beacon, &["remove", "beacon"]).done();

    on_host(&beacon, &["forget", "beacon"]).done();
    on_host(&beacon, &["install", "dist/beacon.wasm"]).done();
    let listed = on_host(&beacon, &["list", "--json"]).json();
    assert_eq!(listed[0]["publisher"].as_str(), Some("Other"));
}
