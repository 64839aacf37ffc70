//! The folder of one plugin.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

/// What tools make, what only tests read, and what is never edited: none of it makes a component outdated, nor
/// does a hidden file.
const NOT_SOURCES: [&str; 6] = ["__pycache__", "dist", "fixtures", "node_modules", "target", "vendor"];

/// The folder of one plugin, which is built with the tools of its language.
#[derive(Debug)]
pub struct Project {
    folder: PathBuf,
    kind: Kind,
    id: String,
}

/// Whose tools build a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rust,
    Node,
    Python,
}

impl Project {
    /// Reads what the folder says about itself.
    pub fn open(folder: &Path) -> Result<Self> {
        let Some(kind) = kind_of(folder) else {
            bail!(
                "{} is no project: it has neither Cargo.toml nor package.json nor requirements.txt\n  fix: start one \
                 with `relink plugin new NAME --lang rust`",
                folder.display()
            );
        };
        let manifest = folder.join("plugin.toml");
        let text = fs::read_to_string(&manifest).with_context(|| format!("{} cannot be read", manifest.display()))?;
        let manifest_of = |error| format!("{}: {error}", manifest.display());
        let table: toml::Table = text.parse().map_err(|error| anyhow::anyhow!(manifest_of(error)))?;
        let id = table.get("id").and_then(toml::Value::as_str);
        let id = id.with_context(|| format!("{} has no `id`\n  fix: add `id = \"acme\"`", manifest.display()))?;
        Ok(Self { folder: folder.to_owned(), kind, id: id.to_owned() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the component is put unless somebody wants it elsewhere.
    pub fn component(&self) -> PathBuf {
        let component = Path::new("dist").join(format!("{}.wasm", self.id));
        if self.folder == Path::new(".") { component } else { self.folder.join(component) }
    }

    /// Whether the component is there, and no source is newer.
    pub fn is_built(&self) -> bool {
        let Ok(built_at) = self.component().metadata().and_then(|file| file.modified()) else {
            return false;
        };
        newest_source(&self.folder).is_ok_and(|changed_at| changed_at.is_none_or(|changed_at| changed_at <= built_at))
    }
}

fn kind_of(folder: &Path) -> Option<Kind> {
    let files = [
        ("Cargo.toml", Kind::Rust),
        ("package.json", Kind::Node),
        ("requirements.txt", Kind::Python),
        ("pyproject.toml", Kind::Python),
    ];
    files.into_iter().find(|(file, _)| folder.join(file).is_file()).map(|(_, kind)| kind)
}

fn newest_source(folder: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || NOT_SOURCES.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let path = entry.path();
        let changed_at = if path.is_dir() { newest_source(&path)? } else { Some(entry.metadata()?.modified()?) };
        newest = newest.max(changed_at);
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_seen_by_its_manifest() {
        for (file, kind) in
            [("Cargo.toml", Kind::Rust), ("package.json", Kind::Node), ("requirements.txt", Kind::Python)]
        {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(file), "").unwrap();
            fs::write(folder.path().join("plugin.toml"), "id = \"beacon\"").unwrap();
            let project = Project::open(folder.path()).unwrap();
            assert_eq!((project.kind(), project.component()), (kind, folder.path().join("dist/beacon.wasm")));
        }
    }

    #[test]
    fn a_folder_that_is_no_project_is_told_how_to_become_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = Project::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("relink plugin new"), "{error}");
    }

    #[test]
    fn a_component_is_outdated_when_a_source_is_newer_but_not_when_a_fixture_is() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, seconds: u64| {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "id = \"beacon\"").unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        for file in ["package.json", "plugin.toml", "src/plugin.js"] {
            write(file, 100);
        }
        let project = Project::open(folder.path()).unwrap();
        assert!(!project.is_built(), "there is no component");
        write("dist/beacon.wasm", 200);
        write("fixtures/probe.json", 300);
        assert!(project.is_built());
        write("src/plugin.js", 300);
        assert!(!project.is_built());
    }
}
