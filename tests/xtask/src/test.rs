//! `cargo xtask test`: every check of the project, each a stage with a title, a verdict and a duration.

mod report;
pub(crate) mod suites;
mod tally;

use std::env;
use std::io::IsTerminal;
use std::process::{Command, ExitCode};

use anyhow::Result;

use self::report::Report;
use crate::guests::{self, Selection};
use crate::postgres::{Cluster, Durability, URL_VARIABLE};
use crate::run;
use crate::setup::{self, Need};
use crate::smith;
use crate::workspace::Workspace;

/// Check and test the whole project.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only formatting and unit tests, without plugins, PostgreSQL and browser
    #[arg(long)]
    quick: bool,
    /// Only Rust tests whose name contains this
    filter: Option<String>,
}

/// Runs the stages, prints the summary, and fails if one of them failed.
pub(crate) fn test(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut report = Report::new(run::survive_interrupts()?);
    // A stage that others need ends the run; the summary below says which.
    let _ = if arguments.quick {
        quick(workspace, arguments, &mut report)
    } else {
        full(workspace, arguments, &mut report)
    };
    Ok(report.finish())
}

fn quick(workspace: &Workspace, arguments: &Arguments, report: &mut Report) -> Result<()> {
    report.stage("formatting", || run::run(&mut format_check(workspace)));
    let mut tests = rust_tests(workspace, arguments);
    tests.args(["--lib", "--bins"]);
    report.count("unit tests", &mut tests)
}

fn full(workspace: &Workspace, arguments: &Arguments, report: &mut Report) -> Result<()> {
    report.required("set-up", || setup::ensure(workspace, &Need::ALL))?;
    let is_whole = arguments.filter.is_none();
    if is_whole {
        report.stage("formatting", || run::run(&mut format_check(workspace)));
        report.stage("clippy", || run::run(&mut clippy(workspace)));
        check_dependencies(workspace, report);
    }
    report.required("plugins", || guests::build(workspace, Selection::Every))?;
    let smith = report.required("a maker of hostile components", || smith::build(workspace))?;
    let cluster = report.required("PostgreSQL", || Cluster::start(Durability::None))?;
    let mut tests = rust_tests(workspace, arguments);
    lend_surroundings(&mut tests, workspace, &cluster);
    tests.env(smith::VARIABLE, smith);
    // Guides for authors are followed in every language; npm and pip are needed below anyway.
    tests.env("RELINK_TEST_LANGUAGES", "1");
    report.count("tests", &mut tests)?;
    if is_whole {
        report.count("examples in the documentation", &mut doc_tests(workspace))?;
        report.required("programs for the other tests", || {
            let mut build = cargo(workspace);
            run::run(build.args(["build", "--workspace", "--bins"]))
        })?;
        let lend = |command: &mut Command| lend_surroundings(command, workspace, &cluster);
        suites::node(workspace, &lend, report)?;
        suites::python(workspace, &lend, report)?;
    }
    Ok(())
}

fn format_check(workspace: &Workspace) -> Command {
    let mut cargo = cargo(workspace);
    cargo.args(["fmt", "--all", "--check"]);
    cargo
}

fn clippy(workspace: &Workspace) -> Command {
    let mut cargo = cargo(workspace);
    cargo.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    cargo
}

/// The fences that matter most are also tests of xtask, so that a machine without the tool is not without them.
fn check_dependencies(workspace: &Workspace, report: &mut Report) {
    if run::find_program("cargo-deny").is_none() {
        report.skip("dependencies", "to check licences too: cargo install --locked cargo-deny");
        return;
    }
    let mut cargo = cargo(workspace);
    cargo.args(["deny", "--offline", "check", "licenses", "bans", "sources"]);
    report.stage("dependencies", || run::run(&mut cargo));
}

fn rust_tests(workspace: &Workspace, arguments: &Arguments) -> Command {
    let mut cargo = cargo(workspace);
    if run::find_program("cargo-nextest").is_some() {
        cargo.args(["nextest", "run", "--workspace"]);
    } else {
        cargo.args(["test", "--workspace", "--no-fail-fast"]);
    }
    cargo.args(&arguments.filter);
    cargo
}

fn doc_tests(workspace: &Workspace) -> Command {
    let mut cargo = cargo(workspace);
    cargo.args(["test", "--workspace", "--doc", "--no-fail-fast"]);
    cargo
}

/// Tells tests where they find what was prepared for them.
fn lend_surroundings(command: &mut Command, workspace: &Workspace, cluster: &Cluster) {
    command
        .env(URL_VARIABLE, cluster.url())
        .env("RELINK_TEST_PLUGINS", workspace.plugins())
        .env("RELINK_BIN", workspace.binaries().join("relink"))
        .env("RELINK_SIMULATOR_BIN", workspace.binaries().join("relink-simulator"));
    if let Some(chromium) = setup::find_chromium() {
        command.env("RELINK_CHROMIUM", chromium);
    }
}

/// Output passes through a pipe on its way to the terminal, so colours must be asked for.
fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = run::cargo("cargo");
    cargo.current_dir(&workspace.root);
    if std::io::stderr().is_terminal() && env::var_os("CARGO_TERM_COLOR").is_none() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    cargo
}
