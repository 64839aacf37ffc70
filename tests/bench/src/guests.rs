//! The built plugins, what loads them, and where cargo puts things.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use anyhow::{Context, Result};
use relink_core::time::Timestamp;
use relink_runtime::{Compile, Limits, Registry, RegistryConfig};

/// The component of a plugin, as `cargo xtask guests` made it.
pub(crate) fn component(name: &str) -> Result<Vec<u8>> {
    let file = folder()?.join(format!("{name}.wasm"));
    fs::read(&file).with_context(|| format!("{} cannot be read; `cargo xtask guests` builds it", file.display()))
}

/// An empty registry with the limits of a host, which compiles in this process and remembers nothing.
pub(crate) fn registry(folder: &Path) -> Result<Arc<Registry>> {
    Ok(Registry::open(RegistryConfig {
        folder: folder.join("plugins"),
        cache_dir: folder.join("compiled"),
        compile: Compile::Here,
        limits: Limits::default(),
        supported_features: Vec::new(),
        keeping: None,
        clock: Arc::new(|| Timestamp::from_ms(0)),
    })?)
}

/// Where the plugins are: `RELINK_TEST_PLUGINS`, or the folder that xtask fills.
pub(crate) fn folder() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("RELINK_TEST_PLUGINS") {
        return Ok(folder.into());
    }
    Ok(target_folder()?.join("plugins"))
}

/// Cargo's target folder, in which this program lies.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    Ok(program.ancestors().find(is_target).context("cargo marks its target folder")?.to_owned())
}

/// The same component with other words of the same length, so that every offset in it stays right.
pub(crate) fn replaced(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "{to:?} must be as long as {from:?}");
    let mut replaced = component.to_vec();
    let mut at = 0;
    while let Some(found) = replaced[at..].windows(from.len()).position(|window| window == from.as_bytes()) {
        at += found;
        replaced[at..at + to.len()].copy_from_slice(to.as_bytes());
        at += to.len();
    }
    replaced
}
