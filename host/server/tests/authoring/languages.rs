//! Projects in the other languages, whose tools and packages come from the network.

use std::env;

use crate::support::{plugin, relink, said};

/// Names that the tests may take minutes and packages from npm and PyPI.
const VARIABLE: &str = "RELINK_TEST_LANGUAGES";

#[track_caller]
fn builds_and_passes(lang: &str) {
    if env::var_os(VARIABLE).is_none() {
        eprintln!("skipped: set {VARIABLE} to let npm and pip install packages");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    plugin(folder.path(), ["new", "beacon", "--lang", lang]).done();
    said(relink(folder.path()).args(["plugin", "build", "beacon"])).done();
    let said = plugin(folder.path(), ["test", "beacon"]).done();
    assert_eq!(said, "beacon 0.1.0: 7 of 7 fixtures hold.\n");
    plugin(folder.path(), ["check", "beacon"]).done();
}

#[test]
fn a_project_in_javascript_builds_and_passes_its_tests() {
    builds_and_passes("js");
}

#[test]
fn a_project_in_typescript_builds_and_passes_its_tests() {
    builds_and_passes("ts");
}

#[test]
fn a_project_in_python_builds_and_passes_its_tests() {
    builds_and_passes("python");
}
