//! The table in the README names every check that a story proves, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_readme_names_for_every_story_the_checks_that_it_proves() {
    let proven = proven();
    assert!(proven.len() > 40, "only {} comments with checks were found", proven.len());
    let listed = listed();
    let missing: Vec<_> = proven.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&proven).collect();
    assert!(missing.is_empty() && stale.is_empty(), "the table lacks {missing:?} and names {stale:?} for nothing");
}

/// Number and story, from the comments `checklist:` above the stories.
fn proven() -> BTreeSet<(u32, String)> {
    let mut pairs = BTreeSet::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
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

fn name_of(line: &str) -> Option<&str> {
    let story = line.strip_prefix("story!(").and_then(|rest| rest.strip_suffix(");"));
    story.or_else(|| line.strip_prefix("fn ").and_then(|rest| rest.split('(').next()))
}

/// Number and story, from the rows `| number | check | story, story |`.
fn listed() -> BTreeSet<(u32, String)> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let rows = readme.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        Some((cells.next()?.parse::<u32>().ok()?, cells.nth(1)?.to_owned()))
    });
    rows.flat_map(|(number, stories)| {
        let names: Vec<_> = stories.split(", ").map(|name| (number, name.trim_matches('`').to_owned())).collect();
        names
    })
    .collect()
}
