//! Rust: cargo makes a core module, and `wit-component` a component of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::component;
use super::crates::Metadata;
use super::toolchain::{Toolchain, core_modules};
use crate::command;

pub(super) fn build(folder: &Path, component: &Path) -> Result<()> {
    if command::find_program("cargo").is_none() {
        bail!(
            "cargo is missing: it compiles plugins in Rust\n  fix: install Rust from https://rustup.rs, then run \
             `rustup target add wasm32-unknown-unknown`"
        );
    }
    let metadata = Metadata::load(folder)?;
    let folder = folder.canonicalize().context("the folder of the project cannot be found")?;
    let Some(package) = metadata.packages.iter().find(|package| package.folder() == folder) else {
        bail!("{} is no package of its workspace {}", folder.display(), metadata.root.display());
    };
    let Some(file) = package.core_module() else {
        bail!(
            "{} makes no WebAssembly module\n  fix: add `crate-type = [\"cdylib\", \"rlib\"]` below `[lib]`",
            folder.join("Cargo.toml").display()
        );
    };
    let target = metadata.target.join("guests");
    let Some(toolchain) = Toolchain::find(&target) else {
        bail!(
            "no compiler here builds for wasm32-unknown-unknown\n  fix: run `rustup target add wasm32-unknown-unknown`, \
             or on Debian `sudo apt-get install rustc-web cargo-web rust-web-src lld-22`"
        );
    };
    let first = if target.exists() { "" } else { "; the first build takes some minutes" };
    command::announce(format_args!("building {} with {toolchain}{first}", package.name));
    command::run(toolchain.cargo(&target).current_dir(&folder).args(["--package", &package.name]))?;
    let core_module = core_modules(&target).join(file);
    let bytes = fs::read(&core_module).with_context(|| format!("{} cannot be read", core_module.display()))?;
    super::write(component, &component::encode(&bytes)?)
}
