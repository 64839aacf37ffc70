//! To whom an id belongs: the secrets of the operator's registrations go with it, so it outlives the plugin.

use std::fs;

use minisign::KeyPair;
use relink_runtime::{Approval, ChangeError, Gate, Package, Proposed, TrustMode};

use crate::hot_load::{Scene, faulty, version};
use crate::lifecycle::{gate, scene_that_trusts, sign, signed, wider};

/// A host that trusts two publishers, and takes unsigned plugins too.
struct Rivals {
    acme: KeyPair,
    other: KeyPair,
    scene: Scene,
}

impl Rivals {
    fn new() -> Self {
        let [acme, other] = [(); 2].map(|()| KeyPair::generate_unencrypted_keypair().unwrap());
        let scene = scene_that_trusts(&[("Acme", &acme), ("Other", &other)], TrustMode::Unsigned);
        Self { acme, other, scene }
    }

    fn install(&self, package: Package) -> Result<(), ChangeError> {
        self.scene.registry.install(package, Approval::Given).map(drop)
    }

    fn by_acme(&self, component: Vec<u8>) -> Package {
        signed(&self.acme, component)
    }

    fn by_other(&self, component: Vec<u8>) -> Package {
        signed(&self.other, component)
    }

    fn remove(&self) {
        self.scene.registry.remove("acme").unwrap();
    }

    fn refuses_others(&self) {
        assert_eq!(gate(self.install(self.by_other(version("3.0.0")))), Gate::Signature);
        assert_eq!(gate(self.scene.install(&version("3.0.0"))), Gate::Signature);
        assert_eq!(self.scene.version_of("acme"), None);
        assert!(!self.scene.file("acme.wasm").exists());
    }
}

#[test]
fn a_plugin_keeps_its_publisher() {
    let rivals = Rivals::new();
    rivals.install(rivals.by_acme(version("1.0.0"))).unwrap();
    assert_eq!(gate(rivals.install(rivals.by_other(version("1.1.0")))), Gate::Signature);
    assert_eq!(gate(rivals.scene.install(&version("1.1.0"))), Gate::Signature);
    rivals.install(rivals.by_acme(version("1.1.0"))).unwrap();
}

#[test]
fn a_removed_plugin_stays_its_publishers_until_an_operator_forgets_whose_it_was() {
    let mut rivals = Rivals::new();
    rivals.install(rivals.by_acme(version("1.0.0"))).unwrap();
    let forgotten = rivals.scene.registry.forget("acme");
    assert!(matches!(forgotten, Err(ChangeError::StillThere { .. })), "{forgotten:?}");
    rivals.remove();
    rivals.scene.restart();
    rivals.refuses_others();
    let refusal = rivals.install(rivals.by_other(version("3.0.0"))).unwrap_err().to_string();
    for words in ["it is signed by \"Other\"", "by \"Acme\"", "run `relink plugin forget acme`", "secrets of your app"]
    {
        assert!(refusal.contains(words), "{words:?} is missing: {refusal}");
    }
    assert!(!refusal.contains("remove acme"), "{refusal}");
    assert!(matches!(rivals.scene.registry.remove("acme"), Err(ChangeError::Unknown { .. })));
    rivals.refuses_others();

    rivals.scene.registry.forget("acme").unwrap();
    assert!(matches!(rivals.scene.registry.forget("acme"), Err(ChangeError::NotPinned { .. })));
    rivals.install(rivals.by_other(version("3.0.0"))).unwrap();
    assert_eq!(gate(rivals.install(rivals.by_acme(version("3.1.0")))), Gate::Signature);
}

