//! What `cargo metadata` says about a crate, as far as it becomes a plugin.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command;

/// The answer of `cargo metadata`.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
    #[serde(rename = "target_directory")]
    pub target: PathBuf,
    pub packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

/// A crate that a manifest names.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// Cargo gives none for a normal dependency, else "dev" or "build".
    pub kind: Option<String>,
}

impl Metadata {
    /// Asks cargo about the workspace of `folder`, without touching the network.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut cargo = command::cargo("cargo");
        cargo.current_dir(folder).args(["metadata", "--no-deps", "--format-version=1"]);
        let metadata = command::capture(&mut cargo)?;
        serde_json::from_str(&metadata).context("the answer of `cargo metadata` is not understood")
    }
}

impl Package {
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().expect("a manifest lies in a folder")
    }

    /// The file that cargo names after the crate's `cdylib`, which is the only kind that becomes a plugin.
    pub fn core_module(&self) -> Option<String> {
        let library = self.targets.iter().find(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))?;
        Some(format!("{}.wasm", library.name.replace('-', "_")))
    }
}
