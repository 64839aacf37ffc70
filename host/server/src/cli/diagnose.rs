//! `relink diagnose`: explains an answer of a provider exactly as the server would, without one.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use relink_core::plugin::{Facts, Failure, Field, Phase};
use relink_engine::diagnose::doubt;
use relink_runtime::Plugin;

use crate::app::system_time;
use crate::cli::offline::{self, Plugins};
use crate::config::Config;

mod batch;
pub(super) mod verdict;

use verdict::Verdict;

#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["plugin", "batch"])))]
pub(super) struct Arguments {
    /// The plugin: its id or alias in the plugin folder, or a .wasm file
    #[arg(long, value_name = "ID_OR_FILE", requires = "phase")]
    plugin: Option<String>,
    /// What was being done
    #[arg(long, value_parser = parse_phase)]
    phase: Option<Phase>,
    /// The HTTP status of the answer
    #[arg(long)]
    status: Option<u16>,
    /// A header of the answer, as in `Retry-After: 30`
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<Field>,
    /// The body of the answer; `-` reads it from the standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<PathBuf>,
    /// The query with which the provider sent the browser back
    #[arg(long, value_name = "QUERY")]
    redirect_query: Option<String>,
    /// Explain many cases: one JSON object per line, `-` reads the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["phase", "status", "headers", "body_file", "redirect_query"])]
    batch: Option<PathBuf>,
    /// The plugin folder; without it the one of the settings
    #[arg(long, value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Print JSON instead of words
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    if let Some(path) = &arguments.batch {
        let plugins = Plugins::open(config, arguments.plugins.as_deref())?;
        return batch::run(&plugins, path);
    }
    let (Some(name), Some(phase)) = (&arguments.plugin, arguments.phase) else {
        bail!("name the plugin and the phase");
    };
    let plugin = offline::find(config, arguments.plugins.as_deref(), name)?;
    let body = match &arguments.body_file {
        Some(path) => read_input(path)?,
        None => Vec::new(),
    };
    let failure = Failure {
        now: system_time(),
        phase,
        auth_method: first_method(&plugin),
        status: arguments.status,
        headers: arguments.headers.clone(),
        body,
        transport: None,
        redirect_query: arguments.redirect_query.clone(),
        dataset: None,
        account: None,
        facts: Facts::default(),
    };
    let verdict = explain(&plugin, &failure)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&verdict)?);
    } else {
        println!("{verdict}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks the plugin and doubts its answer as the server does.
fn explain(plugin: &Arc<Plugin>, failure: &Failure) -> Result<Verdict> {
    let diagnosis =
        plugin.classify(failure.clone()).with_context(|| format!("plugin {} gave no diagnosis", plugin.id()))?;
    Ok(Verdict::of(doubt(diagnosis, failure)))
}

fn first_method(plugin: &Plugin) -> String {
    plugin.descriptor().auth.first().map(|method| method.id.clone()).unwrap_or_default()
}

fn read_input(path: &PathBuf) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match path.to_str() {
        Some("-") => std::io::stdin().read_to_end(&mut bytes).map(drop).context("the standard input cannot be read")?,
        _ => bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?,
    }
    Ok(bytes)
}

/// The phases by our name and by the names that collections of cases use.
fn parse_phase(text: &str) -> Result<Phase, String> {
    match text {
        "authorize" | "authorize-redirect" => Ok(Phase::Authorize),
        "exchange" | "token-exchange" => Ok(Phase::Exchange),
        "refresh" | "token-refresh" => Ok(Phase::Refresh),
        "probe" => Ok(Phase::Probe),
        "sync" | "api-call" => Ok(Phase::Sync),
        "revoke" => Ok(Phase::Revoke),
        "inbound" => Ok(Phase::Inbound),
        _ => Err("the phases are authorize, exchange, refresh, probe, sync, revoke and inbound".to_owned()),
    }
}

fn parse_header(text: &str) -> Result<Field, String> {
    let (name, value) = text.split_once(':').ok_or("write a header as `Name: value`")?;
    Ok(Field::new(name.trim().to_ascii_lowercase(), value.trim()))
}
