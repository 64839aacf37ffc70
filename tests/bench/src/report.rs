//! A table for people and a file for programs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::rounds::{Series, Spread, Steady};

/// What a benchmark found.
#[derive(Serialize)]
pub(crate) struct Report {
    name: &'static str,
    about: &'static str,
    cores: usize,
    figures: Vec<Figure>,
    findings: Vec<Finding>,
    /// What could not be measured, and what a reader must know to understand the rest.
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Figure {
    #[serde(flatten)]
    series: Series,
    #[serde(flatten)]
    spread: Spread,
}

/// What follows from the figures.
#[derive(Serialize)]
struct Finding {
    name: String,
    #[serde(flatten)]
    spread: Spread,
    /// Rounds in which the reference was steady.
    rounds: usize,
    /// What the median should not exceed.
    bar: Option<f64>,
}

impl Report {
    pub(crate) fn new(name: &'static str, about: &'static str, all: Vec<Series>) -> Self {
        let figure = |series: Series| Some(Figure { spread: Spread::of(&series.rounds)?, series });
        let figures = all.into_iter().filter_map(figure).collect();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { name, about, cores, figures, findings: Vec::new(), notes: Vec::new() }
    }

    /// How many times the reference.
    pub(crate) fn ratio(self, label: &str, ours: &str, reference: &str, bar: Option<f64>) -> Self {
        let steady = self.steady(label, ours, reference);
        let values = steady.map(|steady| steady.map(|ours, reference| ours / reference));
        self.found(format!("{label}: {ours} ÷ {reference}"), values, bar)
    }

    /// How much more than the reference, in units of `unit`.
    pub(crate) fn difference(
        self,
        name: &str,
        label: &str,
        (ours, reference): (&str, &str),
        unit: f64,
        bar: f64,
    ) -> Self {
        let steady = self.steady(label, ours, reference);
        let values = steady.map(|steady| steady.map(|ours, reference| (ours - reference) / unit));
        self.found(name.to_owned(), values, Some(bar))
    }

    /// The figure itself.
    pub(crate) fn limit(self, label: &str, contender: &str, bar: f64) -> Self {
        let values = self.series(label, contender).map(|series| series.rounds.clone());
        self.found(format!("{label}: {contender}"), values, Some(bar))
    }

    /// The worst round, for what must not happen even once.
    pub(crate) fn worst(self, label: &str, contender: &str, bar: f64) -> Self {
        let series = self.series(label, contender);
        let worst = series.and_then(|series| series.rounds.iter().copied().reduce(f64::max));
        self.found(format!("{label}, worst round: {contender}"), worst.map(|worst| vec![worst]), Some(bar))
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn found(mut self, name: String, values: Option<Vec<f64>>, bar: Option<f64>) -> Self {
        let values = values.unwrap_or_default();
        match Spread::of(&values) {
            Some(spread) => self.findings.push(Finding { name, spread, rounds: values.len(), bar }),
            None => self.notes.push(format!("not found, for want of figures: {name}")),
        }
        self
    }

    fn steady(&self, label: &str, ours: &str, reference: &str) -> Option<Steady> {
        Steady::of(self.series(label, ours)?, self.series(label, reference)?)
    }

    fn series(&self, label: &str, contender: &str) -> Option<&Series> {
        let mut all = self.figures.iter().map(|figure| &figure.series);
        all.find(|series| series.contender == contender && series.label == label)
    }

    pub(crate) fn print(&self) {
        println!("\n{}: {} ({} cores)\n", self.name, self.about, self.cores);
        for Figure { series, spread: Spread { median, min, max } } in &self.figures {
            println!("  {:<42} {:<12} {median:>10.2}   {min:.2} … {max:.2}", series.contender, series.label);
        }
        println!();
        for Finding { name, spread: Spread { median, min, max }, rounds, bar } in &self.findings {
            let verdict = match bar {
                Some(bar) if median <= bar => format!("within {bar}"),
                Some(bar) => format!("BEYOND {bar}"),
                None => String::new(),
            };
            println!("  {name} = {median:.2}   {min:.2} … {max:.2}, {rounds} rounds   {verdict}");
        }
        for note in &self.notes {
            println!("  {note}");
        }
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        fs::write(file, json).with_context(|| format!("{} cannot be written", file.display()))
    }
}
