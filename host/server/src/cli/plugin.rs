//! `relink plugin`: what is in the folder, and whether a file would be taken.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use relink_core::plugin::{AuthMethod, Descriptor};
use relink_runtime::Listing;

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
}

pub(super) fn run(config: &Config, action: &Action) -> Result<ExitCode> {
    match action {
        Action::List { plugins, json } => list(&Plugins::open(config, plugins.as_deref())?, *json),
        Action::Check { file } => {
            let plugin = offline::load_file(config, file)?;
            println!("{} {} is a valid plugin (sha-256 {}).", plugin.id(), plugin.version(), plugin.digest());
            describe(plugin.descriptor());
            Ok(ExitCode::SUCCESS)
        }
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
        Some(problem) => println!("{name}: refused\n{problem}"),
        None => println!("{name} {}", listing.version.as_deref().unwrap_or_default()),
    }
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
