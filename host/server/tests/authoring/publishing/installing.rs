//! From a registry into service: with all that counts for a file.

use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::time::Duration;

use relink_authoring::command::wait_until;

use super::{change_bytes, push, sign, with};
use crate::registry::{NAME, Registry};
use crate::support::{Beacon, Said, relink};

const FOLLOW_LIMIT: Duration = Duration::from_mins(1);

/// A host in the folder of the plugin, with these lines in its settings.
pub(super) fn set_up_host(beacon: &Beacon, settings: &str) {
    fs::create_dir_all(beacon.folder().join("relink-data/plugins")).unwrap();
    fs::write(beacon.folder().join("relink.toml"), format!("listen = \"127.0.0.1:0\"\n{settings}")).unwrap();
}

fn trusting(public_key: &str) -> String {
    format!("[plugin_trust.publishers]\n\"Acme Inc\" = \"{public_key}\"\n")
}

fn install(beacon: &Beacon, reference: &str) -> Said {
    with(beacon, &["install", &format!("oci://{reference}"), "--config", "relink.toml"])
}

#[test]
fn a_signed_plugin_is_in_service_with_its_publisher() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    set_up_host(&beacon, &trusting(&sign(&beacon)));
    push(&beacon, &registry);
    let said = install(&beacon, &registry.tagged("0.1.0")).done();
    assert!(said.contains("beacon 0.1.0 is in service") && said.contains("talks to api.beacon.example"), "{said}");
    let listed = beacon.plugin(&["list", "--json", "--config", "relink.toml"]).json();
    assert_eq!((listed[0]["id"].as_str(), listed[0]["publisher"].as_str()), (Some("beacon"), Some("Acme Inc")));
    let ledger = fs::read_to_string(beacon.folder().join("relink-data/plugin-versions/beacon/ledger.json")).unwrap();
    assert!(ledger.contains("Acme Inc"), "{ledger}");
    beacon.plugin(&["disable", "beacon", "--config", "relink.toml"]).done();
    let listed = beacon.plugin(&["list", "--config", "relink.toml"]).done();
    assert!(listed.contains("an operator switched this plugin off"), "{listed}");
}

#[test]
fn a_plugin_without_a_good_signature_is_refused_like_a_file() {
    let Some(registry) = Registry::start() else { return };
    let (beacon, stranger) = (Beacon::new(), Beacon::new());
    set_up_host(&beacon, &trusting(&sign(&stranger)));
    push(&beacon, &registry);
    let said = install(&beacon, &registry.tagged("0.1.0")).failed();
    assert!(said.contains("the plugin is not signed"), "{said}");
    sign(&beacon);
    push(&beacon, &registry);
    let said = install(&beacon, &registry.tagged("0.1.0")).failed();
    assert!(said.contains("by nobody that you trust"), "{said}");
    assert_eq!(fs::read_dir(beacon.folder().join("relink-data/plugins")).unwrap().count(), 0);
}

#[test]
fn a_tag_that_was_moved_to_other_bytes_of_the_same_version_is_refused() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    set_up_host(&beacon, "plugin_trust.mode = \"unsigned\"\n");
    let latest = registry.tagged("latest");
    with(&beacon, &["push", &latest, "dist/beacon.wasm"]).done();
    let pinned = format!("{}/{NAME}@{}", registry.host(), registry.digest_of("latest"));
    install(&beacon, &latest).done();
    change_bytes(&beacon);
    with(&beacon, &["push", &latest, "dist/beacon.wasm"]).done();
    let said = install(&beacon, &latest).failed();
    assert!(said.contains("version 0.1.0 is known with other bytes"), "{said}");
    install(&beacon, &pinned).done();
}

#[test]
fn a_host_that_runs_takes_up_what_is_installed_from_a_registry() {
    let Some(registry) = Registry::start() else { return };
    let beacon = Beacon::new();
    set_up_host(&beacon, &trusting(&sign(&beacon)));
    push(&beacon, &registry);
    let host = Host::start(&beacon);
    host.wait_for("Relink is ready on");
    install(&beacon, &registry.tagged("0.1.0")).done();
    host.wait_for("plugin is in service plugin.name=\"beacon\" plugin.version=\"0.1.0\"");
}

/// `relink serve` in the folder of the plugin; dropping it stops the process.
struct Host<'a>(Child, &'a Beacon);

impl<'a> Host<'a> {
    fn start(beacon: &'a Beacon) -> Self {
        let log = File::create(beacon.folder().join("log")).unwrap();
        let mut serve = relink(beacon.folder());
        serve.args(["serve", "--config", "relink.toml"]).stdin(Stdio::null());
        Self(serve.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap(), beacon)
    }

    fn wait_for(&self, line: &str) {
        let log = || fs::read_to_string(self.1.folder().join("log")).unwrap();
        let found = wait_until(FOLLOW_LIMIT, || log().contains(line).then_some(()));
        assert!(found.is_some(), "{line:?} is not in the log: {}", log());
    }
}

impl Drop for Host<'_> {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
