//! Reads from `cargo metadata` where the workspace is and which crates it has.

use std::path::{Path, PathBuf};

use anyhow::Result;
use relink_authoring::build::crates::{Metadata, Package};

/// What cargo says about this workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

impl Workspace {
    /// Asks cargo, without touching the network.
    pub(crate) fn load() -> Result<Self> {
        let Metadata { root, target, packages } = Metadata::load(Path::new("."))?;
        Ok(Self { root, target, packages })
    }

    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Where the finished plugins are put: the folder that the host is pointed to.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// Where the component that interprets tables is put, from where the build of the program takes it.
    pub(crate) fn interpreter(&self) -> PathBuf {
        self.target.join("interpreter/declarative.wasm")
    }

    /// Where cargo puts programs that are built for development.
    pub(crate) fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }
}
