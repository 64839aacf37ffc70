//! The program that makes up components for the tests of the sandbox, from a workspace of its own.

use std::path::PathBuf;

use anyhow::Result;

use crate::run;
use crate::workspace::Workspace;

/// Tells tests where it lies.
pub(crate) const VARIABLE: &str = "RELINK_SMITH";

/// Builds it, and says where it lies.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target.join("smith");
    let mut cargo = run::cargo("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked", "--target-dir"]).arg(&target);
    run::run(cargo.arg("--manifest-path").arg(workspace.root.join("host/runtime/tests/smith/Cargo.toml")))?;
    Ok(target.join("release/relink-smith"))
}
