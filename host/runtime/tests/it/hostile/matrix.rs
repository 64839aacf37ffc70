//! Runs every attack against a host that serves somebody else meanwhile, and writes down what came of it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use relink_runtime::{CompileLimits, Limits};

use super::attacks::{self, Attack};
use super::field::{Field, Reaction};
use crate::compile;

/// Names the file that the matrix is written to; then the limits are those of a host, and everything is measured.
pub(super) const REPORT: &str = "RELINK_HOSTILE_REPORT";

/// How long an attack is repeated at least, so that the neighbour's p99 says something.
const MEASURED: Duration = Duration::from_secs(1);

/// What is written beside the figures.
const HEAD: &str = include_str!("head.md");

#[test]
fn every_hostile_input_is_refused_or_ended() {
    let report = env::var_os(REPORT);
    let (compile, limits) = match report {
        Some(_) => (compile::within(CompileLimits::default()), Limits::default()),
        None => (compile::apart(), crate::guest::limits()),
    };
    let field = Field::new(compile, limits);
    let mut text = format!("{HEAD}\n{}\n", machine());
    let mut wrong = Vec::new();
    for (family, attacks) in attacks::all() {
        write!(text, "\n## {family}\n\n{COLUMNS}").unwrap();
        for attack in attacks {
            let line = if report.is_some() { measure(&field, &attack) } else { once(&field, &attack) };
            if !line.reaction.said.starts_with(attack.expected) {
                wrong.push(format!("{}: {}", attack.what, line.reaction.said));
            }
            text.push_str(&line.to_row(&attack));
        }
    }
    if let Some(file) = report {
        fs::write(file, text).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const COLUMNS: &str = "| input | what bounds it | what the host did | after | p99 of another plugin, before | meanwhile |\n|---|---|---|---|---|---|\n";

/// Of what the host said.
const SHOWN: usize = 160;

/// How busy the machine was, without which the figures say little.
fn machine() -> String {
    let processors = thread::available_parallelism().unwrap();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("When this was measured, the machine had {processors} processors and a load of {load}.")
}

struct Line {
    reaction: Reaction,
    before: Duration,
    meanwhile: Duration,
}

fn once(field: &Field, attack: &Attack) -> Line {
    Line { reaction: field.suffer(attack), before: Duration::ZERO, meanwhile: Duration::ZERO }
}

fn measure(field: &Field, attack: &Attack) -> Line {
    let ((), before) = field.neighbour_while(|| thread::park_timeout(MEASURED));
    let began = Instant::now();
    let (reaction, meanwhile) = field.neighbour_while(|| {
        let first = field.suffer(attack);
        while began.elapsed() < MEASURED {
            field.suffer(attack);
        }
        first
    });
    Line { reaction, before, meanwhile }
}

impl Line {
    fn to_row(&self, attack: &Attack) -> String {
        let Attack { what, limit, .. } = attack;
        let Reaction { said, after } = &self.reaction;
        let said: String = said.lines().next().unwrap_or_default().replace('|', "\\|").chars().take(SHOWN).collect();
        let ms = |duration: Duration| format!("{:.2} ms", duration.as_secs_f64() * 1_000.0);
        format!(
            "| {what} | {limit} | {said} | {:.0} ms | {} | {} |\n",
            after.as_secs_f64() * 1_000.0,
            ms(self.before),
            ms(self.meanwhile)
        )
    }
}
