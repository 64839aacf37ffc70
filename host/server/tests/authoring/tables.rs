//! Plugins in TOML: the guide, command by command and piece by piece, and what only tables have.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::provider::{self, TOKEN};
use crate::support::{Said, plugin, relink, said};

const GUIDE: &str = include_str!("../../../../sdk/declarative/README.md");

/// A project that was just started.
fn beacon() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    plugin(folder.path(), ["new", "beacon", "--lang", "toml"]).done();
    let project = folder.path().join("beacon");
    (folder, project)
}

/// Changes a file of a project.
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// What stands in the guide between fences that name this language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let fenced = GUIDE.split("\n```").skip(1).step_by(2);
    fenced.filter_map(move |block| block.split_once('\n').filter(|(name, _)| *name == language).map(|(_, text)| text))
}

/// Runs a line of the guide as it stands there, but against a provider on this machine.
fn run_line(folder: &Path, line: &str) -> Said {
    let words: Vec<&str> = line.split(" #").next().unwrap().split_whitespace().skip(1).collect();
    let mut relink = relink(folder);
    relink.args(&words);
    if matches!(words[1], "run" | "record") {
        relink.args(["--route", &provider::start()]);
    }
    said(&mut relink)
}

#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut home = folder.path().to_owned();
    let mut commands = Vec::new();
    for line in blocks("").flat_map(str::lines) {
        if let Some(inner) = line.strip_prefix("cd ") {
            home = home.join(inner);
            fs::write(home.join("secrets.toml"), format!("access_token = \"{TOKEN}\"")).unwrap();
            continue;
        }
        run_line(&home, line).done();
        commands.push(line.split_whitespace().nth(2).unwrap());
    }
    assert_eq!(commands, ["new", "build", "test", "run", "run", "record", "test", "check", "bench"]);
    let said = run_line(&home, "relink plugin test").done();
    assert_eq!(said, "beacon 0.1.0: 8 of 8 fixtures hold.\n", "the recording is a fixture like the others");
}

#[test]
fn the_pieces_of_the_guide_make_a_whole_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let pieces: Vec<&str> = blocks("toml").collect();
    fs::write(folder.path().join("plugin.toml"), pieces.join("\n")).unwrap();
    let said = plugin(folder.path(), ["check"]).done();
    assert!(said.contains("beacon 0.1.0 is a valid plugin"), "{said}");
    assert!(said.contains("uses your secret oauth/client_id"), "{said}");
}

#[test]
fn a_mistake_is_shown_as_in_the_guide() {
    let (_folder, project) = beacon();
    edit(&project.join("plugin.toml"), "day = \"day\"", "day = \"dayy\"");
    let said = plugin(&project, ["build"]).failed();
    let shown = blocks("text").next().unwrap();
    assert!(said.contains(shown.trim_end()), "{said}");
}

#[test]
fn no_tool_is_needed_and_the_same_table_gives_the_same_bytes() {
    let (folder, project) = beacon();
    let nowhere = tempfile::tempdir().unwrap();
    let component = project.join("dist/beacon.wasm");
    let build = || {
        said(relink(folder.path()).env("PATH", nowhere.path()).args(["plugin", "build", "beacon"])).done();
        fs::read(&component).unwrap()
    };
    let first = build();
    edit(&project.join("plugin.toml"), "id = \"beacon\"", "id = \"beacon\" # and no more");
    assert!(first == build(), "a comment is no part of the plugin");
    edit(&project.join("plugin.toml"), "name = \"Beacon\"", "name = \"Bacon\"");
    assert!(first != build(), "a name is");
}

#[test]
fn a_rule_without_a_fixture_is_named() {
    let (_folder, project) = beacon();
    fs::remove_file(project.join("fixtures/diagnoses.json")).unwrap();
    let said = plugin(&project, ["test"]).failed();
    assert!(said.contains("No fixture shows: rule beacon.plan-too-small."), "{said}");
}

#[test]
fn every_rule_and_dataset_of_the_bundled_tables_has_a_fixture() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let folders = fs::read_dir(&plugins).unwrap().map(|entry| entry.unwrap().path());
    let tables: Vec<PathBuf> =
        folders.filter(|folder| folder.join("plugin.toml").exists() && !folder.join("Cargo.toml").exists()).collect();
    assert!(tables.len() >= 6, "{tables:?}");
    for table in tables {
        let copy = tempfile::tempdir().unwrap();
        fs::create_dir(copy.path().join("fixtures")).unwrap();
        for entry in fs::read_dir(table.join("fixtures")).unwrap() {
            let file = entry.unwrap().path();
            fs::copy(&file, copy.path().join("fixtures").join(file.file_name().unwrap())).unwrap();
        }
        fs::copy(table.join("plugin.toml"), copy.path().join("plugin.toml")).unwrap();
        let said = plugin(copy.path(), ["test"]).done();
        assert!(!said.contains("No fixture shows"), "{said}");
    }
}
