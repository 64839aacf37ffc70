//! Measures what the project promises, each figure against a reference in the same run.
//!
//! `cargo xtask bench` builds what is needed and runs this program, which prints tables and writes one
//! JSON file for each benchmark. It says what was measured and judges nothing by itself: a figure
//! beyond its bar is marked, and is no failure of the program.

mod classify;
mod guests;
mod latency;
mod page;
mod reconnect;
mod report;
mod rounds;
mod start;
mod swap;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::report::Report;

/// A benchmark, by name.
struct Benchmark {
    name: &'static str,
    run: fn() -> Result<Report>,
}

const BENCHMARKS: [Benchmark; 6] = [
    Benchmark { name: "classify", run: classify::run },
    Benchmark { name: "languages", run: classify::languages::run },
    Benchmark { name: "page", run: page::run },
    Benchmark { name: "reconnect", run: reconnect::run },
    Benchmark { name: "start", run: start::run },
    Benchmark { name: "swap", run: swap::run },
];

fn main() -> Result<ExitCode> {
    let wanted = env::args().nth(1);
    if wanted.as_deref() == Some(swap::COMPILE) {
        let arguments: Vec<String> = env::args().skip(2).collect();
        return swap::compile_as_child(&arguments);
    }
    let is_wanted = |benchmark: &&Benchmark| wanted.as_deref().is_none_or(|name| name == benchmark.name);
    let chosen: Vec<&Benchmark> = BENCHMARKS.iter().filter(is_wanted).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = BENCHMARKS.iter().map(|benchmark| benchmark.name).collect();
        bail!("there is no such benchmark; there are {}", names.join(", "));
    }
    // One that cannot be run does not keep the others from being so.
    let failed = chosen.iter().filter_map(|benchmark| measure(benchmark).err()).map(|error| format!("{error:#}"));
    let failed: Vec<String> = failed.inspect(|error| eprintln!("\n{error}")).collect();
    ensure!(failed.is_empty(), "{} of {} benchmarks could not be run", failed.len(), chosen.len());
    Ok(ExitCode::SUCCESS)
}

fn measure(benchmark: &Benchmark) -> Result<()> {
    let report = (benchmark.run)().with_context(|| format!("benchmark {}", benchmark.name))?;
    report.print();
    if let Some(folder) = env::var_os("RELINK_BENCH_RESULTS") {
        report.write(&PathBuf::from(folder).join(format!("{}.json", benchmark.name)))?;
    }
    Ok(())
}