#[test]
fn the_publisher_of_a_removed_plugin_may_come_back_with_any_version() {
    let rivals = Rivals::new();
    rivals.install(rivals.by_acme(version("1.0.0"))).unwrap();
    rivals.install(rivals.by_acme(wider("1.1.0"))).unwrap();
    rivals.scene.registry.roll_back("acme").unwrap();
    assert_eq!(gate(rivals.install(rivals.by_acme(wider("1.1.0")))), Gate::Withdrawn);
    let kept = || fs::read_dir(rivals.scene.memory_of("acme")).unwrap().count();
    assert!(kept() > 2);
    rivals.remove();
    assert_eq!(kept(), 1, "only whose it was is remembered");
    let history = rivals.scene.registry.history("acme").unwrap();
    assert!(history.granted.is_empty() && history.versions.is_empty());
    assert_eq!(history.publisher.as_deref(), Some("Acme"));
    rivals.install(rivals.by_acme(wider("1.1.0"))).unwrap();
    rivals.remove();
    rivals.install(rivals.by_acme(faulty("0.9.0"))).unwrap();
}

#[test]
fn a_copied_file_of_another_publisher_is_taken_once_another_process_forgot_whose_it_was() {
    let rivals = Rivals::new();
    let Rivals { scene, other, .. } = &rivals;
    rivals.install(rivals.by_acme(version("1.0.0"))).unwrap();
    rivals.remove();
    fs::write(scene.file("acme.wasm.minisig"), sign(other, &version("2.0.0"))).unwrap();
    scene.put("acme.wasm", &version("2.0.0"));
    assert!(scene.refusal("acme.wasm").contains("relink plugin forget acme"));
    scene.another_process().forget("acme").unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("2.0.0"));
}

#[test]
fn what_is_proposed_and_rejected_does_not_change_whose_a_plugin_is() {
    let rivals = Rivals::new();
    let registry = &rivals.scene.registry;
    rivals.install(rivals.by_acme(version("1.0.0"))).unwrap();
    rivals.remove();
    assert_eq!(gate(registry.propose(rivals.by_other(version("2.0.0")))), Gate::Signature);
    assert!(matches!(registry.propose(rivals.by_acme(version("1.1.0"))), Ok(Proposed::Waits(_))));
    assert!(matches!(registry.forget("acme"), Err(ChangeError::StillThere { .. })));
    registry.reject("acme").unwrap();
    rivals.refuses_others();
}

#[test]
fn what_waits_goes_on_waiting_when_another_proposal_is_refused() {
    let mut rivals = Rivals::new();
    assert!(matches!(rivals.scene.registry.propose(rivals.by_acme(version("1.0.0"))), Ok(Proposed::Waits(_))));
    let stranger = signed(&KeyPair::generate_unencrypted_keypair().unwrap(), version("1.1.0"));
    assert_eq!(gate(rivals.scene.registry.propose(stranger)), Gate::Signature);
    rivals.scene.settle();
    rivals.scene.restart();
    assert_eq!(rivals.scene.version_of("acme"), None, "nobody has approved it");
    rivals.scene.registry.approve("acme", None).unwrap();
}

#[test]
fn a_ledger_of_an_earlier_version_of_the_host_keeps_its_publisher() {
    let mut rivals = Rivals::new();
    fs::create_dir_all(rivals.scene.memory_of("acme")).unwrap();
    let ledger = r#"{ "publisher": "Acme", "granted": {}, "versions": [
        { "version": "1.0.0", "digest": "5f", "installed_at": 1790000000000 } ] }"#;
    fs::write(rivals.scene.memory_of("acme").join("ledger.json"), ledger).unwrap();
    rivals.scene.restart();
    rivals.remove();
    rivals.refuses_others();
    rivals.install(rivals.by_acme(version("0.1.0"))).unwrap();
}

#[test]
fn an_id_that_is_a_path_names_no_plugin() {
    let scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    for id in ["../plugins", "..", ".", "", "acme/../acme", "../versions/acme"] {
        assert!(matches!(scene.registry.remove(id), Err(ChangeError::Unknown { .. })), "{id}");
        assert!(matches!(scene.registry.forget(id), Err(ChangeError::NotPinned { .. })), "{id}");
        assert!(scene.registry.history(id).unwrap().versions.is_empty(), "{id}");
    }
    assert!(scene.file("acme.wasm").exists() && scene.memory_of("acme").join("ledger.json").exists());
}
