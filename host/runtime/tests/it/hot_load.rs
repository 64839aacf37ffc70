//! Plugins that come, change and go while the host runs: stories with real files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use relink_core::time::Timestamp;
use relink_runtime::{
    Approval, Calls, ChangeError, Compile, Fault, Keeping, Limits, Listing, ListingState, Package, Plugin, Registry,
    RegistryConfig, RegistryEvent, Trust, TrustMode,
};
use serde_json::json;

use crate::guest::{Guest, NOW, context, failure, limits, start};

/// A host with a plugin folder of its own, and a clock that stands still.
pub(crate) struct Scene {
    root: tempfile::TempDir,
    now: Arc<AtomicI64>,
    trust: Trust,
    pub(crate) registry: Arc<Registry>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(&limits())
    }

    pub(crate) fn with(limits: &Limits) -> Self {
        Self::trusting(&Trust::new([], TrustMode::Unsigned).unwrap(), limits)
    }

    pub(crate) fn trusting(trust: &Trust, limits: &Limits) -> Self {
        let root = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(NOW.as_ms()));
        let trust = trust.clone();
        let registry = open(&root, &now, limits, &trust);
        Self { root, now, trust, registry }
    }

    pub(crate) fn install(&self, component: &[u8]) -> Result<Arc<Plugin>, ChangeError> {
        self.registry.install(Package { component: component.to_vec(), signature: None }, Approval::Pending)
    }

    /// The same folders as the command line opens them while the server runs.
    pub(crate) fn another_process(&self) -> Arc<Registry> {
        open(&self.root, &self.now, &limits(), &self.trust)
    }

    pub(crate) fn restart(&mut self) {
        self.registry = open(&self.root, &self.now, &limits(), &self.trust);
    }

    /// Starts again, with others to trust.
    pub(crate) fn restart_trusting(&mut self, trust: Trust) {
        self.trust = trust;
        self.restart();
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("plugins").join(name)
    }

    /// Where is remembered what is known of a plugin.
    pub(crate) fn memory_of(&self, id: &str) -> PathBuf {
        self.root.path().join("versions").join(id)
    }

    pub(crate) fn put(&self, name: &str, component: &[u8]) {
        fs::write(self.file(name), component).unwrap();
        self.settle();
    }

    /// Looks as often as any change needs.
    pub(crate) fn settle(&self) {
        for _ in 0..4 {
            self.registry.look();
        }
    }

    /// What is kept of the only plugin: its code or its description.
    fn kept(&self, kind: &str) -> PathBuf {
        let entries = fs::read_dir(self.root.path().join("cache")).unwrap().map(|entry| entry.unwrap().path());
        let mut of_kind = entries.filter(|path| path.extension().is_some_and(|extension| extension == kind));
        of_kind.next().unwrap()
    }

    pub(crate) fn version_of(&self, id: &str) -> Option<String> {
        self.registry.get(id).map(|plugin| plugin.version().to_owned())
    }

    pub(crate) fn listing(&self, file: &str) -> Listing {
        let file = self.file(file).canonicalize().unwrap();
        let all = self.registry.list();
        all.iter().find(|listing| listing.file.as_ref() == Some(&file)).unwrap_or_else(|| panic!("{all:?}")).clone()
    }

    pub(crate) fn refusal(&self, file: &str) -> String {
        let file = self.file(file);
        let all = self.registry.list();
        let is_refused =
            |listing: &&Listing| listing.state == ListingState::Refused && listing.file.as_ref() == Some(&file);
        all.iter().find(is_refused).unwrap_or_else(|| panic!("{all:?}")).problem.clone().unwrap()
    }
}

fn open(root: &tempfile::TempDir, now: &Arc<AtomicI64>, limits: &Limits, trust: &Trust) -> Arc<Registry> {
    let now = Arc::clone(now);
    Registry::open(RegistryConfig {
        folder: root.path().join("plugins"),
        cache_dir: root.path().join("cache"),
        compile: Compile::Here,
        limits: *limits,
        supported_features: Vec::new(),
        keeping: Some(Keeping::new(trust.clone(), root.path().join("versions"))),
        clock: Arc::new(move || Timestamp::from_ms(now.load(Ordering::Relaxed))),
    })
    .unwrap()
}

