//! A provider that is a table: reads `plugin.toml`, and puts it into the component that interprets it.
//!
//! No compiler is needed, so this takes milliseconds; the same file always gives the same bytes.

pub(crate) mod report;
mod span;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use relink_declarative::{Plugin, room};

use self::report::Source;

/// A table that was read and found sound.
#[derive(Debug)]
pub struct Table {
    plugin: Plugin,
    /// What travels in the component: what the author wrote, without spaces and with keys in order.
    json: Vec<u8>,
}

impl Table {
    /// Reads a file, and shows every mistake in it with its place.
    pub fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Self::parse(&Source { path: file.display().to_string(), text: &text })
    }

    fn parse(source: &Source<'_>) -> Result<Self> {
        let plugin: Plugin = toml::from_str(source.text).map_err(|error| source.unreadable(&error))?;
        let mistakes = plugin.mistakes();
        if !mistakes.is_empty() {
            bail!(source.contradictions(&mistakes));
        }
        let document: toml::Table = source.text.parse().context("what was read once can be read again")?;
        let json = serde_json::to_vec(&document)?;
        if json.len() > room::CAPACITY {
            bail!("{}: {}", source.path, room::Misfit::TooLarge { bytes: json.len() });
        }
        Ok(Self { plugin, json })
    }

    pub fn id(&self) -> &str {
        self.plugin.id()
    }

    /// The codes of the error table, each of which deserves a fixture.
    pub fn rule_codes(&self) -> impl Iterator<Item = String> + '_ {
        self.plugin.rule_codes()
    }

    /// The component: the interpreter with this table in it.
    pub fn component(&self, interpreter: &[u8]) -> Result<Vec<u8>> {
        if interpreter.is_empty() {
            bail!(
                "this program was built without the interpreter of tables\n  fix: run `cargo xtask guests`, then build \
                 the program again"
            );
        }
        let mut component = interpreter.to_vec();
        room::fill(&mut component, &self.json).map_err(|misfit| anyhow!("{misfit}"))?;
        Ok(component)
    }
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
