//! `relink plugin`: what is in the folder, whether a file would be taken, and what is in service.

mod manage;
mod sign;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use relink_core::plugin::{AuthMethod, Descriptor};
use relink_runtime::{Listing, Reach};

use crate::cli::offline::{self, Plugins};
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the plugins of the folder, with the secrets of your app that each needs
    List {
        /// The plugin folder; without it the one of the settings
        #[arg(long, value_name = "DIR")]
        plugins: Option<PathBuf>,
        /// Print JSON instead of words
        #[arg(long)]
        json: bool,
    },
    /// Say whether a file would be taken up, and if not, why
    Check { file: PathBuf },
    /// Put a plugin into service; a server that runs follows at once
    Install {
        file: PathBuf,
        /// The signature; without it the file beside the plugin with `.minisig` behind its name
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// Agree to all that the plugin asks for
        #[arg(long)]
        approve: bool,
    },
    /// Agree to what a waiting version asks for
    Approve { id: String },
    /// Go back to the version before, for good
    Rollback { id: String },
    /// Take a plugin out of service; its file stays
    Disable { id: String },
    /// Put a disabled plugin back in service
    Enable { id: String },
    /// Delete a plugin, its versions and what it was granted
    Remove { id: String },
    /// Make a pair of keys to sign plugins with
    Keygen {
        /// Where the secret key goes; the public key goes beside it
        #[arg(value_name = "FILE")]
        secret_key: PathBuf,
    },
    /// Sign a plugin: writes FILE.minisig
    Sign {
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
}

pub(super) fn run(config: &Config, action: &Action) -> Result<ExitCode> {
    match action {
        Action::List { plugins, json } => list(&Plugins::open(config, plugins.as_deref())?, *json),
        Action::Check { file } => {
            let plugin = offline::load_file(config, file)?;
            println!("{} {} is a valid plugin (sha-256 {}).", plugin.id(), plugin.version(), plugin.digest());
            describe(plugin.descriptor());
            print_reach(plugin.descriptor());
            Ok(ExitCode::SUCCESS)
        }
        Action::Install { file, signature, approve } => manage::install(config, file, signature.as_deref(), *approve),
        Action::Approve { id } => manage::change(config, id, "has what it asked for", |registry| registry.approve(id)),
        Action::Rollback { id } => manage::roll_back(config, id),
        Action::Disable { id } => manage::change(config, id, "is out of service", |registry| registry.disable(id)),
        Action::Enable { id } => manage::change(config, id, "is in service", |registry| registry.enable(id)),
        Action::Remove { id } => manage::change(config, id, "is removed", |registry| registry.remove(id)),
        Action::Keygen { secret_key } => sign::keygen(secret_key),
        Action::Sign { file, key } => sign::sign(file, key),
    }
}

fn list(plugins: &Plugins, json: bool) -> Result<ExitCode> {
    let listings = plugins.registry().list();
    if json {
        println!("{}", serde_json::to_string_pretty(&listings)?);
        return Ok(ExitCode::SUCCESS);
    }
    if listings.is_empty() {
        println!("There is no plugin in {}.", plugins.folder().display());
    }
    for listing in &listings {
        print_listing(listing);
        if let Some(plugin) = listing.id.as_deref().and_then(|id| plugins.find(id)) {
            describe(plugin.descriptor());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_listing(listing: &Listing) {
    let file = listing.file.as_ref().map_or_else(String::new, |file| file.display().to_string());
    let name = listing.id.as_deref().unwrap_or(&file);
    match &listing.problem {
        Some(problem) => println!("{name}: {problem}"),
        None => println!("{name} {}", listing.version.as_deref().unwrap_or_default()),
    }
}

/// What the plugin may have the host touch, for the operator to judge.
fn print_reach(descriptor: &Descriptor) {
    Reach::asked_by(descriptor).lines().for_each(|line| println!("  {line}"));
}

fn describe(descriptor: &Descriptor) {
    if !descriptor.aliases.is_empty() {
        println!("  answers to {}", descriptor.aliases.join(", "));
    }
    for method in &descriptor.auth {
        println!("  [plugins.{}.{}]  {}", descriptor.id, method.id, app_secrets(method));
    }
}

fn app_secrets(method: &AuthMethod) -> String {
    let names: Vec<&str> = method.app_secrets.iter().map(|slot| slot.name.as_str()).collect();
    if names.is_empty() { "needs no secret of your app".to_owned() } else { format!("needs {}", names.join(", ")) }
}
