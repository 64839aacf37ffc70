//! `relink plugin push`: from a file into a registry, where hosts and other tools find it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use relink_runtime::{Limits, Proof};

use super::access::Access;
use super::block_on;
use super::manage::read_package;
use super::sign::refuse_other_bytes;
use crate::app::system_time;
use crate::cli::offline;
use crate::config::Config;
use crate::oci::{Address, Artifact, Found, Remote};

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Such as `registry.example.com/acme/beacon`; without a tag, the version of the plugin is the tag
    #[arg(value_name = "REFERENCE")]
    address: Address,
    /// The plugin; its signature is the file beside it with `.minisig` behind its name
    file: PathBuf,
    #[command(flatten)]
    access: Access,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let package = read_package(&arguments.file, None)?;
    if let Some(signature) = &package.signature {
        refuse_other_bytes(&package.component, signature)?;
    }
    let plugin = offline::load(config, &package.component, Proof::Fixtures)
        .with_context(|| format!("the plugin {} is refused", arguments.file.display()))?;
    let address = arguments.address.clone().for_version(plugin.version())?;
    let artifact = Artifact::new(&plugin, package, system_time())?;
    let remote = arguments.access.open(address)?;
    let (done, found) = block_on(push(&remote, artifact))?;
    let signed = if found.listed.signature.is_some() { "signed" } else { "not signed" };
    println!("{} {} {done} {}, {signed}.", plugin.id(), plugin.version(), remote.address());
    println!("  exactly this one: {}", found.pinned);
    Ok(ExitCode::SUCCESS)
}

/// Sends what is not there yet, and looks whether it has arrived.
async fn push(remote: &Remote, artifact: Artifact) -> Result<(&'static str, Found)> {
    let limit = Limits::default().component_bytes;
    if let Some(there) = remote.look_up(limit).await? {
        if there.listed == artifact.listed {
            return Ok(("was already in", there));
        }
        if there.listed.digest != artifact.listed.digest && remote.address().is_for_good() {
            bail!(
                "{} is another plugin of the same version: count the version up, since a host refuses other bytes under a \
                 version that it knows",
                remote.address()
            );
        }
    }
    remote.upload(artifact).await?;
    Ok(("is in", remote.find(limit).await?))
}
