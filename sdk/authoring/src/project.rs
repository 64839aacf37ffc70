//! The folder of one plugin.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::declarative::Table;
use crate::manifest;

/// What tools make, what only tests read, and what is never edited: none of it makes a component outdated, nor
/// does a hidden folder. Fixtures are put in by what they say, whenever that was written.
const NOT_SOURCES: [&str; 7] = ["__pycache__", "dist", "fixtures", "node_modules", "target", "tests", "vendor"];
/// Files of the project's own folder that tools of the languages read; others there are notes and secrets.
const MANIFESTS: [&str; 6] =
    ["Cargo.lock", "Cargo.toml", "plugin.toml", "pyproject.toml", "requirements.txt", "rust-toolchain.toml"];
const CODE: [&str; 7] = ["cjs", "js", "json", "mjs", "py", "rs", "ts"];

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
    /// All is in `plugin.toml`.
    Table,
}

impl Project {
    /// Reads what the folder says about itself.
    pub fn open(folder: &Path) -> Result<Self> {
        let Some(kind) = kind_of(folder) else {
            bail!(
                "{} is no project: it has neither plugin.toml nor Cargo.toml nor package.json nor requirements.txt\n  fix: \
                 start one with `relink plugin new NAME --lang rust`",
                folder.display()
            );
        };
        let manifest = folder.join("plugin.toml");
        if kind == Kind::Table {
            let id = Table::read(&manifest)?.id().to_owned();
            return Ok(Self { folder: folder.to_owned(), kind, id });
        }
        Ok(Self { folder: folder.to_owned(), kind, id: manifest::read_id(&manifest)? })
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

    /// Whether the component is there, and no source is newer. A table is built so quickly that it is not asked.
    pub fn is_built(&self) -> bool {
        if self.kind == Kind::Table {
            return false;
        }
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
    let of_code = files.into_iter().find(|(file, _)| folder.join(file).is_file()).map(|(_, kind)| kind);
    of_code.or_else(|| is_table(&folder.join("plugin.toml")).then_some(Kind::Table))
}

/// Beside code, `plugin.toml` says no more than what operators approve. A file with a mistake counts as a table, so
/// that the mistake is shown.
fn is_table(manifest: &Path) -> bool {
    let Ok(text) = fs::read_to_string(manifest) else { return false };
    match text.parse::<toml::Table>() {
        Ok(table) => table.keys().any(|key| !manifest::KEYS.contains(&key.as_str())),
        Err(_) => true,
    }
}

/// When the newest source was changed: a file that is read, or a folder from which one may be gone.
fn newest_source(folder: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let changed_at = if path.is_dir() {
            if is_left_out(&entry.file_name()) { None } else { newest_within(&path)? }
        } else if is_source(&path) {
            Some(entry.metadata()?.modified()?)
        } else {
            None
        };
        newest = newest.max(changed_at);
    }
    Ok(newest)
}

fn newest_within(folder: &Path) -> io::Result<Option<SystemTime>> {
    let mut newest = Some(folder.metadata()?.modified()?);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_left_out(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        let changed_at = if path.is_dir() { newest_within(&path)? } else { Some(entry.metadata()?.modified()?) };
        newest = newest.max(changed_at);
    }
    Ok(newest)
}

fn is_left_out(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || NOT_SOURCES.iter().any(|left_out| name == *left_out)
}

fn is_source(file: &Path) -> bool {
    let is_manifest = file.file_name().is_some_and(|name| MANIFESTS.iter().any(|manifest| name == *manifest));
    is_manifest || file.extension().is_some_and(|extension| CODE.iter().any(|code| extension == *code))
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
    fn a_plugin_toml_that_says_more_than_operators_approve_is_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| fs::write(folder.path().join("plugin.toml"), text).unwrap();
        write("id = \"beacon\"\nversion = \"0.1.0\"\nhosts = []");
        assert_eq!(kind_of(folder.path()), None);
        write(crate::pack::text("sdk/declarative/template/plugin.toml"));
        assert_eq!(Project::open(folder.path()).unwrap().kind(), Kind::Table);
        write("id = ");
        let error = Project::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("plugin.toml:1:6"), "{error}");
    }

    #[test]
    fn a_folder_that_is_no_project_is_told_how_to_become_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = Project::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("relink plugin new"), "{error}");
    }

    /// A project in JavaScript whose component was made at 200, and a way to write a file of it at a moment.
    fn built() -> (tempfile::TempDir, impl Fn(&str, u64)) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_owned();
        let write = move |file: &str, seconds: u64| {
            let path = home.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "id = \"beacon\"").unwrap();
            for changed in [path.as_path(), path.parent().unwrap()] {
                set_changed(changed, seconds);
            }
        };
        for (file, seconds) in
            [("package.json", 100), ("plugin.toml", 100), ("src/plugin.js", 100), ("dist/beacon.wasm", 200)]
        {
            write(file, seconds);
        }
        (folder, write)
    }

    fn set_changed(path: &Path, seconds: u64) {
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::open(path).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn a_component_is_outdated_when_a_source_is_newer() {
        for source in ["src/plugin.js", "src/words/german.js", "package.json", "plugin.toml", "rollup.config.mjs"] {
            let (folder, write) = built();
            let project = Project::open(folder.path()).unwrap();
            assert!(project.is_built());
            write(source, 300);
            assert!(!project.is_built(), "{source}");
        }
    }

    #[test]
    fn a_component_is_outdated_when_a_source_is_gone() {
        let (folder, write) = built();
        write("src/words.js", 100);
        let project = Project::open(folder.path()).unwrap();
        assert!(project.is_built());
        fs::remove_file(folder.path().join("src/words.js")).unwrap();
        assert!(!project.is_built());
    }

    #[test]
    fn what_no_tool_reads_makes_no_component_outdated() {
        for other in ["secrets.toml", "key.toml", "README.md", "notes.txt", "fixtures/probe.json", "tests/fixtures.rs"]
        {
            let (folder, write) = built();
            write(other, 300);
            assert!(Project::open(folder.path()).unwrap().is_built(), "{other}");
        }
    }
}
