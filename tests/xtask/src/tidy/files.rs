//! Where files are and how long they may be.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::workspace;

const LONGEST_FILE: usize = 500;

const TOP_LEVEL: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "host",
    "plugins",
    "sdk",
    "tests",
    "wit",
];

/// Folders that hold what tools made.
const NOT_OURS: [&str; 2] = ["node_modules", "target"];

#[test]
fn top_level_stays_as_it_is() {
    for path in entries(&workspace().root) {
        let name = name_of(&path);
        let is_known = TOP_LEVEL.contains(&name) || name.starts_with('.') || NOT_OURS.contains(&name);
        assert!(is_known, "{name} does not belong at the top level");
    }
}

#[test]
fn no_file_outgrows_its_reader() {
    for path in rust_files() {
        let lines = lines_without_tests(&fs::read_to_string(&path).unwrap());
        let path = path.display();
        assert!(lines <= LONGEST_FILE, "{path} has {lines} lines: split it below {LONGEST_FILE}");
    }
}

#[test]
fn modules_are_files_with_names() {
    for path in rust_files() {
        let parent = path.parent().unwrap().display();
        assert!(name_of(&path) != "mod.rs", "{parent}/mod.rs should be {parent}.rs");
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let migrations = workspace().root.join("host/store/migrations");
    let numbers = |database: &str| -> BTreeSet<String> {
        let files = entries(&migrations.join(database));
        files.iter().map(|path| migration_number(name_of(path)).to_owned()).collect()
    };
    assert_eq!(numbers("sqlite"), numbers("postgres"));
}

#[test]
fn lines_of_tests_are_not_counted() {
    let source = "fn a() {}\nfn b() {}\n\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\n";
    assert_eq!(lines_without_tests(source), 3);
    let import = "#[cfg(test)]\nuse a::b;\nfn c() {}\n";
    assert_eq!(lines_without_tests(import), 3);
}

/// Counts up to the module with the tests, which stands last.
fn lines_without_tests(source: &str) -> usize {
    let end = source.find("#[cfg(test)]\nmod tests {").unwrap_or(source.len());
    source[..end].lines().count()
}

/// The number, or the time, that a migration's file name starts with.
fn migration_number(file_name: &str) -> &str {
    let end = file_name.find(|letter: char| !letter.is_ascii_digit());
    &file_name[..end.unwrap_or(file_name.len())]
}

/// Every Rust file of the workspace but those that are tests as a whole.
fn rust_files() -> Vec<PathBuf> {
    let root = workspace().root;
    let mut folders: Vec<PathBuf> = ["host", "plugins", "sdk", "tests"].map(|folder| root.join(folder)).into();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = name_of(&path);
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if path.is_dir() && !NOT_OURS.contains(&name) && name != "stories" {
                folders.push(path);
            } else if is_rust && name != "tests.rs" && !is_integration_test(&path) {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "no Rust file was found");
    files
}

/// A crate's folder `tests` stands beside its manifest.
fn is_integration_test(path: &Path) -> bool {
    path.ancestors().any(|folder| {
        folder.file_name().is_some_and(|name| name == "tests")
            && folder.with_file_name("Cargo.toml").is_file()
            && folder.with_file_name("src").is_dir()
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("our files have plain names")
}
