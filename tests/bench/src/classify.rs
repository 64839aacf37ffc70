//! What a call into a plugin costs: one real error, explained through the host's own path and by
//! those that have less to do.
//!
//! The physical limit is the same function as native code. Bare wasmtime is what a sandbox costs at
//! least; Extism is what another plugin system costs.

mod bare;
pub(crate) mod error;
mod extism;
mod host;
pub(crate) mod languages;

use std::hint::black_box;

use anyhow::{Result, ensure};
use relink_plugin_ahrefs::Ahrefs;
use relink_sdk::Provider;

use crate::latency::{self, P50};
use crate::report::Report;
use crate::rounds::{Contender, interleave};
use bare::Bare;
use error::RealError;
use extism::Extism;
use host::Host;

const ROUNDS: usize = 9;
const CALLS: usize = 4_000;

const NATIVE: &str = "native function";
const BARE: &str = "bare wasmtime, fresh instance";
const PLUGIN: &str = "host, plugin call";
const QUEUE: &str = "host, plugin call through the queue";
const EXTISM_FRESH: &str = "extism, fresh instance";
const EXTISM_REUSED: &str = "extism, one instance reused";

const ABOUT: &str = "explain one real error; every call in a fresh instance unless said otherwise";

pub(crate) fn run() -> Result<Report> {
    let error = RealError::from_fixtures()?;
    let component = crate::guests::component("ahrefs")?;
    let host = Host::open(&component)?;
    let bare = Bare::new(&component)?;
    let peer = Extism::start(&error);
    let mut contenders = vec![
        Contender::new(NATIVE, || {
            latency::time_calls(CALLS, || error.for_sdk(), |failure| check(&Ahrefs::classify(black_box(&failure)).code))
        }),
        Contender::new(BARE, || {
            latency::time_calls(CALLS, || error.for_wasmtime(), |failure| check(&bare.classify(&failure)?.code))
        }),
        Contender::new(PLUGIN, || {
            latency::time_calls(CALLS, || error.for_host(), |failure| check(&host.classify(failure)?.code))
        }),
        Contender::new(QUEUE, || host.time_queued(CALLS, || error.for_host(), |diagnosis| check(&diagnosis.code))),
    ];
    let mut notes = Vec::new();
    match &peer {
        Ok(peer) => {
            contenders.push(Contender::new(EXTISM_FRESH, || peer.time("fresh", CALLS / 8)));
            contenders.push(Contender::new(EXTISM_REUSED, || peer.time("reused", CALLS)));
        }
        Err(problem) => notes.push(format!("extism took no part: {problem:#}")),
    }
    let all = interleave(ROUNDS, &mut contenders)?;
    let report = Report::new("classify", ABOUT, all)
        .ratio(P50, PLUGIN, BARE, Some(1.15))
        .ratio(P50, QUEUE, BARE, None)
        .ratio(P50, PLUGIN, NATIVE, None)
        .ratio(P50, PLUGIN, EXTISM_FRESH, Some(1.0))
        .ratio(P50, QUEUE, EXTISM_FRESH, Some(1.0))
        .ratio(P50, PLUGIN, EXTISM_REUSED, None);
    Ok(notes.into_iter().fold(report, Report::note))
}

/// Everybody must come to the same answer, or the figures compare different work.
fn check(code: &str) -> Result<()> {
    ensure!(code == error::CODE, "another answer: {code}");
    Ok(())
}
