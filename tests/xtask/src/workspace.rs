//! Reads from `cargo metadata` where the workspace is and which crates it has.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run;

/// What cargo says about this workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
    #[cfg(test)]
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

/// A crate that a manifest names.
#[cfg(test)]
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Cargo gives none for a normal dependency, else "dev" or "build".
    pub(crate) kind: Option<String>,
}

impl Workspace {
    /// Asks cargo, without touching the network.
    pub(crate) fn load() -> Result<Self> {
        let mut cargo = run::cargo("cargo");
        cargo.args(["metadata", "--no-deps", "--format-version=1"]);
        let metadata = run::capture(&mut cargo)?;
        serde_json::from_str(&metadata).context("the answer of `cargo metadata` is not understood")
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Where the finished plugins are put: the folder that the host is pointed to.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// Where cargo puts programs that are built for development.
    pub(crate) fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }
}

impl Package {
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().expect("a manifest lies in a folder")
    }

    /// The file that cargo names after the crate's `cdylib`, which is the only kind that becomes a plugin.
    pub(crate) fn core_module(&self) -> Option<String> {
        let library = self.targets.iter().find(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))?;
        Some(format!("{}.wasm", library.name.replace('-', "_")))
    }
}
