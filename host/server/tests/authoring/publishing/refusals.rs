//! What is refused, and what a person is told.

use std::fs;

use super::{push, with};
use crate::registry::{NAME, Registry};
use crate::support::{Beacon, plugin};

const WASM_CONFIG: &str = "application/vnd.wasm.config.v0+json";
const WASM: &str = "application/wasm";

/// Tries to pull, and shows that nothing was written.
fn pull_in_vain(beacon: &Beacon, reference: &str) -> String {
    let said = with(beacon, &["pull", reference, "--output", "pulled.wasm"]).failed();
    assert!(!beacon.folder().join("pulled.wasm").exists(), "{said}");
    assert!(!beacon.folder().join("pulled.wasm.minisig").exists(), "{said}");
    said
}

#[test]
fn bytes_that_were_changed_in_the_registry_are_refused() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    push(&beacon, &registry);
    let component = registry.blob(&registry.layer_of("0.1.0"));
    let good = fs::read(&component).unwrap();
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    fs::write(&component, bad).unwrap();
    let said = pull_in_vain(&beacon, &registry.tagged("0.1.0"));
    assert!(said.contains("is not what its digest says"), "{said}");
    fs::write(&component, good).unwrap();

    let digest = registry.digest_of("0.1.0");
    let manifest = registry.blob(&digest);
    let bad = fs::read_to_string(&manifest).unwrap().replace("\"0.1.0\"", "\"0.1.1\"");
    fs::write(&manifest, bad).unwrap();
    for reference in [registry.tagged("0.1.0"), format!("{}/{NAME}@{digest}", registry.host())] {
        let said = pull_in_vain(&beacon, &reference);
        assert!(said.contains("is not what its digest says"), "{said}");
    }
}

#[test]
fn what_is_no_plugin_is_told_by_name() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    let tar = "application/vnd.oci.image.layer.v1.tar+gzip";
    let page = b"<!doctype html>".as_slice();
    registry.push("image", "application/vnd.oci.image.config.v1+json", &[(tar, page)], |_| {});
    registry.push("older", "application/vnd.wasm.config.v1+json", &[(WASM, page)], |_| {});
    registry.push("tar", WASM_CONFIG, &[(tar, page)], |_| {});
    registry.push("two", WASM_CONFIG, &[(WASM, page), (WASM, b"\0asm")], |_| {});
    registry.push("page", WASM_CONFIG, &[(WASM, page)], |_| {});
    registry.push("module", WASM_CONFIG, &[(WASM, b"\0asm\x01\0\0\0")], |_| {});
    registry.push("large", WASM_CONFIG, &[(WASM, page)], |manifest| manifest.layers[0].size = 33 << 20);
    registry.push("liar", WASM_CONFIG, &[(WASM, page)], |manifest| manifest.layers[0].size = 3);
    for (tag, expected) in [
        ("image", "it is a container image, not a plugin"),
        ("older", "its configuration has the type \"application/vnd.wasm.config.v1+json\""),
        ("tar", "its layer has the type \"application/vnd.oci.image.layer.v1.tar+gzip\", not \"application/wasm\""),
        ("two", "it has 2 layers, not one"),
        ("page", "the file is a web page"),
        ("module", "core WebAssembly module, not a component"),
        ("large", "the plugin has 34603008 bytes; at most 33554432 are taken"),
        ("liar", "sends more than the 3 bytes that it listed"),
    ] {
        let said = pull_in_vain(&beacon, &registry.tagged(tag));
        assert!(said.contains(expected), "{tag}: {said}");
    }
}

#[test]
fn an_unknown_version_is_answered_with_those_that_there_are() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    push(&beacon, &registry);
    with(&beacon, &["push", &registry.tagged("latest"), "dist/beacon.wasm"]).done();
    let said = pull_in_vain(&beacon, &registry.tagged("9.9.9"));
    assert!(said.contains("there is no 9.9.9") && said.contains("there are latest, 0.1.0"), "{said}");
    let said = pull_in_vain(&beacon, &format!("{}/{NAME}@sha256:{}", registry.host(), "a".repeat(64)));
    assert!(said.contains("there are latest, 0.1.0"), "{said}");
    let said = pull_in_vain(&beacon, &format!("{}/{NAME}", registry.host()));
    assert!(said.contains("name a version of") && said.contains("there are latest, 0.1.0"), "{said}");
    let said = pull_in_vain(&beacon, &format!("{}/acme/lantern:1.0.0", registry.host()));
    assert!(said.contains("has nothing of this name"), "{said}");
}

#[test]
fn a_registry_that_cannot_be_spoken_to_is_told_with_the_cause() {
    let beacon = Beacon::new();
    let said = beacon.plugin(&["pull", "registry.invalid/acme/beacon:0.1.0"]).failed();
    assert!(said.contains("registry.invalid cannot be reached: failed to lookup address"), "{said}");
    let said = with(&beacon, &["pull", "127.0.0.1:1/acme/beacon:0.1.0"]).failed();
    assert!(said.contains("127.0.0.1:1 cannot be reached: Connection refused"), "{said}");
    let said = with(&beacon, &["pull", "registry.invalid/acme/beacon:0.1.0"]).failed();
    assert!(said.contains("registry.invalid is not on this machine"), "{said}");
    let Some(registry) = Registry::start() else { return };
    let said = beacon.plugin(&["pull", &registry.tagged("0.1.0")]).failed();
    assert!(said.contains("add --plain-http"), "{said}");
}

#[test]
fn only_a_plugin_is_pushed_and_only_to_a_registry_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let said = plugin(folder.path(), ["push", "registry.invalid/acme/x", "x.wasm"]).failed();
    assert!(said.contains("the plugin x.wasm is refused") && said.contains("not a component"), "{said}");
    for reference in ["beacon:1.0.0", "acme/beacon", "https://registry.invalid/beacon"] {
        let said = plugin(folder.path(), ["push", reference, "x.wasm"]);
        assert!(said.code == 2 && said.err.contains("registry.example.com/acme/beacon:1.2.0"), "{said:?}");
    }
}
