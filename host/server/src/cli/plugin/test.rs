//! `relink plugin test`: replays the fixtures of a plugin through the sandbox.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use relink_fixtures::{Case, Fixture, coverage};
use relink_runtime::fixtures::Sandboxed;
use relink_runtime::{Plugin, Proof};
use serde::Serialize;

use super::target::Named;
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// The folder of fixtures; without it `fixtures` beside the plugin
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Print JSON instead of words
    #[arg(long)]
    json: bool,
}

/// What came of the fixtures; as JSON, names and fields are a promise.
#[derive(Serialize)]
struct Report {
    plugin: String,
    version: String,
    passed: usize,
    failed: usize,
    failures: Vec<Broken>,
    /// Datasets, operations and rules of a table that no fixture shows.
    not_covered: Vec<String>,
}

/// A fixture that does not hold.
#[derive(Serialize)]
struct Broken {
    file: PathBuf,
    line: usize,
    about: String,
    differences: Vec<String>,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let (target, plugin) = arguments.named.load(config, Proof::Spared)?;
    let report = test(&plugin, target.load_fixtures(arguments.fixtures.as_deref())?, target.rule_codes()?);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    let is_proven = report.failed == 0 && report.not_covered.is_empty();
    Ok(if is_proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn test(plugin: &Arc<Plugin>, cases: Vec<Case>, rule_codes: Vec<String>) -> Report {
    let mut subject = Sandboxed::new(Arc::clone(plugin));
    let fixtures: Vec<&Fixture> = cases.iter().map(|case| &case.fixture).collect();
    let mut not_covered = coverage::missing_operations(&mut subject, &fixtures);
    not_covered.extend(coverage::missing_rules(rule_codes, &fixtures));
    let count = cases.len();
    let broken = |Case { path, line, fixture }: Case| {
        let differences = relink_fixtures::run(&mut subject, &fixture);
        (!differences.is_empty()).then_some(Broken { file: path, line, about: fixture.about, differences })
    };
    let failures: Vec<Broken> = cases.into_iter().filter_map(broken).collect();
    Report {
        plugin: plugin.id().to_owned(),
        version: plugin.version().to_owned(),
        passed: count - failures.len(),
        failed: failures.len(),
        failures,
        not_covered,
    }
}

fn print(report: &Report) {
    for Broken { file, line, about, differences } in &report.failures {
        println!("{}:{line}: {about}", file.display());
        for difference in differences {
            println!("    {difference}");
        }
        println!();
    }
    let Report { plugin, version, passed, failed, .. } = report;
    println!("{plugin} {version}: {passed} of {} fixtures hold.", passed + failed);
    if !report.not_covered.is_empty() {
        println!("No fixture shows: {}.", report.not_covered.join(", "));
        println!("  fix: write a fixture for each, or record it with `relink plugin record`");
    }
}
