//! The table in the README names every check that a story or a browser test proves, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_readme_names_for_every_test_the_checks_that_it_proves() {
    let proven = proven();
    assert!(proven.len() > 100, "only {} comments with checks were found", proven.len());
    let listed = listed();
    let missing: Vec<_> = proven.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&proven).collect();
    assert!(missing.is_empty() && stale.is_empty(), "the table lacks {missing:?} and names {stale:?} for nothing");
}

/// Number and test, from the comments `checklist:` above the tests.
fn proven() -> BTreeSet<(u32, String)> {
    let files = files_of("stories/tests/stories", ".rs").into_iter().chain(files_of("browser", ".test.js"));
    let mut pairs = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut numbers: Vec<u32> = Vec::new();
        for line in text.lines() {
            if let Some(list) = line.strip_prefix("// checklist: ") {
                numbers = list.split(", ").map(|number| number.parse().unwrap()).collect();
            } else if let Some(name) = name_of(line) {
                pairs.extend(numbers.drain(..).map(|number| (number, name.to_owned())));
            }
        }
    }
    pairs
}

fn files_of(folder: &str, end: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(tests().join(folder)).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.to_string_lossy().ends_with(end)).collect()
}

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What a line begins: a story, a test in Rust, a test in the browser.
fn name_of(line: &str) -> Option<&str> {
    let story = line.strip_prefix("story!(").and_then(|rest| rest.strip_suffix(");"));
    let plain = || line.strip_prefix("fn ").and_then(|rest| rest.split('(').next());
    let in_browser = || line.strip_prefix("test(\"").and_then(|rest| rest.split('"').next());
    story.or_else(plain).or_else(in_browser)
}

/// Number and test, from the rows `| number | check | tests |`, in which every test stands in backticks.
fn listed() -> BTreeSet<(u32, String)> {
    let readme = fs::read_to_string(tests().join("README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        Some((cells.next()?.parse::<u32>().ok()?, cells.skip(1).collect::<String>()))
    });
    rows.flat_map(|(number, tests)| {
        let names = tests.split('`').skip(1).step_by(2);
        names.map(|name| (number, name.to_owned())).collect::<Vec<_>>()
    })
    .collect()
}
