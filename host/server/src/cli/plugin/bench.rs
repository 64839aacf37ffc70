//! `relink plugin bench`: how long the calls of a plugin take, over its fixtures, each in a fresh instance.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use relink_fixtures::{Subject, contract};
use relink_runtime::fixtures::Sandboxed;
use relink_runtime::{Limits, Loader, LoaderConfig, Plugin, Proof};
use serde::Serialize;

use super::target::Named;
use crate::app::features;
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
    /// The folder of fixtures; without it `fixtures` beside the plugin
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// How often the fixtures are run
    #[arg(long, default_value_t = 20, value_name = "N")]
    rounds: u32,
    /// Print JSON instead of words
    #[arg(long)]
    json: bool,
}

/// As JSON, names and fields are a promise.
#[derive(Serialize)]
struct Report {
    plugin: String,
    version: String,
    component_bytes: usize,
    /// From the bytes of the file to a plugin that can be called, without a cache.
    compile_ms: u64,
    /// Linear memory of the call that asked for the most.
    peak_memory_bytes: usize,
    calls: Vec<Timing>,
}

#[derive(Serialize)]
struct Timing {
    call: &'static str,
    count: usize,
    p50_us: f64,
    p99_us: f64,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let target = arguments.named.find()?;
    let component =
        std::fs::read(&target.component).with_context(|| format!("{} cannot be read", target.component.display()))?;
    let loader = Loader::new(LoaderConfig {
        limits: Limits::default(),
        cache_dir: None,
        compile: config.plugin_compile.apart(),
        proof: Proof::Spared,
        supported_features: features(),
    })?;
    let started = Instant::now();
    let plugin = Arc::new(loader.load(&component)?);
    let compiled = started.elapsed();
    let cases = target.load_fixtures(arguments.fixtures.as_deref())?;
    let mut timed = Timed::new(Arc::clone(&plugin));
    for _ in 0..arguments.rounds.max(1) {
        timed.describe_again()?;
        for case in &cases {
            // Whether a fixture holds is for `test` to say.
            let _ = relink_fixtures::run(&mut timed, &case.fixture);
        }
    }
    let report = Report {
        plugin: plugin.id().to_owned(),
        version: plugin.version().to_owned(),
        component_bytes: plugin.size(),
        compile_ms: u64::try_from(compiled.as_millis()).unwrap_or(u64::MAX),
        peak_memory_bytes: plugin.peak_memory(),
        calls: timed.timings(),
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(ExitCode::SUCCESS)
}

/// A subject that is timed.
struct Timed {
    plugin: Arc<Plugin>,
    subject: Sandboxed<Arc<Plugin>>,
    describes: Vec<Duration>,
    classifies: Vec<Duration>,
    steps: Vec<Duration>,
    receives: Vec<Duration>,
}

impl Timed {
    fn new(plugin: Arc<Plugin>) -> Self {
        let subject = Sandboxed::new(Arc::clone(&plugin));
        Self { plugin, subject, describes: Vec::new(), classifies: Vec::new(), steps: Vec::new(), receives: Vec::new() }
    }

    fn describe_again(&mut self) -> Result<()> {
        let started = Instant::now();
        self.plugin.describe_again()?;
        self.describes.push(started.elapsed());
        Ok(())
    }

    fn timings(self) -> Vec<Timing> {
        let calls = [
            ("describe", self.describes),
            ("classify", self.classifies),
            ("step", self.steps),
            ("receive", self.receives),
        ];
        calls.into_iter().filter_map(|(call, durations)| timing(call, durations)).collect()
    }
}

impl Subject for Timed {
    fn describe(&self) -> contract::Descriptor {
        self.subject.describe()
    }

    fn classify(&mut self, failure: contract::Failure) -> Result<contract::Diagnosis, String> {
        let started = Instant::now();
        let diagnosis = self.subject.classify(failure);
        self.classifies.push(started.elapsed());
        diagnosis
    }

    fn step(
        &mut self,
        context: &contract::Context,
        state: &[u8],
        event: contract::Event,
    ) -> Result<contract::Step, String> {
        let started = Instant::now();
        let step = self.subject.step(context, state, event);
        self.steps.push(started.elapsed());
        step
    }

    fn receive(&mut self, message: contract::Message) -> Result<Vec<contract::Signal>, String> {
        let started = Instant::now();
        let signals = self.subject.receive(message);
        self.receives.push(started.elapsed());
        signals
    }
}

fn timing(call: &'static str, mut durations: Vec<Duration>) -> Option<Timing> {
    durations.sort_unstable();
    let at = |percent: usize| durations.get((durations.len() * percent / 100).min(durations.len().checked_sub(1)?));
    let in_us = |duration: &Duration| duration.as_nanos() as f64 / 1_000.0;
    Some(Timing { call, count: durations.len(), p50_us: in_us(at(50)?), p99_us: in_us(at(99)?) })
}

fn print(report: &Report) {
    let Report { plugin, version, component_bytes, compile_ms, peak_memory_bytes, calls } = report;
    println!("{plugin} {version}: {} KiB, compiled in {compile_ms} ms", component_bytes / 1024);
    println!("peak memory of a call: {} KiB", peak_memory_bytes / 1024);
    println!("{:>10} {:>8} {:>12} {:>12}", "call", "count", "p50 µs", "p99 µs");
    for Timing { call, count, p50_us, p99_us } in calls {
        println!("{call:>10} {count:>8} {p50_us:>12.1} {p99_us:>12.1}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_calls() {
        let durations = (1..=200).rev().map(Duration::from_micros).collect();
        let timing = timing("step", durations).unwrap();
        assert_eq!((timing.count, timing.p50_us, timing.p99_us), (200, 101.0, 199.0));
        assert!(super::timing("step", Vec::new()).is_none());
    }
}
