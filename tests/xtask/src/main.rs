//! `cargo xtask`: every chore of the project behind one command, from the first start to the whole test run.

mod awake;
mod bench;
mod demo;
mod guests;
mod hostile;
mod new_plugin;
mod postgres;
mod run;
mod setup;
mod smith;
mod test;
#[cfg(test)]
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Chores of the Relink project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build everything and start Relink with the bundled plugins and simulated providers
    Demo(demo::Arguments),
    /// Check and test the whole project
    Test(test::Arguments),
    /// Build the plugins into WebAssembly components
    Guests(guests::Arguments),
    NewPlugin(new_plugin::New),
    CheckPlugin(new_plugin::Check),
    /// Find or install everything that the other chores need
    Setup,
    /// Measure in release mode
    Bench(bench::Arguments),
    Hostile(hostile::Arguments),
    /// Run a command beside a private PostgreSQL cluster
    Postgres(postgres::Arguments),
    #[command(hide = true)]
    OpenBrowser(demo::OpenBrowser),
}

fn main() -> ExitCode {
    match perform(Arguments::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(chore: Chore) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match chore {
        Chore::Test(arguments) => return test::test(&workspace, &arguments),
        Chore::Demo(arguments) => demo::demo(&workspace, &arguments)?,
        Chore::Guests(arguments) => guests::guests(&workspace, &arguments)?,
        Chore::NewPlugin(arguments) => new_plugin::new_plugin(&workspace, &arguments)?,
        Chore::CheckPlugin(arguments) => new_plugin::check_plugin(&workspace, &arguments)?,
        Chore::Setup => setup::setup(&workspace)?,
        Chore::Hostile(arguments) => hostile::hostile(&workspace, &arguments)?,
        Chore::Bench(arguments) => bench::bench(&workspace, &arguments)?,
        Chore::Postgres(arguments) => postgres::postgres(&workspace, &arguments)?,
        Chore::OpenBrowser(arguments) => demo::open_browser(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
