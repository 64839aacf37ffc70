//! `relink plugin pull`: from a registry into a file, without putting anything into service.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;
use relink_runtime::{Package, Proof, signature_file};

use super::access::{Access, Pulled};
use super::block_on;
use crate::cli::offline;
use crate::config::Config;
use crate::oci::Address;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Such as `registry.example.com/acme/beacon:1.2.0`, or with `@sha256:…` for exactly these bytes
    #[arg(value_name = "REFERENCE")]
    address: Address,
    /// Where the plugin goes; without it a file of its name in this folder. A signature goes beside it
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let address = arguments.address.clone();
    let file = arguments.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.wasm", address.name())));
    for file in [&file, &signature_file(&file)] {
        ensure!(!file.exists(), "{} is there already: keep it, or name another file with --output", file.display());
    }
    let Pulled { package, pinned } = block_on(arguments.access.pull(address))?;
    let plugin = offline::load(config, &package.component, Proof::Fixtures)
        .with_context(|| format!("the plugin {pinned} is refused"))?;
    write(&file, &package)?;
    let signed = if package.signature.is_some() { "signed" } else { "not signed" };
    println!("{} {} is in {}, {signed} (sha-256 {}).", plugin.id(), plugin.version(), file.display(), plugin.digest());
    println!("  exactly this one: {pinned}");
    Ok(ExitCode::SUCCESS)
}

/// The signature is first, since the file may lie where a host looks.
fn write(file: &Path, package: &Package) -> Result<()> {
    let write = |file: &Path, bytes: &[u8]| {
        fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
    };
    if let Some(signature) = &package.signature {
        write(&signature_file(file), signature.as_bytes())?;
    }
    write(file, &package.component)
}
