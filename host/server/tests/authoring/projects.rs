//! What the commands make of a project as it changes: fixtures, signatures, versions, settings, secrets.
//!
//! Tables are built in no time, and what is shown here is the same in every language.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::provider::{self, TOKEN};
use crate::support::{Beacon, Said, plugin, relink, said};

/// A project of a table that was just started.
struct Table {
    _folder: TempDir,
    project: PathBuf,
}

impl Table {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        plugin(folder.path(), ["new", "beacon", "--lang", "toml"]).done();
        let project = folder.path().join("beacon");
        Self { _folder: folder, project }
    }

    fn plugin(&self, arguments: &[&str]) -> Said {
        plugin(&self.project, arguments)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.project.join(file), text).unwrap();
    }

    #[track_caller]
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.project.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

#[test]
fn a_fixture_that_changed_counts_without_building_again() {
    let beacon = Beacon::new();
    // With a manifest the folder is a project of code, whose component is up to date.
    fs::write(beacon.folder().join("Cargo.toml"), "").unwrap();
    let component = beacon.folder().join("dist/beacon.wasm");
    fs::write(&component, fs::read(&component).unwrap()).unwrap();
    let nowhere = tempfile::tempdir().unwrap();
    let check = || said(relink(beacon.folder()).env("PATH", nowhere.path()).args(["plugin", "check"]));
    check().done();
    beacon.edit("diagnoses.json", |text| text.replace("plan-too-small", "plan-too-big"));
    let said = check().failed();
    assert!(said.contains("expected \"beacon.plan-too-big\", found \"beacon.plan-too-small\""), "{said}");
    fs::remove_file(beacon.folder().join("fixtures/diagnoses.json")).unwrap();
    assert!(check().done().contains("carries its fixtures, and they hold"));
    fs::remove_file(beacon.folder().join("fixtures/operations.json")).unwrap();
    let checked = check();
    assert!(checked.err.contains("warning: it carries no fixtures"), "{checked:?}");
    checked.done();
}

#[test]
fn a_version_that_differs_is_told_with_the_file_that_it_comes_from() {
    let beacon = Beacon::new();
    fs::write(beacon.folder().join("plugin.toml"), "id = \"beacon\"\nversion = \"9.0.0\"\nhosts = []").unwrap();
    fs::write(beacon.folder().join("Cargo.toml"), "").unwrap();
    let said = beacon.plugin(&["check", "dist/beacon.wasm"]).failed();
    assert!(said.contains("version is \"9.0.0\", not \"0.1.0\"") && said.contains("version of Cargo.toml"), "{said}");
}

#[test]
fn a_secret_in_a_fixture_is_refused_with_its_place_and_without_its_value() {
    let table = Table::new();
    table.write("secrets.toml", &format!("access_token = \"{TOKEN}\""));
    table.plugin(&["build"]).done();
    table.edit("fixtures/diagnoses.json", "\"about\": \"", &format!("\"about\": \"{TOKEN} "));
    for command in ["build", "check"] {
        let said = table.plugin(&[command]).failed();
        assert!(said.contains("fixtures/diagnoses.json:") && said.contains("the value of `access_token`"), "{said}");
        assert!(!said.contains(TOKEN), "{said}");
    }
}

#[test]
fn a_signature_of_the_build_before_is_removed_and_never_pushed() {
    let table = Table::new();
    table.plugin(&["build"]).done();
    table.plugin(&["keygen", "acme.key"]).done();
    let sign = ["sign", "dist/beacon.wasm", "--key", "acme.key"];
    table.plugin(&sign).done();
    let signature = table.project.join("dist/beacon.wasm.minisig");
    table.plugin(&["build"]).done();
    assert!(signature.exists(), "the same bytes have the same signature");
    let earlier = fs::read(&signature).unwrap();
    table.edit("plugin.toml", "name = \"Beacon\"", "name = \"Bacon\"");
    let built = table.plugin(&["build"]);
    assert!(built.err.contains("sign again") && !signature.exists(), "{built:?}");
    fs::write(&signature, earlier).unwrap();
    let said = table.plugin(&["push", "registry.invalid/acme/beacon", "dist/beacon.wasm"]).failed();
    assert!(said.contains("is of another build"), "{said}");
    table.plugin(&sign).done();
    let said = table.plugin(&["push", "registry.invalid/acme/beacon", "dist/beacon.wasm"]).failed();
    assert!(said.contains("registry.invalid cannot be reached"), "{said}");
}

