//! Runs every attack against a host that serves somebody else meanwhile, and writes down what came of it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::thread;

use relink_runtime::{CompileLimits, Limits};

use super::attacks::{self, Attack};
use super::disturbance::{self, Change, Disturbance};
use super::field::{Field, Reaction};
use crate::compile;

/// Names the file that the matrix is written to; then the limits are those of a host, and everything is measured.
pub(super) const REPORT: &str = "RELINK_HOSTILE_REPORT";

/// What is written beside the figures.
const HEAD: &str = include_str!("head.md");

#[test]
fn every_hostile_input_is_refused_or_ended() {
    let report = env::var_os(REPORT);
    let (compile, limits) = match report {
        Some(_) => (compile::within(CompileLimits::default()), Limits::default()),
        None => (compile::apart(), crate::guest::limits()),
    };
    let field = Field::new(compile, &limits);
    let mut text = format!("{HEAD}\n{}\n", machine());
    let mut wrong = Vec::new();
    for (family, attacks) in attacks::all() {
        write!(text, "\n## {family}\n\n{COLUMNS}").unwrap();
        for attack in attacks {
            let said = if report.is_some() {
                let disturbance = disturbance::measure(&field, &attack);
                text.push_str(&row(&attack, &disturbance));
                disturbance.reaction.said
            } else {
                field.suffer(&field.prepare(&attack)).said
            };
            if !said.starts_with(attack.expected) {
                wrong.push(format!("{}: {said}", attack.what));
            }
        }
    }
    if let Some(file) = report {
        fs::write(file, text).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const COLUMNS: &str = "| input | what bounds it | what the host did | after | p50 of another plugin | meanwhile | its p99 | meanwhile |\n|---|---|---|---|---|---|---|---|\n";

/// Of what the host said.
const SHOWN: usize = 160;

/// How busy the machine was, without which the figures say little.
fn machine() -> String {
    let processors = thread::available_parallelism().unwrap();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("When this was measured, the machine had {processors} processors and a load of {load}.")
}

fn row(attack: &Attack, disturbance: &Disturbance) -> String {
    let Attack { what, limit, .. } = attack;
    let Disturbance { reaction: Reaction { said, after }, at_most, p50, p99 } = disturbance;
    let said: String = said.lines().next().unwrap_or_default().replace('|', "\\|").chars().take(SHOWN).collect();
    let [after, at_most] = [after, at_most].map(|time| time.as_secs_f64() * 1_000.0);
    let [p50, p99] = [p50, p99].map(change);
    format!("| {what} | {limit} | {said} | {after:.0} ms, at most {at_most:.0} ms | {p50} | {p99} |\n")
}

fn change(Change { alone, percent, likely: [least, most] }: &Change) -> String {
    format!("{:.2} ms | {percent:+.0} % ({least:+.0} … {most:+.0}) ", alone.as_secs_f64() * 1_000.0)
}
