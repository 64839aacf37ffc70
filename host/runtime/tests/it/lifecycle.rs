//! What is remembered of a plugin: versions, publisher, grants. Stories with real files and signatures.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;

use minisign::KeyPair;
use relink_runtime::{Approval, Calls, ChangeError, Gate, ListingState, Package, Trust, TrustMode};
use serde_json::json;

use crate::guest::{Guest, failure, limits};
use crate::hot_load::{Scene, faulty, version};

pub(crate) fn gate(refused: Result<impl Sized, ChangeError>) -> Gate {
    match refused {
        Err(ChangeError::Refused(refusal)) => refusal.gate,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was taken"),
    }
}

/// A version that may talk to one host more.
pub(crate) fn wider(version: &str) -> Vec<u8> {
    let mut guest = Guest::with_version(version);
    guest.descriptor["hosts"].as_array_mut().unwrap().push(json!("more.acme.example"));
    guest.component()
}

fn sign(keys: &KeyPair, component: &[u8]) -> String {
    minisign::sign(None, &keys.sk, Cursor::new(component), None, None).unwrap().to_string()
}

fn signed(keys: &KeyPair, component: Vec<u8>) -> Package {
    Package { signature: Some(sign(keys, &component)), component }
}

fn scene_that_trusts(publishers: &[(&str, &KeyPair)], mode: TrustMode) -> Scene {
    let keys: Vec<_> = publishers.iter().map(|(name, keys)| (*name, keys.pk.to_base64())).collect();
    let trust = Trust::new(keys.iter().map(|(name, key)| (*name, key.as_str())), mode).unwrap();
    Scene::trusting(&trust, limits())
}

#[test]
fn a_rollback_outlives_a_restart_and_withdraws_the_version_for_good() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &version("1.1.0"));
    scene.registry.roll_back("acme").unwrap();
    scene.settle();
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert_eq!(gate(scene.install(&version("1.1.0"))), Gate::Withdrawn);
    scene.install(&version("1.2.0")).unwrap();
    assert_eq!(scene.listing("acme.wasm").previous.as_deref(), Some("1.0.0"));
}

#[test]
fn a_version_is_never_replaced_by_an_older_one_or_by_other_bytes() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.1.0"));
    assert_eq!(gate(scene.install(&version("1.0.9"))), Gate::Version);
    assert_eq!(gate(scene.install(&faulty("1.1.0"))), Gate::Version);
    scene.put("acme.wasm", &version("1.0.0"));
    assert!(scene.refusal("acme.wasm").contains("relink plugin rollback acme"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
}

#[test]
fn an_upgrade_that_asks_for_more_waits_for_approval() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &wider("1.1.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    let waiting = scene.registry.list().into_iter().find(|listing| listing.state == ListingState::Waiting).unwrap();
    assert_eq!(waiting.claims.as_deref(), Some("acme"));
    assert_eq!(waiting.asks, ["talks to more.acme.example"]);
    scene.registry.approve("acme").unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    assert!(matches!(scene.registry.approve("acme"), Err(ChangeError::NothingWaits { .. })));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
}

#[test]
fn an_install_that_asks_for_more_needs_the_approval_with_it() {
    let scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    assert_eq!(gate(scene.install(&wider("1.1.0"))), Gate::Approval);
    assert_eq!(fs::read(scene.file("acme.wasm")).unwrap(), version("1.0.0"));
    let package = Package { component: wider("1.1.0"), signature: None };
    assert_eq!(scene.registry.install(package, Approval::Given).unwrap().version(), "1.1.0");
}

#[test]
fn a_disabled_plugin_stays_out_of_service_until_it_is_enabled() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.registry.disable("acme").unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme"), None);
    scene.restart();
    assert_eq!(scene.version_of("acme"), None);
    assert_eq!(scene.registry.list()[0].state, ListingState::Disabled);
    scene.registry.enable("acme").unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn a_server_follows_what_another_process_changes() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &wider("1.1.0"));
    let command_line = scene.another_process();
    command_line.approve("acme").unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    command_line.roll_back("acme").unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    command_line.disable("acme").unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme"), None);
}

#[tokio::test]
async fn a_version_that_was_withdrawn_for_its_faults_is_not_tried_again() {
    let mut scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &faulty("1.1.0"));
    let bad = scene.registry.get("acme").unwrap();
    for _ in 0..limits().faults_to_withdraw {
        calls.classify(&bad, failure()).await.unwrap_err();
    }
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert_eq!(gate(scene.install(&faulty("1.1.0"))), Gate::Withdrawn);
}

#[test]
fn only_what_a_trusted_publisher_signed_is_taken() {
    let (acme, other) =
        (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
    let scene = scene_that_trusts(&[("Acme", &acme)], TrustMode::Signed);
    let install = |package| scene.registry.install(package, Approval::Pending);
    assert_eq!(gate(scene.install(&version("1.0.0"))), Gate::Signature);
    assert_eq!(gate(install(signed(&other, version("1.0.0")))), Gate::Signature);
    let changed = Package { component: version("1.0.1"), ..signed(&acme, version("1.0.0")) };
    assert_eq!(gate(install(changed)), Gate::Signature);
    assert!(scene.registry.list().is_empty() && !scene.file("acme.wasm").exists());
    install(signed(&acme, version("1.0.0"))).unwrap();
    assert_eq!(scene.listing("acme.wasm").publisher.as_deref(), Some("Acme"));
}

#[test]
fn a_plugin_keeps_its_publisher() {
    let (acme, other) =
        (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
    let scene = scene_that_trusts(&[("Acme", &acme), ("Other", &other)], TrustMode::Unsigned);
    let install = |package| scene.registry.install(package, Approval::Given);
    install(signed(&acme, version("1.0.0"))).unwrap();
    assert_eq!(gate(install(signed(&other, version("1.1.0")))), Gate::Signature);
    assert_eq!(gate(scene.install(&version("1.1.0"))), Gate::Signature);
    install(signed(&acme, version("1.1.0"))).unwrap();
    scene.registry.remove("acme").unwrap();
    install(signed(&other, version("2.0.0"))).unwrap();
}

#[test]
fn a_signature_may_come_after_the_file() {
    let acme = KeyPair::generate_unencrypted_keypair().unwrap();
    let scene = scene_that_trusts(&[("Acme", &acme)], TrustMode::Signed);
    scene.put("acme.wasm", &version("1.0.0"));
    assert!(scene.refusal("acme.wasm").contains("not signed"));
    fs::write(scene.file("acme.wasm.minisig"), sign(&acme, &version("1.0.0"))).unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}