pub(crate) fn version(version: &str) -> Vec<u8> {
    Guest::with_version(version).component()
}

/// A version whose `classify` traps, and whose `step` works.
pub(crate) fn faulty(version: &str) -> Vec<u8> {
    Guest { classify: Some("unreachable".to_owned()), ..Guest::with_version(version) }.component()
}

#[test]
fn archives_are_refused_however_they_come() {
    let scene = Scene::new();
    let archive = b"PK\x03\x04 ../../acme.wasm";
    let Err(ChangeError::Refused(refusal)) = scene.install(archive) else { panic!("it was taken") };
    assert!(refusal.found.contains("is an archive"), "{refusal}");
    scene.put("acme.wasm", archive);
    assert!(scene.refusal("acme.wasm").contains("is an archive"));
    scene.put("acme.zip", archive);
    assert_eq!(scene.registry.list().len(), 1, "files of other names are left alone");
}

#[test]
fn a_dropped_file_is_put_in_service() {
    let scene = Scene::new();
    let mut events = scene.registry.subscribe();
    scene.put("acme.wasm", &version("1.0.0"));
    let plugin = scene.registry.by_alias("acme-ads").unwrap();
    assert_eq!((plugin.id(), plugin.version()), ("acme", "1.0.0"));
    let listing = scene.listing("acme.wasm");
    assert_eq!((listing.state, listing.loaded_at), (ListingState::InService, Some(NOW)));
    assert!(matches!(events.try_recv().unwrap(), RegistryEvent::Loaded { id, .. } if id == "acme"));
    assert!(events.try_recv().is_err());
}

#[test]
fn a_replaced_file_is_swapped_and_calls_under_way_end_on_the_old_version() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    let held = scene.registry.get("acme").unwrap();
    scene.put("acme.wasm", &version("1.1.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    assert_eq!(scene.listing("acme.wasm").previous.as_deref(), Some("1.0.0"));
    assert_eq!(held.version(), "1.0.0");
    assert!(held.step(context(), &[], start()).is_ok());
}

#[test]
fn a_bad_file_is_refused_with_a_reason_and_the_old_version_serves_on() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    let broken = &version("1.1.0")[..500];
    scene.put("acme.wasm", broken);
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert!(scene.refusal("acme.wasm").contains("it ends too early"));
    scene.put("acme.wasm", &version("1.2.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.2.0"));
    assert_eq!(scene.registry.list().len(), 1);
}

#[test]
fn a_file_that_is_still_being_written_is_waited_for() {
    let scene = Scene::new();
    let component = version("1.0.0");
    for length in [100, component.len() / 2, component.len()] {
        fs::write(scene.file("acme.wasm"), &component[..length]).unwrap();
        scene.registry.look();
        assert!(scene.registry.list().is_empty());
    }
    scene.registry.look();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn a_deleted_file_is_unloaded_and_a_brief_absence_is_forgiven() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    fs::remove_file(scene.file("acme.wasm")).unwrap();
    scene.registry.look();
    assert!(scene.version_of("acme").is_some());
    scene.put("acme.wasm", &version("1.0.0"));
    assert!(scene.version_of("acme").is_some());
    fs::remove_file(scene.file("acme.wasm")).unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme"), None);
    assert!(scene.registry.by_alias("acme-ads").is_none());
    assert!(scene.registry.list().is_empty());
}

