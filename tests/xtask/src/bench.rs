//! `cargo xtask bench`: prepares what the benchmarks compare with, and runs them in release mode.

mod peers;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::awake::Awake;
use crate::guests::{self, Selection};
use crate::postgres::{Cluster, Durability, URL_VARIABLE};
use crate::run;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

const PACKAGE: &str = "relink-bench";

/// Measure in release mode.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One benchmark; without a name, all
    name: Option<String>,
}

/// Runs the benchmarks; their tables are printed and their results land in `bench/` of the target folder.
pub(crate) fn bench(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if workspace.package(PACKAGE).is_none() {
        bail!("the workspace has no package {PACKAGE}");
    }
    setup::ensure(workspace, &[Need::CCompiler, Need::GuestToolchain, Need::Node, Need::Python, Need::PostgreSql])?;
    guests::build(workspace, Selection::Every)?;
    let peers = peers::build(workspace);
    let results = workspace.target.join("bench");
    fs::create_dir_all(&results).context("the folder for results cannot be made")?;
    run::survive_interrupts()?;
    let cluster = Cluster::start(Durability::Full)?;

    run::announce("building in release mode, then measuring");
    // All of them together, so that they share one build of what they depend on.
    let mut cargo = run::cargo("cargo");
    run::run(cargo.current_dir(&workspace.root).args(["build", "--quiet", "--release", "--workspace", "--bins"]))?;
    let mut bench = Command::new(workspace.target.join("release").join(PACKAGE));
    bench
        .current_dir(&workspace.root)
        .args(&arguments.name)
        .env(URL_VARIABLE, cluster.url())
        .env("RELINK_TEST_PLUGINS", workspace.plugins())
        .env("RELINK_BENCH_PEERS", peers)
        .env("RELINK_BENCH_RESULTS", &results);
    let _awake = Awake::start();
    run::run(&mut bench)?;
    run::note(format_args!("results: {}", results.display()));
    Ok(())
}
