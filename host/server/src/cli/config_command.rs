//! `relink config`: the settings without a server.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::config::{self, Loaded};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Print every setting with its default value and its explanation
    Default,
    /// Say whether the settings of --config and the environment are valid
    Check,
}

pub(super) fn run(action: &Action, path: Option<&Path>) -> Result<ExitCode> {
    match action {
        Action::Default => print!("{}", config::DEFAULT_TEXT),
        Action::Check => {
            let Loaded { config, ignored_variables } = config::load(path, std::env::vars())?;
            for ignored in ignored_variables {
                println!("{ignored}");
            }
            println!(
                "The settings are valid. Relink would listen on {} and be opened as {}.",
                config.listen,
                config.base_url()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
