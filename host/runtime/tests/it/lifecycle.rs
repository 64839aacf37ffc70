//! What is remembered of a plugin: versions, publisher, grants. Stories with real files and signatures.

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::thread;

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

pub(crate) fn sign(keys: &KeyPair, component: &[u8]) -> String {
    minisign::sign(None, &keys.sk, Cursor::new(component), None, None).unwrap().to_string()
}

pub(crate) fn signed(keys: &KeyPair, component: Vec<u8>) -> Package {
    Package { signature: Some(sign(keys, &component)), component }
}

fn trust_in(publishers: &[(&str, &KeyPair)], mode: TrustMode) -> Trust {
    let keys: Vec<_> = publishers.iter().map(|(name, keys)| (*name, keys.pk.to_base64())).collect();
    Trust::new(keys.iter().map(|(name, key)| (*name, key.as_str())), mode).unwrap()
}

pub(crate) fn scene_that_trusts(publishers: &[(&str, &KeyPair)], mode: TrustMode) -> Scene {
    Scene::trusting(&trust_in(publishers, mode), &limits())
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
    assert_eq!(scene.listing("acme.wasm").state, ListingState::RolledBack);
    assert_eq!(gate(scene.install(&version("1.1.0"))), Gate::Withdrawn);
    scene.install(&version("1.2.0")).unwrap();
    assert_eq!(scene.listing("acme.wasm").previous.as_deref(), Some("1.0.0"));
    assert_eq!(scene.listing("acme.wasm").state, ListingState::InService);
}

#[test]
fn a_version_is_not_put_back_if_its_signature_is_no_longer_trusted() {
    let (lost, fresh) =
        (KeyPair::generate_unencrypted_keypair().unwrap(), KeyPair::generate_unencrypted_keypair().unwrap());
    let mut scene = scene_that_trusts(&[("Acme", &lost)], TrustMode::Signed);
    scene.registry.install(signed(&lost, version("1.0.0")), Approval::Pending).unwrap();
    scene.restart_trusting(trust_in(&[("Acme", &fresh)], TrustMode::Signed));
    scene.registry.install(signed(&fresh, version("1.1.0")), Approval::Pending).unwrap();
    assert_eq!(gate(scene.registry.roll_back("acme")), Gate::Signature);
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
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
    scene.registry.approve("acme", None).unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    assert!(matches!(scene.registry.approve("acme", None), Err(ChangeError::NothingWaits { .. })));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
}

#[test]
fn what_a_file_held_before_stays_in_service_over_a_restart() {
    let unfit = [
        (wider("1.1.0"), ListingState::Waiting),
        (b"no component".to_vec(), ListingState::Refused),
        (version("0.9.0"), ListingState::Refused),
    ];
    for (component, state) in unfit {
        let mut scene = Scene::new();
        scene.put("of-acme.wasm", &version("1.0.0"));
        scene.put("of-acme.wasm", &component);
        scene.restart();
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"), "{state:?}");
        assert!(scene.registry.list().iter().any(|listing| listing.state == state), "{state:?}");
        scene.put("of-acme.wasm", &version("1.2.0"));
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.2.0"), "{state:?}");
        fs::remove_file(scene.file("of-acme.wasm")).unwrap();
        scene.settle();
        scene.restart();
        assert_eq!(scene.version_of("acme"), None, "{state:?}");
    }
}

