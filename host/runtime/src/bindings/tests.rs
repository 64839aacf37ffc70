//! What `wit/README.md` promises, held against the folders and the host.

use std::fs;
use std::path::{Path, PathBuf};

use super::Contract;
use crate::loader::digest;

/// The files of released versions, which nobody may change, not even in a comment.
const RELEASED: [(&str, &str); 1] = [("0.1", "31d47c8000da364cb8f660cfb1d14d6f4883831573965c7b4ab3caa3148089ba")];

/// A row of the table of compatibility.
struct Row {
    version: String,
    folder: String,
    is_released: bool,
}

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
}

fn rows() -> Vec<Row> {
    let readme = fs::read_to_string(wit().join("README.md")).unwrap();
    let (_, table) = readme.split_once("\n## Compatibility\n").unwrap();
    let lines = table.lines().take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|')).skip(2);
    let read = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        Row {
            version: cells[0].to_owned(),
            folder: cells[1].trim_matches(['`', '/']).to_owned(),
            is_released: cells[2] != "not yet",
        }
    };
    lines.map(read).collect()
}

#[test]
fn the_host_speaks_the_versions_of_the_table() {
    let promised: Vec<String> = rows().into_iter().map(|row| row.folder).collect();
    let spoken: Vec<&str> = Contract::ALL.iter().map(|contract| contract.version()).collect();
    assert_eq!(promised, spoken);
}

#[test]
fn every_folder_is_in_the_table() {
    let entries = fs::read_dir(wit()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut folders: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    folders.sort();
    let mut promised: Vec<String> = rows().into_iter().map(|row| row.folder).collect();
    promised.sort();
    assert_eq!(promised, folders);
}

#[test]
fn the_packages_have_the_versions_of_the_table() {
    for Row { version, folder, .. } in rows() {
        let text = fs::read_to_string(wit().join(&folder).join("plugin.wit")).unwrap();
        assert!(text.lines().any(|line| line == format!("package relink:plugin@{version};")), "{folder}");
        assert!(version.starts_with(&format!("{folder}.")), "{version} does not belong into {folder}/");
    }
}

#[test]
fn released_folders_are_unaltered() {
    let released: Vec<String> = rows().into_iter().filter(|row| row.is_released).map(|row| row.folder).collect();
    assert_eq!(released, RELEASED.map(|(folder, _)| folder), "a released version has its checksum here");
    for (folder, expected) in RELEASED {
        let folder = wit().join(folder);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files, ["plugin.wit"]);
        let found = digest(&fs::read(folder.join("plugin.wit")).unwrap());
        assert_eq!(found, expected, "{} was released: make a new version instead", folder.display());
    }
}