#[test]
fn a_second_file_of_the_same_plugin_is_refused_until_the_first_is_gone() {
    let scene = Scene::new();
    scene.put("first.wasm", &version("1.0.0"));
    scene.put("second.wasm", &version("2.0.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    let refusal = scene.refusal("second.wasm");
    assert!(refusal.contains("first.wasm") && refusal.contains("second.wasm"), "{refusal}");
    fs::remove_file(scene.file("first.wasm")).unwrap();
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("2.0.0"));
}

#[test]
fn a_plugin_cannot_take_the_name_of_another() {
    let scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("thief.wasm", &Guest::named("thief").component());
    assert!(scene.refusal("thief.wasm").contains("both answer to \"acme-ads\""));
    assert_eq!(scene.registry.by_alias("acme-ads").unwrap().id(), "acme");
    assert!(scene.registry.get("thief").is_none());
}

#[test]
fn a_file_that_becomes_another_plugin_takes_the_old_one_out() {
    let scene = Scene::new();
    let mut other = Guest::named("other");
    other.descriptor["aliases"] = json!([]);
    scene.put("plugin.wasm", &version("1.0.0"));
    scene.put("plugin.wasm", &other.component());
    assert_eq!((scene.version_of("acme"), scene.version_of("other").is_some()), (None, true));
}

#[test]
fn links_out_of_the_folder_are_refused() {
    let scene = Scene::new();
    let outside = scene.root.path().join("outside.wasm");
    fs::write(&outside, version("1.0.0")).unwrap();
    symlink(&outside, scene.file("link.wasm")).unwrap();
    scene.settle();
    assert!(scene.refusal("link.wasm").contains("link out of the folder"));
}

#[tokio::test]
async fn a_version_with_too_many_faults_is_rolled_back() {
    let scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    scene.put("acme.wasm", &version("1.0.0"));
    scene.put("acme.wasm", &faulty("1.1.0"));
    let mut events = scene.registry.subscribe();
    let bad = scene.registry.get("acme").unwrap();
    for _ in 0..limits().faults_to_withdraw {
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
        assert!(calls.classify(&bad, failure()).await.is_err());
    }
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    assert_eq!(scene.listing("acme.wasm").state, ListingState::RolledBack);
    let expected = RegistryEvent::RolledBack { id: "acme".into(), from: "1.1.0".into(), to: "1.0.0".into() };
    assert_eq!(events.try_recv().unwrap(), expected);

    // The same bytes again are no reason to try again; other bytes are.
    scene.put("acme.wasm", &faulty("1.1.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
    scene.put("acme.wasm", &version("1.2.0"));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.2.0"));
    assert_eq!(scene.listing("acme.wasm").state, ListingState::InService);
}

#[tokio::test]
async fn a_faulty_plugin_without_a_better_version_is_marked_and_serves_on() {
    let scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    scene.put("acme.wasm", &faulty("1.0.0"));
    let plugin = scene.registry.get("acme").unwrap();
    for _ in 0..limits().faults_to_withdraw {
        calls.classify(&plugin, failure()).await.unwrap_err();
    }
    assert_eq!(scene.listing("acme.wasm").state, ListingState::Suspect);
    assert!(calls.step(&plugin, context(), Vec::new(), start()).await.is_ok());
}

#[tokio::test]
async fn faults_that_are_far_apart_are_forgiven() {
    let scene = Scene::new();
    let calls = Calls::new(Arc::clone(&scene.registry));
    scene.put("acme.wasm", &faulty("1.0.0"));
    let plugin = scene.registry.get("acme").unwrap();
    for _ in 0..20 {
        calls.classify(&plugin, failure()).await.unwrap_err();
        scene.now.fetch_add(5 * 60_000, Ordering::Relaxed);
    }
    assert_eq!(scene.listing("acme.wasm").state, ListingState::InService);
}

#[test]
fn an_operator_can_roll_back() {
    let scene = Scene::new();
    assert!(matches!(scene.registry.roll_back("acme"), Err(ChangeError::Unknown { .. })));
    scene.put("acme.wasm", &version("1.0.0"));
    assert!(matches!(scene.registry.roll_back("acme"), Err(ChangeError::NoPrevious { .. })));
    scene.put("acme.wasm", &version("1.1.0"));
    assert_eq!(scene.registry.roll_back("acme").unwrap().version(), "1.0.0");
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
}

#[test]
fn an_installed_plugin_survives_a_restart_and_a_removed_one_does_not() {
    let mut scene = Scene::new();
    scene.install(&version("1.0.0")).unwrap();
    scene.install(&version("1.1.0")).unwrap();
    assert!(scene.install(b"\0asm").is_err());
    scene.settle();
    assert_eq!(scene.listing("acme.wasm").previous.as_deref(), Some("1.0.0"));
    scene.restart();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
    scene.registry.remove("acme").unwrap();
    assert!(matches!(scene.registry.remove("acme"), Err(ChangeError::Unknown { .. })));
    assert!(!scene.file("acme.wasm").exists());
    scene.restart();
    assert!(scene.registry.list().is_empty());
}

#[test]
fn an_install_replaces_the_file_that_the_plugin_came_from() {
    let scene = Scene::new();
    scene.put("some-name.wasm", &version("1.0.0"));
    scene.install(&version("1.1.0")).unwrap();
    scene.settle();
    assert_eq!(scene.listing("some-name.wasm").version.as_deref(), Some("1.1.0"));
    assert!(!scene.file("acme.wasm").exists());
}

#[test]
fn whatever_is_wrong_with_what_is_kept_of_a_plugin_is_made_again() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    let kept = ["cwasm", "json"].map(|kind| scene.kept(kind));
    for entry in kept {
        let intact = fs::read(&entry).unwrap();
        for damaged in [&intact[..intact.len() / 2], b"", &[0; 5_000][..]] {
            fs::write(&entry, damaged).unwrap();
            scene.restart();
            let plugin = scene.registry.get("acme").unwrap();
            assert!(plugin.step(context(), &[], start()).is_ok());
            assert_eq!(fs::read(&entry).unwrap(), intact);
        }
    }
}

#[test]
fn code_that_is_lost_after_the_start_is_compiled_again_from_the_file() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    let code = scene.kept("cwasm");
    scene.restart();
    fs::remove_file(&code).unwrap();
    assert!(scene.registry.get("acme").unwrap().step(context(), &[], start()).is_ok());
    assert!(code.exists());
}

#[test]
fn a_plugin_whose_code_and_file_are_both_lost_is_not_to_blame() {
    let mut scene = Scene::new();
    scene.put("acme.wasm", &version("1.0.0"));
    let code = scene.kept("cwasm");
    scene.restart();
    let held = scene.registry.get("acme").unwrap();
    fs::remove_file(code).unwrap();
    fs::write(scene.file("acme.wasm"), version("1.1.0")).unwrap();
    assert_eq!(held.step(context(), &[], start()).unwrap_err(), Fault::Host);
}

#[test]
fn whatever_happens_to_a_file_while_it_is_loaded_only_whole_versions_serve() {
    let scene = Scene::new();
    let file = scene.file("acme.wasm");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                scene.registry.look();
            }
        });
        for number in 0..24 {
            let component = version(&format!("1.0.{number}"));
            let aside = scene.file(&format!(".{number}.wasm"));
            match number % 4 {
                0 => fs::write(&file, &component[..component.len() / 2]).unwrap(),
                1 => {
                    symlink(aside.file_name().unwrap(), scene.file(".link")).unwrap();
                    fs::rename(scene.file(".link"), &file).unwrap();
                }
                _ => fs::remove_file(&file).unwrap(),
            }
            fs::write(&aside, &component).unwrap();
            fs::rename(&aside, &file).unwrap();
            if let Some(plugin) = scene.registry.get("acme") {
                assert!(plugin.step(context(), &[], start()).is_ok(), "{}", plugin.version());
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    scene.settle();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.23"));
}

#[tokio::test]
async fn the_folder_is_followed() {
    let scene = Scene::new();
    let mut events = scene.registry.subscribe();
    let watch = tokio::spawn(Arc::clone(&scene.registry).watch());
    fs::write(scene.file("acme.wasm"), version("1.0.0")).unwrap();
    assert!(matches!(events.recv().await.unwrap(), RegistryEvent::Loaded { .. }));
    assert!(scene.registry.get("acme").is_some());
    watch.abort();
}