#[test]
fn what_a_file_held_before_is_back_when_its_plugin_is_switched_on_again() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &wider("1.1.0"));
    scene.registry.disable("acme").unwrap();
    scene.restart();
    assert_eq!(scene.version_of("acme"), None);
    scene.registry.enable("acme").unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn what_waits_over_a_restart_can_still_be_approved() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &wider("1.1.0"));
    scene.restart();
    scene.registry.approve("acme", None).unwrap();
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
    command_line.approve("acme", None).unwrap();
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
fn a_signature_may_come_after_the_file() {
    let acme = KeyPair::generate_unencrypted_keypair().unwrap();
    let scene = scene_that_trusts(&[("Acme", &acme)], TrustMode::Signed);
    scene.put("acme.wasm", &version("1.0.0"));
    assert!(scene.refusal("acme.wasm").contains("not signed"));
    fs::write(scene.file("acme.wasm.minisig"), sign(&acme, &version("1.0.0"))).unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

/// A link to nowhere in the place of a folder: nothing is in it and nothing can be, even for root.
fn block(folder: &Path) {
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    if folder.is_dir() {
        fs::rename(folder, folder.with_extension("away")).unwrap();
    }
    symlink("nowhere/at/all", folder).unwrap();
}

fn unblock(folder: &Path) {
    let _ = fs::remove_file(folder);
    let away = folder.with_extension("away");
    if away.is_dir() {
        fs::rename(away, folder).unwrap();
    }
}

#[test]
fn an_installation_that_cannot_be_remembered_leaves_nothing_behind() {
    let mut scene = Scene::new();
    block(&scene.memory_of("acme"));
    assert!(scene.install(&version("1.0.0")).is_err());
    assert!(!scene.file("acme.wasm").exists());
    scene.settle();
    assert!(scene.registry.list().is_empty());
    unblock(&scene.memory_of("acme"));
    scene.restart();
    assert!(scene.registry.list().is_empty());
    scene.install(&version("1.0.0")).unwrap();
}

#[test]
fn an_update_that_cannot_be_written_leaves_the_version_and_its_ledger_as_they_were() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    let before = fs::read(scene.memory_of("acme").join("ledger.json")).unwrap();
    let folder = scene.file("acme.wasm").parent().unwrap().to_owned();
    block(&folder);
    let package = Package { component: wider("1.1.0"), signature: None };
    assert!(scene.registry.install(package, Approval::Given).is_err());
    assert_eq!(fs::read(scene.memory_of("acme").join("ledger.json")).unwrap(), before);
    unblock(&folder);
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert_eq!(gate(scene.install(&wider("1.1.0"))), Gate::Approval);
}

#[test]
fn a_signature_goes_back_with_the_component_that_it_is_for() {
    let acme = KeyPair::generate_unencrypted_keypair().unwrap();
    let mut scene = scene_that_trusts(&[("Acme", &acme)], TrustMode::Signed);
    scene.registry.install(signed(&acme, version("1.0.0")), Approval::Pending).unwrap();
    // The component cannot be put in place of a folder; its signature can.
    let file = scene.file("acme.wasm");
    fs::rename(&file, scene.file("kept")).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(scene.registry.install(signed(&acme, version("1.1.0")), Approval::Pending).is_err());
    fs::remove_dir(&file).unwrap();
    fs::rename(scene.file("kept"), &file).unwrap();
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn a_damaged_ledger_is_trusted_in_nothing_and_the_way_out_is_told() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    let ledger = scene.memory_of("acme").join("ledger.json");
    let intact = fs::read(&ledger).unwrap();
    for damaged in [&b""[..], b"{}", b"[1]", &intact[..intact.len() / 2]] {
        fs::write(&ledger, damaged).unwrap();
        scene.settle();
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"), "what is in service stays");
        assert_eq!(gate(scene.install(&version("1.1.0"))), Gate::File);
        scene.restart();
        assert_eq!(scene.version_of("acme"), None);
        let refusal = scene.refusal("acme.wasm");
        assert!(refusal.contains("is damaged") && refusal.contains("relink plugin forget acme"), "{refusal}");
        fs::write(&ledger, &intact).unwrap();
        scene.restart();
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    }
    fs::write(&ledger, "nonsense").unwrap();
    scene.restart();
    assert!(matches!(scene.registry.forget("acme"), Err(ChangeError::StillThere { .. })), "a file is still there");
    scene.registry.remove("acme").unwrap();
    assert_eq!(gate(scene.install(&version("1.1.0"))), Gate::File, "nobody knows whose it was");
    scene.registry.forget("acme").unwrap();
    scene.install(&version("1.1.0")).unwrap();
}

#[test]
fn two_processes_that_install_at_once_leave_one_of_their_versions() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    let other = scene.another_process();
    let packages = ["1.1.0", "1.2.0"].map(|version| Package { component: self::version(version), signature: None });
    thread::scope(|scope| {
        let [one, two] = packages;
        let registry = &scene.registry;
        scope.spawn(move || registry.install(one, Approval::Pending));
        scope.spawn(move || other.install(two, Approval::Pending));
    });
    scene.settle();
    let served = scene.version_of("acme").unwrap();
    scene.restart();
    assert_eq!(scene.version_of("acme"), Some(served));
    let ledger = fs::read_to_string(scene.memory_of("acme").join("ledger.json")).unwrap();
    assert!(ledger.contains("1.2.0"), "a lost line: {ledger}");
}

#[test]
fn what_another_process_switches_off_stays_off_while_an_update_arrives() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    scene.another_process().disable("acme").unwrap();
    fs::write(scene.file("acme.wasm"), version("1.1.0")).unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme"), None);
    scene.restart();
    assert_eq!(scene.version_of("acme"), None);
}
