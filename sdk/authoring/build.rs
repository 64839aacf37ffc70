//! Packs what a new project is made of into the program: templates, SDKs and the contract.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files and folders of the repository, from its root.
const PACKED: [&str; 22] = [
    "Cargo.lock",
    "Cargo.toml",
    "plugins/README.md",
    "plugins/_template",
    "sdk/declarative/README.md",
    "sdk/declarative/plugin.schema.json",
    "sdk/declarative/template",
    "sdk/fixtures/Cargo.toml",
    "sdk/fixtures/src",
    "sdk/js/README.md",
    "sdk/js/bin",
    "sdk/js/package.json",
    "sdk/js/src",
    "sdk/js/template",
    "sdk/js/types",
    "sdk/python/README.md",
    "sdk/python/pyproject.toml",
    "sdk/python/src/relink_sdk",
    "sdk/python/template",
    "sdk/rust/Cargo.toml",
    "sdk/rust/src",
    "wit/0.2",
];

/// What tools leave behind, and tests of the SDK that need the rest of the repository.
const LEFT_OUT: [&str; 7] = [".venv", "__pycache__", "conformance", "conformance.rs", "dist", "node_modules", "target"];

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = home.join("../..").canonicalize()?;
    let mut files = Vec::new();
    for path in PACKED {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).ok().and_then(Path::to_str).expect("our files have plain names");
        let place = file.to_str().expect("our files have plain names");
        writeln!(table, "({name:?}, include_bytes!({place:?})),").expect("a string takes any text");
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("pack.rs"), table)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.file_name().is_some_and(|name| LEFT_OUT.iter().any(|left_out| name == *left_out)) {
        return Ok(());
    }
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
