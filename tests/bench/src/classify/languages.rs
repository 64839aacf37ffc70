//! What a call into a plugin costs in each language that has an SDK: the same provider, the same error, and
//! a fresh instance for every call.

use std::{env, fs};

use anyhow::{Context, Result};

use super::bare::Bare;
use super::check;
use super::error::RealError;
use super::host::Host;
use crate::latency::{self, P50};
use crate::report::Report;
use crate::rounds::{Contender, interleave};

const ROUNDS: usize = 9;
const CALLS: usize = 400;

/// What a person who waits for ten calls in a row does not notice.
const BAR_US: f64 = 1_500.0;

const ABOUT: &str = "explain one real error with the same plugin in three languages, in a fresh instance each time";

struct Language {
    name: &'static str,
    host: &'static str,
    bare: &'static str,
    instance: &'static str,
}

const LANGUAGES: [Language; 3] = [
    Language { name: "rust", host: "host, Rust", bare: "bare wasmtime, Rust", instance: "its instance alone, Rust" },
    Language {
        name: "js",
        host: "host, TypeScript",
        bare: "bare wasmtime, TypeScript",
        instance: "its instance alone, TypeScript",
    },
    Language {
        name: "python",
        host: "host, Python",
        bare: "bare wasmtime, Python",
        instance: "its instance alone, Python",
    },
];

pub(crate) fn run() -> Result<Report> {
    let error = RealError::from_fixtures()?;
    let prepare = |language: &Language| {
        let component = component(language.name)?;
        Ok((Bare::new(&component)?, Host::open(&component)?))
    };
    let prepared = LANGUAGES.iter().map(prepare).collect::<Result<Vec<_>>>()?;
    let mut contenders = Vec::new();
    for (language, (bare, host)) in LANGUAGES.iter().zip(&prepared) {
        contenders.push(Contender::new(language.bare, || {
            latency::time_calls(CALLS, || error.for_wasmtime(), |failure| check(&bare.classify(&failure)?.code))
        }));
        contenders
            .push(Contender::new(language.instance, || latency::time_calls(CALLS, || (), |()| bare.instantiate())));
        contenders.push(Contender::new(language.host, || {
            latency::time_calls(CALLS, || error.for_host(), |failure| check(&host.classify(failure)?.code))
        }));
    }
    let all = interleave(ROUNDS, &mut contenders)?;
    let memory = LANGUAGES.iter().zip(&prepared).map(|(language, (_, host))| host.memory(language.name));
    let report = memory.fold(Report::new("languages", ABOUT, all), Report::note);
    Ok(LANGUAGES.iter().fold(report, |report, language| {
        let report = report.ratio(P50, language.host, language.bare, Some(1.15));
        report.limit(P50, language.instance, BAR_US).limit(P50, language.host, BAR_US)
    }))
}

fn component(name: &str) -> Result<Vec<u8>> {
    if name == "rust" {
        return crate::guests::component("ahrefs");
    }
    let peers = env::var_os("RELINK_BENCH_PEERS").context("only `cargo xtask bench` builds the plugins")?;
    let file = std::path::Path::new(&peers).join("languages").join(format!("{name}.wasm"));
    fs::read(&file).with_context(|| format!("{} is not there: `cargo xtask bench` says why", file.display()))
}
