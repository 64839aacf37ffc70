//! Changes what is in service, by way of the plugin folder: a server that runs follows it.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use relink_runtime::{Approval, ChangeError, ListingState, Package, Registry, signature_file};

use crate::cli::offline::Plugins;
use crate::cli::plugin::check::describe;
use crate::config::Config;

pub(super) fn install(config: &Config, file: &Path, signature: Option<&Path>, approve: bool) -> Result<ExitCode> {
    let component = fs::read(file).with_context(|| format!("the plugin {} cannot be read", file.display()))?;
    let package = Package { component, signature: read_signature(file, signature)? };
    let approval = if approve { Approval::Given } else { Approval::Pending };
    let plugin = Plugins::open_for_change(config)?.registry().install(package, approval)?;
    println!("{} {} is in service (sha-256 {}).", plugin.id(), plugin.version(), plugin.digest());
    describe(plugin.descriptor());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn roll_back(config: &Config, id: &str) -> Result<ExitCode> {
    let plugin = Plugins::open_for_change(config)?.registry().roll_back(id)?;
    println!("{} {} is in service again.", plugin.id(), plugin.version());
    Ok(ExitCode::SUCCESS)
}

/// Does one thing to a plugin, and says what it has led to.
pub(super) fn change(
    config: &Config,
    id: &str,
    done: &str,
    change: impl FnOnce(&Registry) -> Result<(), ChangeError>,
) -> Result<ExitCode> {
    let plugins = Plugins::open_for_change(config)?;
    change(plugins.registry())?;
    println!("{id} {done}.");
    for listing in plugins.registry().list() {
        if listing.claims.as_deref() == Some(id) && listing.state != ListingState::Disabled {
            println!("{}", listing.problem.unwrap_or_default());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read_signature(file: &Path, signature: Option<&Path>) -> Result<Option<String>> {
    let path = signature.map_or_else(|| signature_file(file), Path::to_owned);
    if signature.is_none() && !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path);
    text.map(Some).with_context(|| format!("the signature {} cannot be read", path.display()))
}