#[test]
fn only_a_component_is_signed_and_only_with_a_secret_key() {
    let table = Table::new();
    table.plugin(&["build"]).done();
    table.plugin(&["keygen", "acme.key"]).done();
    let said = table.plugin(&["sign", "dist/beacon.wasm", "--key", "acme.key.pub"]).failed();
    assert!(said.contains("acme.key.pub is the public key"), "{said}");
    let said = table.plugin(&["sign", "plugin.toml", "--key", "acme.key"]).failed();
    assert!(said.contains("plugin.toml is no component"), "{said}");
}

#[test]
fn a_version_that_asks_for_more_waits_until_it_is_approved() {
    let table = Table::new();
    fs::create_dir_all(table.project.join("relink-data/plugins")).unwrap();
    table.write("relink.toml", "plugin_trust.mode = \"unsigned\"\n");
    let manage = |arguments: &[&str]| {
        said(relink(&table.project).env("RELINK_CONFIG", "relink.toml").arg("plugin").args(arguments))
    };
    table.plugin(&["build"]).done();
    manage(&["install", "dist/beacon.wasm"]).done();
    table.edit("plugin.toml", "version = \"0.1.0\"", "version = \"0.2.0\"");
    table.edit("plugin.toml", "hosts = [", "hosts = [\"files.beacon.example\", ");
    table.plugin(&["build"]).done();
    let said = manage(&["install", "dist/beacon.wasm"]).failed();
    assert!(said.contains("beacon 0.2.0 waits for your approval") && said.contains("files.beacon.example"), "{said}");
    assert!(manage(&["list"]).done().contains("beacon 0.1.0"));
    manage(&["approve", "beacon"]).done();
    assert!(manage(&["list"]).done().contains("beacon 0.2.0"));
}

#[test]
fn settings_are_held_against_the_schema_before_anything_is_sent() {
    let table = Table::new();
    table.edit("plugin.toml", "[probe]", "[settings.region]\nlabel = \"Region\"\npattern = \"^[a-z]{2}$\"\n\n[probe]");
    let route = provider::start();
    let run = |setting: &[&str]| {
        let mut run = relink(&table.project);
        run.args(["plugin", "run", "--operation", "probe", "--route", &route]).args(setting);
        said(run.env("PLUGIN_SECRET_ACCESS_TOKEN", TOKEN))
    };
    let said = run(&["--setting", "regoin=eu"]).failed();
    assert!(said.contains("no setting \"regoin\"; did you mean \"region\"?"), "{said}");
    let said = run(&["--setting", "region=EU"]).failed();
    assert!(said.contains("/region: 'EU' does not match pattern"), "{said}");
    let said = run(&[]).failed();
    assert!(said.contains("`region` is missing"), "{said}");
    run(&["--setting", "region=eu"]).done();
}

#[test]
fn a_route_is_written_as_one_and_named_when_nobody_answers_there() {
    let table = Table::new();
    let run = |route: &str| {
        let mut run = relink(Path::new(&table.project));
        run.args(["plugin", "run", "--operation", "probe", "--route", route]);
        said(run.env("PLUGIN_SECRET_ACCESS_TOKEN", TOKEN))
    };
    let wrong = run("127.0.0.1:1");
    assert!(wrong.code == 2 && wrong.err.contains("HOST=URL"), "{wrong:?}");
    let said = run("*=http://127.0.0.1:1/{host}").failed();
    assert!(said.contains("requests to api.beacon.example are routed to http://127.0.0.1:1"), "{said}");
}

#[test]
fn a_wrong_pointer_is_doubted_by_run_and_record() {
    let table = Table::new();
    let route = provider::start();
    let ask = |command: &str| {
        let mut ask = relink(&table.project);
        ask.args(["plugin", command, "--route", &route, "--dataset", "clicks", "--account", "a1"]);
        let said =
            said(ask.args(["--since", "2026-05-01", "--until", "2026-05-02"]).env("PLUGIN_SECRET_ACCESS_TOKEN", TOKEN));
        assert_eq!(said.code, 0, "{said:?}");
        said.err
    };
    assert!(!ask("run").contains("warning"));
    table.edit("plugin.toml", "/spend_micros", "/spent_micros");
    assert!(ask("run").contains("warning: column `spend` is null in all 3 rows"));
    table.edit("plugin.toml", "items = \"/data\"", "items = \"/date\"");
    let said = ask("record");
    assert!(said.contains("warning: the answer has 2 items at \"/data\", and nothing was found"), "{said}");
}
