//! What the lock files of npm say: everything, and nothing of one machine.

use std::path::{Path, PathBuf};
use std::{fs, iter};

use serde_json::{Map, Value};

use super::workspace;

const LOCKS: [&str; 2] = ["sdk/js/package-lock.json", "tests/browser/package-lock.json"];
/// Kinds of dependencies without which `npm ci` calls a lock file incomplete. Those for other platforms are
/// among the optional ones; npm leaves out what it cannot have at the moment, and says nothing.
const NEEDED: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

#[test]
fn lock_files_of_npm_are_complete() {
    for (lock, packages) in locks() {
        let missing = missing(&packages);
        assert!(missing.is_empty(), "{} lacks {missing:?}: `npm ci` refuses it", lock.display());
    }
}

#[test]
fn lock_files_of_npm_name_no_registry() {
    for (lock, packages) in locks() {
        for (place, package) in &packages {
            let resolved = package["resolved"].as_str().unwrap_or_default();
            assert!(!resolved.contains("://"), "{} says where {place} came from", lock.display());
        }
        let settings = fs::read_to_string(lock.with_file_name(".npmrc")).unwrap_or_default();
        assert!(settings.contains("omit-lockfile-registry-resolved=true"), "npm would name it in {}", lock.display());
    }
}

#[test]
fn what_is_missing_is_found_as_node_looks_for_it() {
    let packages = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
    let complete = packages(
        r#"{
            "": { "devDependencies": { "a": "1" } },
            "examples/e": { "dependencies": { "a": "1" } },
            "node_modules/a": { "optionalDependencies": { "@s/b": "1" }, "dependencies": { "c": "2" } },
            "node_modules/a/node_modules/c": { "dependencies": { "@s/b": "1" } },
            "node_modules/@s/b": {}
        }"#,
    );
    assert!(missing(&complete).is_empty());
    for gone in ["node_modules/a/node_modules/c", "node_modules/@s/b", "node_modules/a"] {
        let mut packages = complete.clone();
        packages.remove(gone);
        assert!(!missing(&packages).is_empty(), "{gone}");
    }
}

/// Every lock file, with its packages by their place.
fn locks() -> impl Iterator<Item = (PathBuf, Map<String, Value>)> {
    let root = workspace().root;
    LOCKS.into_iter().map(move |name| {
        let lock = root.join(name);
        let mut text: Value = serde_json::from_slice(&fs::read(&lock).unwrap()).unwrap();
        let Value::Object(packages) = text["packages"].take() else { panic!("{name} lists packages") };
        (lock, packages)
    })
}

/// What packages depend on and the lock file does not have.
fn missing(packages: &Map<String, Value>) -> Vec<String> {
    let mut missing = Vec::new();
    for (place, package) in packages {
        for dependencies in NEEDED.iter().filter_map(|kind| package[*kind].as_object()) {
            for name in dependencies.keys().filter(|name| !is_there(packages, place, name)) {
                missing.push(format!("{name} of {place:?}"));
            }
        }
    }
    missing
}

/// Whether `name` is in a `node_modules` of the package's own folder, or of one above.
fn is_there(packages: &Map<String, Value>, place: &str, name: &str) -> bool {
    let folders = iter::successors(Some(Path::new(place)), |folder| folder.parent());
    let mut places = folders.map(|folder| folder.join("node_modules").join(name));
    places.any(|place| place.to_str().is_some_and(|place| packages.contains_key(place)))
}
