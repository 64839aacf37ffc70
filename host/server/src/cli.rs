//! The command line: what there is to say, and how it ends. 0 = done, 1 = failed, 2 = wrong usage.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::{self, Config, Loaded, Log};
use crate::{demo, telemetry};

mod config_command;
mod diagnose;
mod doctor;
mod migrate;
mod offline;
mod plugin;
pub(crate) mod serve;
mod token;
mod user;

/// Keeps the connections to data providers alive.
#[derive(Parser)]
#[command(name = "relink", version, max_term_width = 100)]
struct Cli {
    /// The settings file; without it the defaults apply
    #[arg(long, global = true, env = "RELINK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve,
    /// Run the server with simulated providers and data to play with
    Demo(demo::Arguments),
    /// Bring the schema of the database up to this version
    Migrate,
    /// Check the settings, the database, the sealing key and the plugins
    Doctor,
    /// Print the default settings, or check a file
    #[command(subcommand)]
    Config(config_command::Action),
    /// Manage the people who can sign in
    #[command(subcommand)]
    User(user::Action),
    /// Manage the bearer tokens of the API
    #[command(subcommand)]
    Token(token::Action),
    /// List or check plugins
    #[command(subcommand)]
    Plugin(plugin::Action),
    /// Explain an answer of a provider as the server would
    Diagnose(diagnose::Arguments),
    /// What the server starts by itself to compile a plugin
    #[command(hide = true)]
    CompilePlugin { limits: Vec<String> },
}

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("relink: {}", without_repetition(&causes).join(": "));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let path = cli.config.as_deref();
    match cli.command {
        // Before any setting is read: the child has nothing of the host but its program.
        Command::CompilePlugin { limits } => Ok(relink_runtime::compile_as_child(&limits)),
        Command::Config(action) => config_command::run(&action, path),
        Command::Serve => block_on(serve::run(&settings(path, telemetry::start)?)),
        Command::Demo(arguments) => block_on(demo::run(settings(path, telemetry::start_quietly)?, arguments)),
        Command::Migrate => block_on(migrate::run(&settings(path, telemetry::start_quietly)?)),
        Command::Doctor => block_on(doctor::run(&settings(path, telemetry::start_quietly)?)),
        Command::User(action) => block_on(user::run(&settings(path, telemetry::start_quietly)?, action)),
        Command::Token(action) => block_on(token::run(&settings(path, telemetry::start_quietly)?, action)),
        Command::Plugin(action) => plugin::run(&settings(path, telemetry::start_quietly)?, &action),
        Command::Diagnose(arguments) => diagnose::run(&settings(path, telemetry::start_quietly)?, &arguments),
    }
}

/// Reads the settings and starts logging as they say.
fn settings(path: Option<&Path>, start_logging: fn(&Log) -> Result<()>) -> Result<Config> {
    let Loaded { config, ignored_variables } = config::load(path, std::env::vars())?;
    start_logging(&config.log)?;
    for ignored in ignored_variables {
        tracing::warn!("{ignored}");
    }
    Ok(config)
}

/// Runs a command that waits for things.
fn block_on(command: impl Future<Output = Result<()>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(command)?;
    Ok(ExitCode::SUCCESS)
}

/// Some errors repeat their cause in their own text.
fn without_repetition(causes: &[String]) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    for cause in causes {
        if !kept.iter().any(|earlier| earlier.contains(cause.as_str())) {
            kept.push(cause);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_cause_is_said_once() {
        let causes = ["a: b".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(without_repetition(&causes), ["a: b", "c"]);
    }
}
