//! Versions that wait until somebody has seen what they ask for. Stories with real files.

use std::fs;

use relink_runtime::{ChangeError, Gate, ListingState, Package, Proposed};

use crate::guest::Guest;
use crate::hot_load::{Scene, version};
use crate::lifecycle::{gate, wider};

impl Scene {
    fn propose(&self, component: &[u8]) -> Result<Proposed, ChangeError> {
        self.registry.propose(Package { component: component.to_vec(), signature: None })
    }

    fn files(&self) -> Vec<String> {
        let folder = self.file("");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// What the waiting version asks for.
    fn asks(&self) -> Option<Vec<String>> {
        let all = self.registry.list();
        all.into_iter().find(|listing| listing.state == ListingState::Waiting).map(|listing| listing.asks)
    }
}

#[test]
fn a_first_version_waits_with_all_that_it_asks_for() {
    let mut scene = Scene::new();
    assert!(matches!(scene.propose(&version("1.0.0")).unwrap(), Proposed::Waits(_)));
    scene.restart();
    assert_eq!(scene.version_of("acme"), None);
    let asks = scene.asks().unwrap();
    for line in [
        "talks to api.acme.com",
        "signs people in at https://login.acme.com/token",
        "uses your secret oauth/client_id",
        "has the host send access_token in header authorization to api.acme.com",
        "has the host send api_key in query parameter key to any of its hosts",
    ] {
        assert!(asks.iter().any(|ask| ask == line), "{line:?} is not among {asks:?}");
    }
    scene.registry.approve("acme", None).unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn a_version_that_asks_for_no_more_is_in_service_at_once() {
    let scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    assert!(matches!(scene.propose(&version("1.1.0")).unwrap(), Proposed::InService(_)));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    assert_eq!(scene.files(), ["acme.wasm"]);
}

#[test]
fn what_waits_does_not_displace_what_serves_not_even_over_a_restart() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    assert!(matches!(scene.propose(&wider("1.1.0")).unwrap(), Proposed::Waits(_)));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert_eq!(scene.asks().unwrap(), ["talks to more.acme.example"]);
    scene.registry.approve("acme", None).unwrap();
    scene.settle();
    assert_eq!((scene.version_of("acme").as_deref(), scene.asks()), (Some("1.1.0"), None));
    assert_eq!(scene.files(), ["acme.wasm"]);
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    scene.registry.roll_back("acme").unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn only_what_was_seen_is_approved() {
    let scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    let Proposed::Waits(seen) = scene.propose(&wider("1.1.0")).unwrap() else { panic!("it needs no approval") };
    scene.propose(&wider("1.2.0")).unwrap();
    let approve = |digest: &str| scene.registry.approve("acme", Some(digest));
    assert!(matches!(approve(seen.digest()), Err(ChangeError::AnotherWaits { .. })));
    assert!(scene.registry.history("acme").unwrap().granted.hosts.iter().all(|host| host != "more.acme.example"));
    let waiting = scene.registry.list().into_iter().find(|listing| listing.state == ListingState::Waiting).unwrap();
    approve(waiting.digest.as_deref().unwrap()).unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.2.0"));
}

#[test]
fn what_a_version_was_granted_is_taken_back_with_it() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    scene.propose(&wider("1.1.0")).unwrap();
    scene.registry.approve("acme", None).unwrap();
    assert!(scene.registry.history("acme").unwrap().granted.hosts.contains("more.acme.example"));
    scene.registry.roll_back("acme").unwrap();
    assert!(!scene.registry.history("acme").unwrap().granted.hosts.contains("more.acme.example"));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert!(matches!(scene.propose(&wider("1.2.0")).unwrap(), Proposed::Waits(_)));
}

#[test]
fn what_is_rejected_leaves_nothing_behind() {
    let scene = Scene::new();
    scene.propose(&version("1.0.0")).unwrap();
    scene.registry.reject("acme").unwrap();
    assert!(scene.registry.list().is_empty() && scene.files().is_empty());
    // Nobody remembers the proposal: a copied file is taken as ever.
    scene.put("acme.wasm", &version("1.0.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    scene.propose(&wider("1.1.0")).unwrap();
    scene.registry.reject("acme").unwrap();
    assert_eq!((scene.asks(), scene.files()), (None, vec!["acme.wasm".to_owned()]));
    assert!(matches!(scene.registry.reject("acme"), Err(ChangeError::NothingWaits { .. })));
}

#[test]
fn a_rejected_file_that_was_copied_over_another_gives_way_to_it() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &wider("1.1.0"));
    scene.registry.reject("acme").unwrap();
    assert_eq!(fs::read(scene.file("acme.wasm")).unwrap(), version("1.0.0"));
    assert_eq!(scene.asks(), None);
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn a_refused_proposal_leaves_nothing_behind() {
    let scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    let mut thief = Guest::named("thief");
    thief.descriptor["aliases"] = serde_json::json!(["acme"]);
    assert_eq!(gate(scene.propose(&thief.component())), Gate::Conflict);
    assert_eq!(gate(scene.propose(&version("0.9.0"))), Gate::Version);
    assert_eq!(gate(scene.propose(b"no component")), Gate::Format);
    assert_eq!(scene.files(), ["acme.wasm"]);
    assert_eq!(scene.registry.list().len(), 1);
}
