//! What `plugin.toml` says beside code: what operators approve, and nothing else.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::de::DeTable;

use crate::declarative::report::Source;

/// All that it says.
pub(crate) const KEYS: [&str; 3] = ["hosts", "id", "version"];

/// How much a key resembles the one that was meant, at least.
const RESEMBLES: f64 = 0.75;

/// Reads the id. Every key has to be a known one: a host that is not read is not approved either.
pub(crate) fn read_id(file: &Path) -> Result<String> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "there is no {}: in it stands what operators approve\n  fix: write `id = \"acme\"`, `version = \"0.1.0\"` and \
             `hosts = [\"api.acme.example\"]` into it, as the plugin describes itself",
            file.display()
        ),
        read => read.with_context(|| format!("{} cannot be read", file.display()))?,
    };
    let source = Source { path: file.display().to_string(), text: &text };
    let document = DeTable::parse(&text).map_err(|error| source.unreadable(&error))?;
    let mut id = None;
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "id" => id = value.get_ref().as_str().map(str::to_owned),
            known if KEYS.contains(&known) => {}
            unknown => {
                bail!(source.shown(&format!("unknown key `{unknown}`"), Some(&instead_of(unknown)), key.span()));
            }
        }
    }
    id.with_context(|| format!("{} has no `id`\n  fix: add `id = \"acme\"`", file.display()))
}

fn instead_of(key: &str) -> String {
    let known = "beside code there are `hosts`, `id` and `version`";
    match KEYS.into_iter().find(|known| strsim::jaro_winkler(known, key) >= RESEMBLES) {
        Some(meant) => format!("did you mean `{meant}`? {known}"),
        None => known.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plugin.toml");
        fs::write(&file, text).unwrap();
        read_id(&file).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
        let said = refused("id = \"acme\"\nhostz = [\"api.acme.example\"]\n");
        assert!(said.contains("unknown key `hostz`") && said.contains("plugin.toml:2:1"), "{said}");
        assert!(said.contains("did you mean `hosts`?"), "{said}");
        let said = refused("id = \"acme\"\ncolour = \"red\"\n");
        assert!(!said.contains("did you mean") && said.contains("`hosts`, `id` and `version`"), "{said}");
    }

    #[test]
    fn what_is_missing_or_no_toml_is_told_with_its_place() {
        assert!(refused("version = \"0.1.0\"").contains("has no `id`"));
        assert!(refused("id = ").contains("plugin.toml:1:6"));
        let said = read_id(Path::new("nowhere/plugin.toml")).unwrap_err().to_string();
        assert!(said.contains("there is no nowhere/plugin.toml") && said.contains("fix: write `id"), "{said}");
    }
}
