//! `relink plugin build`: from a project to one .wasm file, with the tools of its language.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use relink_authoring::{Project, build};
use relink_runtime::Proof;

use super::check::{refuse_problems, warn_unproven};
use super::interpreter::INTERPRETER;
use super::leaks;
use super::target::Target;
use crate::cli::offline;
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The folder of the project
    #[arg(default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// The file to make; without it dist/ID.wasm in the project
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let project = Project::open(&arguments.project)?;
    let component = arguments.out.clone().unwrap_or_else(|| project.component());
    leaks::refuse(project.folder())?;
    build::build(&project, &component, INTERPRETER)?;
    let plugin =
        offline::load_file(config, &component, Proof::Fixtures).context("it was built, but no host would take it")?;
    refuse_problems(&Target { component: component.clone(), home: project.folder().to_owned() }, &plugin)
        .with_context(|| format!("{} is built", component.display()))?;
    warn_unproven(&plugin);
    println!("{}: {} {}, {} KiB", component.display(), plugin.id(), plugin.version(), plugin.size() / 1024);
    Ok(ExitCode::SUCCESS)
}
