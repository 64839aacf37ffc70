//! Secrets in fixtures, which go into the component and so to everybody who has the plugin.
//!
//! They are known by the files of secrets that lie in the project, and by the shapes that providers give to theirs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use relink_core::secret::Secret;
use relink_egress::Credentials;
use zeroize::Zeroizing;

mod shapes;

/// Files of TOML in a project that hold no secrets.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "plugin.toml", "pyproject.toml"];
/// Shorter values, such as a region, stand in ordinary data too.
const SHORTEST: usize = 8;

/// Refuses a project whose fixtures hold a secret; what is said never quotes one.
pub(super) fn refuse(project: &Path) -> Result<()> {
    let secrets = written_in(project)?;
    let mut leaks = Vec::new();
    for file in files_of(&project.join("fixtures"), "json")? {
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        leaks.extend(leaks_in(&text, &secrets).map(|(line, what)| format!("{}:{line}: {what}", file.display())));
    }
    if leaks.is_empty() {
        return Ok(());
    }
    bail!(
        "the fixtures hold secrets, and everybody who has the plugin can read its fixtures:\n  {}\n  fix: put a word such as \
         `example` in place of each, and replace the secret at the provider if anybody has the plugin already",
        leaks.join("\n  ")
    )
}

/// A secret with the place where it is written.
struct Written {
    name: String,
    file: PathBuf,
    value: Credentials,
}

/// The lines with a secret, each with what is there.
fn leaks_in<'a>(text: &'a str, secrets: &'a [Written]) -> impl Iterator<Item = (usize, String)> + 'a {
    let leak = move |line: &str| {
        let written = secrets.iter().find(|secret| secret.value.scrub(line) != line);
        let written = written.map(|Written { name, file, .. }| format!("the value of `{name}` in {}", file.display()));
        written.or_else(|| shapes::recognize(line).map(|what| format!("what looks like {what}")))
    };
    (1..).zip(text.lines()).filter_map(move |(number, line)| Some((number, leak(line)?)))
}

/// The texts at the top of every file of secrets: whatever else is TOML is for other tools.
fn written_in(project: &Path) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    for file in files_of(project, "toml")? {
        if file.file_name().is_some_and(|name| MANIFESTS.iter().any(|manifest| name == *manifest)) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let table = Zeroizing::new(text).parse::<toml::Table>().unwrap_or_default();
        for (name, value) in table {
            if let toml::Value::String(text) = value
                && text.len() >= SHORTEST
            {
                let value = Credentials::new().with(name.clone(), Secret::new(text));
                written.push(Written { name, file: file.clone(), value });
            }
        }
    }
    Ok(written)
}

/// The files of a folder with this extension, in order; none if there is no such folder.
fn files_of(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.is_file() && path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_secret_that_lies_in_the_project_is_found_in_every_spelling_and_not_quoted() {
        // "user:canary/token+1" in base64, as in a header of basic authentication.
        for spelling in ["canary/token+1", "canary%2Ftoken%2B1", "dXNlcjpjYW5hcnkvdG9rZW4rMQ=="] {
            let fixture = format!("{{\n  \"sent\": \"{spelling}\"\n}}");
            let folder = project(&[("key.toml", "api_key = \"canary/token+1\""), ("fixtures/probe.json", &fixture)]);
            let said = refuse(folder.path()).unwrap_err().to_string();
            assert!(said.contains("probe.json:2: the value of `api_key` in"), "{said}");
            assert!(!said.contains(spelling), "{said}");
        }
    }

    #[test]
    fn names_and_short_words_of_other_files_are_no_secrets() {
        let folder = project(&[
            ("plugin.toml", "id = \"a-plugin-of-mine\""),
            ("secrets.toml", "region = \"eu\"\napi_key = \"canary-token\""),
            ("fixtures/probe.json", r#"{ "about": "a-plugin-of-mine in eu, with [redacted]" }"#),
        ]);
        refuse(folder.path()).unwrap();
    }
}
