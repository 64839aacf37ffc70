//! Cuts out of the repository what a project of one language needs.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use crate::language::Language;
use crate::pack;

/// Writes the SDK of the language, and what belongs to it, below `folder`.
pub(super) fn write(language: Language, folder: &Path) -> Result<()> {
    for prefix in language.vendored() {
        for (path, bytes) in pack::below(prefix) {
            match path {
                "sdk/js/package.json" => super::write(&folder.join(path), package_json()?.as_bytes())?,
                _ => super::write(&folder.join(path), bytes)?,
            }
        }
    }
    if language == Language::Rust {
        super::write(&folder.join("Cargo.toml"), workspace_manifest()?.as_bytes())?;
    }
    Ok(())
}

/// The repository's workspace with the crates of the SDK alone, and the dependencies that they name.
fn workspace_manifest() -> Result<String> {
    const CRATES: [&str; 2] = ["sdk/fixtures", "sdk/rust"];
    const KEPT: [&str; 4] = ["resolver", "package", "dependencies", "lints"];
    let mut root: toml::Table = pack::text("Cargo.toml").parse().context("Cargo.toml is not understood")?;
    root.retain(|name, _| name == "workspace");
    let workspace = root["workspace"].as_table_mut().context("Cargo.toml has no workspace")?;
    workspace.retain(|name, _| KEPT.contains(&name));
    workspace.insert("members".to_owned(), CRATES.map(toml::Value::from).to_vec().into());
    let mut named = BTreeSet::new();
    for member in CRATES {
        let manifest: toml::Table =
            pack::text(&format!("{member}/Cargo.toml")).parse().context("a manifest of the SDK is not understood")?;
        collect_dependencies(&manifest, &mut named);
    }
    if let Some(toml::Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        dependencies.retain(|name, _| named.contains(name));
    }
    toml::to_string(&root).context("the manifest of the SDK cannot be written")
}

/// The names in every table of dependencies: for one target only, and for tests, which cargo wants to find too.
fn collect_dependencies(table: &toml::Table, named: &mut BTreeSet<String>) {
    for (name, value) in table {
        let toml::Value::Table(inner) = value else { continue };
        if name.ends_with("dependencies") {
            named.extend(inner.keys().cloned());
        } else {
            collect_dependencies(inner, named);
        }
    }
}

/// The package without what only work on the SDK itself needs.
fn package_json() -> Result<String> {
    let mut package: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(pack::text("sdk/js/package.json")).context("package.json is not understood")?;
    for name in ["devDependencies", "scripts", "workspaces"] {
        package.remove(name);
    }
    Ok(serde_json::to_string_pretty(&package)? + "\n")
}
