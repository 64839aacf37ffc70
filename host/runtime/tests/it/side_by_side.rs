//! Operators change plugins while a new file is compiled: neither waits for the other, and what was changed
//! meanwhile counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use relink_core::time::Timestamp;
use relink_runtime::{
    Approval, Compile, CompileLimits, Keeping, ListingState, Package, Registry, RegistryConfig, Trust, TrustMode,
    Workshop,
};
use serde_json::json;
use tempfile::TempDir;

use crate::compile::PROGRAM;
use crate::guest::{Guest, limits};
use crate::hot_load::version;

/// Has the compiler say that it has begun, and begin only when it may. It gives up in the end, so that nobody who
/// waits for it waits for ever.
const GUARD: &str = r#"
    : > "$0/begun"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -e "$0/open" ] && exec "$1" "$2" "$3"
        /bin/sleep 0.5
    done
"#;

/// A host with a plugin in service, whose compiler waits from now on.
struct Scene {
    root: TempDir,
    registry: Arc<Registry>,
}

impl Scene {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let registry = open(root.path());
        fs::write(root.path().join("open"), "").unwrap();
        for known in ["1.0.0", "1.1.0"] {
            install(&registry, version(known));
        }
        fs::remove_file(root.path().join("open")).unwrap();
        fs::remove_file(root.path().join("begun")).unwrap();
        Self { root, registry }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join("plugins").join(name)
    }

    fn version_of(&self, id: &str) -> Option<String> {
        self.registry.get(id).map(|plugin| plugin.version().to_owned())
    }

    fn settle(&self) {
        for _ in 0..4 {
            self.registry.look();
        }
    }

    /// Puts a slow plugin into the folder, and does something while it is compiled.
    fn meanwhile(&self, change: impl FnOnce()) {
        self.while_file_is_compiled("slow.wasm", || self.settle(), change);
    }

    fn while_file_is_compiled(&self, file: &str, look: impl FnOnce() + Send, change: impl FnOnce()) {
        fs::write(self.file(file), slow("1.0.0")).unwrap();
        thread::scope(|scope| {
            scope.spawn(look);
            wait_for(&self.root.path().join("begun"));
            change();
            fs::write(self.root.path().join("open"), "").unwrap();
        });
    }
}

fn open(root: &Path) -> Arc<Registry> {
    let trust = Trust::new([], TrustMode::Unsigned).unwrap();
    let arguments = ["-c", GUARD, root.to_str().unwrap(), PROGRAM];
    let patient = CompileLimits { time_per_mib: Duration::from_mins(1), ..CompileLimits::default() };
    Registry::open(RegistryConfig {
        folder: root.join("plugins"),
        cache_dir: root.join("cache"),
        compile: Compile::Apart(Workshop::new(Path::new("/bin/sh"), arguments, patient)),
        limits: limits(),
        supported_features: Vec::new(),
        keeping: Some(Keeping::new(trust, root.join("versions"))),
        clock: Arc::new(|| Timestamp::from_ms(0)),
    })
    .unwrap()
}

fn install(registry: &Registry, component: Vec<u8>) {
    registry.install(Package { component, signature: None }, Approval::Pending).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the thread is the test's own")]
fn wait_for(file: &Path) {
    let until = Instant::now() + Duration::from_secs(30);
    while !file.exists() {
        assert!(Instant::now() < until, "{} does not come", file.display());
        thread::sleep(Duration::from_millis(5));
    }
}

fn slow(version: &str) -> Vec<u8> {
    let mut guest = Guest::named("slow");
    guest.descriptor["version"] = json!(version);
    guest.descriptor["aliases"] = json!([]);
    guest.component()
}

#[test]
fn operators_do_not_wait_for_a_file_that_is_compiled() {
    let scene = Scene::new();
    let registry = &scene.registry;
    scene.meanwhile(|| {
        registry.disable("acme").unwrap();
        assert_eq!(scene.version_of("acme"), None);
        registry.enable("acme").unwrap();
        registry.roll_back("acme").unwrap();
        assert_eq!(scene.version_of("acme").as_deref(), Some("1.0.0"));
        // Its code is known, so it needs no compiler.
        install(registry, version("1.0.0"));
        registry.remove("acme").unwrap();
        assert_eq!(scene.version_of("slow"), None);
    });
    assert_eq!(scene.version_of("slow").as_deref(), Some("1.0.0"));
    assert_eq!((scene.version_of("acme"), registry.list().len()), (None, 1));
}

#[test]
fn a_file_that_changed_while_it_was_compiled_is_looked_at_again() {
    let scene = Scene::new();
    scene.meanwhile(|| fs::write(scene.file("slow.wasm"), slow("1.2.0")).unwrap());
    scene.settle();
    assert_eq!(scene.version_of("slow").as_deref(), Some("1.2.0"));
    let versions = scene.registry.history("slow").unwrap().versions;
    assert_eq!(versions.len(), 1, "a version was in service that was in the folder no more: {versions:?}");
}

#[test]
fn a_file_that_is_gone_when_it_is_compiled_leaves_nothing_behind() {
    let scene = Scene::new();
    scene.meanwhile(|| fs::remove_file(scene.file("slow.wasm")).unwrap());
    assert_eq!((scene.version_of("slow"), scene.registry.list().len()), (None, 1));
    scene.settle();
    assert_eq!(scene.registry.list().len(), 1);
}

#[test]
fn what_is_remembered_counts_as_it_is_when_the_file_is_compiled() {
    let scene = Scene::new();
    scene.meanwhile(|| {
        let ledger = scene.root.path().join("versions/slow/ledger.json");
        fs::create_dir_all(ledger.parent().unwrap()).unwrap();
        fs::write(ledger, r#"{ "publisher": null, "granted": {}, "is_disabled": true, "versions": [] }"#).unwrap();
    });
    let list = scene.registry.list();
    let listing = list.iter().find(|listing| listing.claims.as_deref() == Some("slow")).unwrap();
    assert_eq!((listing.state, scene.version_of("slow")), (ListingState::Disabled, None));
}

#[test]
fn a_plugin_that_is_installed_where_a_file_was_deleted_stays() {
    let scene = Scene::new();
    // One look finds this file gone for good and the slow one new.
    fs::remove_file(scene.file("acme.wasm")).unwrap();
    scene.meanwhile(|| install(&scene.registry, version("1.1.0")));
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
}

#[test]
fn what_was_in_service_when_it_was_looked_at_and_is_switched_off_since_can_be_switched_on() {
    let scene = Scene::new();
    // It is looked at again, after a file that comes before it and takes its time.
    fs::write(scene.file("acme.wasm"), version("1.1.0")).unwrap();
    let twice = || (0..2).for_each(|_| scene.registry.look());
    scene.while_file_is_compiled("a-slow.wasm", twice, || scene.registry.disable("acme").unwrap());
    assert_eq!(scene.version_of("acme"), None);
    scene.registry.enable("acme").unwrap();
    assert_eq!(scene.version_of("acme").as_deref(), Some("1.1.0"));
}
