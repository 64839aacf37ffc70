//! `relink plugin`: what is in the folder and in service, and everything that an author needs besides an editor.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use relink_runtime::Listing;
use serde::Serialize;

use crate::cli::offline::Plugins;
use crate::cli::plugin::doubts::Doubts;
use crate::config::Config;

mod access;
mod asked;
mod bench;
mod build;
mod check;
mod conversation;
mod doubts;
mod interpreter;
mod leaks;
mod manage;
mod new;
mod pull;
mod push;
mod record;
mod run;
mod secrets;
mod settings;
mod sign;
mod target;
mod test;
mod warnings;

#[derive(Subcommand)]
pub(super) enum Action {
    /// List the plugins: those in service with the secrets of your app that each needs, since when one is suspected
    /// because it calls too much broken at once, and why others are not in service
    List {
        /// A folder whose plugins are listed as if all of them were trusted and approved; without it the one of
        /// the settings, as the server sees it
        #[arg(long, value_name = "DIR")]
        plugins: Option<PathBuf>,
        /// Print JSON instead of words
        #[arg(long)]
        json: bool,
    },
    /// Start a plugin: a project that builds and passes its tests
    New(new::Arguments),
    /// Build a project into one .wasm file
    Build(build::Arguments),
    /// Say whether a host would take a plugin up, and if not, why
    Check(check::Arguments),
    /// Replay the fixtures of a plugin in the sandbox
    Test(test::Arguments),
    /// Ask a provider once, for one account, and print what comes
    Run(run::Arguments),
    /// Ask a provider once, and write a fixture of it without the secrets
    Record(record::Arguments),
    /// Measure the calls of a plugin over its fixtures
    Bench(bench::Arguments),
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
    /// Send a plugin and its signature to a registry
    Push(push::Arguments),
    /// Fetch a plugin and its signature from a registry
    Pull(pull::Arguments),
    /// Put a plugin into service; a server that runs follows at once
    Install(manage::Install),
    /// Agree to what a waiting version asks for
    Approve { id: String },
    /// Delete a waiting version; what is in service stays
    Reject { id: String },
    /// Go back to the version before, for good
    Rollback { id: String },
    /// Take a plugin out of service; its file stays
    Disable { id: String },
    /// Put a disabled plugin back in service
    Enable { id: String },
    /// Delete a plugin, its versions and what it was granted; its id stays with its publisher
    Remove { id: String },
    /// Let another publisher take the id of a plugin that was removed, and with it the secrets of your app
    Forget { id: String },
    /// Have people told of what a suspected plugin calls broken: it is really broken
    TrustDiagnoses { id: String },
}

pub(super) fn run(config: &Config, action: &Action) -> Result<ExitCode> {
    match action {
        Action::List { plugins: None, json } => {
            let plugins = Plugins::open_as_server(config)?;
            list(&plugins, &doubts::find(config, &plugins), *json)
        }
        Action::List { plugins, json } => list(&Plugins::open(config, plugins.as_deref())?, &BTreeMap::new(), *json),
        Action::New(arguments) => new::run(arguments),
        Action::Build(arguments) => build::run(config, arguments),
        Action::Check(arguments) => check::run(config, arguments),
        Action::Test(arguments) => test::run(config, arguments),
        Action::Run(arguments) => block_on(run::run(config, arguments)),
        Action::Record(arguments) => block_on(record::run(config, arguments)),
        Action::Bench(arguments) => bench::run(config, arguments),
        Action::Keygen { secret_key } => sign::keygen(secret_key),
        Action::Sign { file, key } => sign::sign(file, key),
        Action::Push(arguments) => push::run(config, arguments),
        Action::Pull(arguments) => pull::run(config, arguments),
        Action::Install(arguments) => manage::install(config, arguments),
        Action::Approve { id } => {
            manage::change(config, id, "has what it asked for", |registry| registry.approve(id, None))
        }
        Action::Reject { id } => manage::change(config, id, "stays as it is", |registry| registry.reject(id)),
        Action::Rollback { id } => manage::roll_back(config, id),
        Action::Disable { id } => manage::change(config, id, "is out of service", |registry| registry.disable(id)),
        Action::Enable { id } => manage::change(config, id, "is in service", |registry| registry.enable(id)),
        Action::Remove { id } => manage::remove(config, id),
        Action::Forget { id } => {
            manage::change(config, id, "may now come from any publisher that you trust", |registry| registry.forget(id))
        }
        Action::TrustDiagnoses { id } => doubts::trust(config, id),
    }
}

/// Runs a conversation with a provider or a registry: one request at a time needs one thread.
fn block_on<T>(conversation: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(conversation)
}

/// A line of the list, for programs.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    listing: &'a Listing,
    doubted: Option<&'a Doubts>,
}

fn list(plugins: &Plugins, doubts: &BTreeMap<String, Doubts>, json: bool) -> Result<ExitCode> {
    let listings = plugins.registry().list();
    let doubts_of = |listing: &Listing| doubts.get(listing.id.as_deref()?);
    if json {
        let lines = listings.iter().map(|listing| Line { listing, doubted: doubts_of(listing) });
        println!("{}", serde_json::to_string_pretty(&lines.collect::<Vec<_>>())?);
        return Ok(ExitCode::SUCCESS);
    }
    if listings.is_empty() {
        println!("There is no plugin in {}.", plugins.folder().display());
    }
    for listing in &listings {
        print_listing(listing);
        if let Some(doubts) = doubts_of(listing) {
            println!("    {}", doubts.sentence(listing.id.as_deref().unwrap_or_default()));
        }
        if let Some(plugin) = listing.id.as_deref().and_then(|id| plugins.find(id)) {
            check::describe(plugin.descriptor());
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

/// A number of things, in words.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
