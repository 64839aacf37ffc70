//! Changes what is in service, by way of the plugin folder: a server that runs follows it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;
use relink_runtime::{Approval, ChangeError, Gate, History, ListingState, Package, Refusal, Registry, signature_file};

use crate::cli::offline::Plugins;
use crate::cli::plugin::access::{Access, Pulled};
use crate::cli::plugin::block_on;
use crate::cli::plugin::check::describe;
use crate::config::Config;
use crate::oci::SCHEME;

#[derive(Args)]
pub(in crate::cli) struct Install {
    /// A file, or `oci://` and a place in a registry, such as `oci://registry.example.com/acme/beacon:1.2.0`
    #[arg(value_name = "FILE_OR_REFERENCE")]
    source: PathBuf,
    /// The signature; without it the file beside the plugin with `.minisig` behind its name, or what came with
    /// the plugin from the registry
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Agree to all that the plugin asks for
    #[arg(long)]
    approve: bool,
    #[command(flatten)]
    access: Access,
}

pub(super) fn install(config: &Config, arguments: &Install) -> Result<ExitCode> {
    let package = arguments.package()?;
    let approval = if arguments.approve { Approval::Given } else { Approval::Pending };
    let plugins = Plugins::open_for_change(config)?;
    let plugin = match plugins.registry().install(package.clone(), approval) {
        Err(ChangeError::Refused(refusal)) if refusal.gate == Gate::Approval => {
            return wait(plugins.registry(), package, &refusal);
        }
        installed => installed?,
    };
    println!("{} {} is in service (sha-256 {}).", plugin.id(), plugin.version(), plugin.digest());
    describe(plugin.descriptor());
    Ok(ExitCode::SUCCESS)
}

/// Keeps a version that asks for more than was granted, so that it can be approved by its name. It is a failure
/// since what was asked for, to be in service, is not done.
fn wait(registry: &Registry, package: Package, refusal: &Refusal) -> Result<ExitCode> {
    let proposed = registry.propose(package)?;
    let plugin = proposed.plugin();
    eprintln!("{} {} waits for your approval: {}", plugin.id(), plugin.version(), refusal.found);
    eprintln!("  fix: run `relink plugin approve {0}` if you agree, or `relink plugin reject {0}`", plugin.id());
    Ok(ExitCode::FAILURE)
}

impl Install {
    fn package(&self) -> Result<Package> {
        let signature = self.signature.as_deref();
        let Some(reference) = self.source.to_str().filter(|source| source.starts_with(SCHEME)) else {
            return read_package(&self.source, signature);
        };
        let Pulled { mut package, pinned } = block_on(self.access.pull(reference.parse()?))?;
        if let Some(signature) = signature {
            package.signature = Some(read_signature(signature)?);
        }
        println!("Pulled {pinned}.");
        Ok(package)
    }
}

pub(super) fn roll_back(config: &Config, id: &str) -> Result<ExitCode> {
    let plugin = Plugins::open_for_change(config)?.registry().roll_back(id)?;
    println!("{} {} is in service again.", plugin.id(), plugin.version());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn remove(config: &Config, id: &str) -> Result<ExitCode> {
    let plugins = Plugins::open_for_change(config)?;
    plugins.registry().remove(id)?;
    println!("{id} is removed.");
    // What is remembered cannot be read if it is damaged, which whoever installs the plugin again is told.
    if let Ok(History { publisher: Some(publisher), .. }) = plugins.registry().history(id) {
        println!("Only {publisher} may publish it here; `relink plugin forget {id}` ends that.");
    }
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

/// Reads a component with its signature, which lies beside it unless another is named.
pub(super) fn read_package(file: &Path, signature: Option<&Path>) -> Result<Package> {
    ensure!(
        !file.is_dir(),
        "{0} is a folder\n  fix: name the component, which `relink plugin build {0}` writes into its folder `dist`",
        file.display()
    );
    let component = fs::read(file).with_context(|| format!("the plugin {} cannot be read", file.display()))?;
    let beside = signature_file(file);
    let signature = signature.or_else(|| beside.exists().then_some(beside.as_path()));
    Ok(Package { component, signature: signature.map(read_signature).transpose()? })
}

fn read_signature(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("the signature {} cannot be read", file.display()))
}
