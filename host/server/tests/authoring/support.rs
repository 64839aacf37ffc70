//! The program, and a project to use it on.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program in `folder`, with nothing of this machine's settings.
pub(crate) fn relink(folder: &Path) -> Command {
    let mut relink = Command::new(env!("CARGO_BIN_EXE_relink"));
    relink.current_dir(folder).env("CARGO_NET_OFFLINE", "true").env("XDG_CACHE_HOME", shared().join("cache"));
    relink
}

/// Runs `relink plugin` with these arguments.
pub(crate) fn plugin<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Said {
    said(relink(folder).arg("plugin").args(arguments))
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

impl Said {
    /// What was printed, if all went well.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self.out
    }

    /// What was said about what went wrong.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, 1, "{}\n{}", self.out, self.err);
        self.err + &self.out
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A folder with a component, `plugin.toml` and fixtures, for one test alone.
pub(crate) struct Beacon(TempDir);

impl Beacon {
    /// Starts and builds the template's plugin, and takes a copy of what matters.
    pub(crate) fn new() -> Self {
        let (project, said) = build("beacon", |source| source);
        said.done();
        let folder = tempfile::tempdir().unwrap();
        for part in ["dist/beacon.wasm", "plugin.toml", "fixtures/operations.json", "fixtures/diagnoses.json"] {
            let copy = folder.path().join(part);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(project.join(part), copy).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn plugin(&self, arguments: &[&str]) -> Said {
        plugin(self.folder(), arguments)
    }

    /// Changes a file of fixtures.
    pub(crate) fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.folder().join("fixtures").join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, change(text)).unwrap();
    }
}

/// What tests share: compiled crates and a project.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring")
}

/// Starts a project and builds it, changed, with the program; tests only read it.
pub(crate) fn build(name: &str, change: impl FnOnce(String) -> String) -> (PathBuf, Said) {
    let (shared, fresh) = (shared(), tempfile::tempdir().unwrap());
    fs::create_dir_all(&shared).unwrap();
    let lock = File::create(shared.join("lock")).unwrap();
    lock.lock().unwrap();
    plugin(fresh.path(), ["new", name, "--lang", "rust"]).done();
    let (started, project) = (fresh.path().join(name), shared.join(name));
    let source = started.join("src/lib.rs");
    fs::write(&source, change(fs::read_to_string(&source).unwrap())).unwrap();
    update(&started, &project);
    let target = shared.join("target");
    let said = said(relink(&shared).env("CARGO_TARGET_DIR", target).args(["plugin", "build", name]));
    (project, said)
}

/// Writes only files that differ, so that cargo does not compile again what is the same.
fn update(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let source = entry.unwrap().path();
        let target = to.join(source.file_name().unwrap());
        if source.is_dir() {
            update(&source, &target);
            continue;
        }
        let text = fs::read(&source).unwrap();
        let is_locked = target.ends_with("Cargo.lock") && target.exists();
        if !is_locked && fs::read(&target).ok().as_deref() != Some(text.as_slice()) {
            fs::write(&target, text).unwrap();
        }
    }
}
