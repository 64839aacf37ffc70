//! The guides for authors: every command in them is run as it stands there, one after the other.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::provider::{self, TOKEN};
use crate::support::{relink, said, shared};

/// Names that the tests may take minutes and packages from npm and PyPI.
const LANGUAGES: &str = "RELINK_TEST_LANGUAGES";
/// A file that knows the way to the provider.
const SETTINGS: &str = "settings.toml";
/// Where the part of a guide begins that is for whoever works on the SDK itself, or needs a registry and is
/// followed by the tests of publishing.
const ENDS: [&str; 3] = ["\n## For whoever changes the SDK", "\n# Working on the SDK", "\n## 9. Publish it"];

#[test]
fn every_command_in_the_guide_for_rust_works() {
    follow("plugins/README.md", str::to_owned);
}

#[test]
fn every_command_in_the_guide_for_typescript_works() {
    if with_packages() {
        follow("sdk/js/README.md", str::to_owned);
    }
}

#[test]
fn every_command_in_the_guide_for_javascript_works() {
    if with_packages() {
        follow("sdk/js/README.md", |command| command.replace("--lang ts", "--lang js"));
    }
}

#[test]
fn every_command_in_the_guide_for_python_works() {
    if with_packages() {
        follow("sdk/python/README.md", str::to_owned);
    }
}

fn with_packages() -> bool {
    let is_wanted = env::var_os(LANGUAGES).is_some();
    if !is_wanted {
        eprintln!("skipped: set {LANGUAGES} to let npm and pip install packages");
    }
    is_wanted
}

/// Does what the guide says, in a folder of a stranger who has the program, a provider and an account there.
#[track_caller]
fn follow(guide: &str, adapt: impl Fn(&str) -> String) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(guide)).unwrap();
    let commands = commands(&text);
    assert!(commands.iter().any(|command| command.starts_with("relink plugin new ")), "{guide}: {commands:?}");
    let home = tempfile::tempdir().unwrap();
    let mut folder = home.path().to_owned();
    for command in commands {
        let command = adapt(&command);
        if let Some(inner) = command.strip_prefix("cd ") {
            folder = folder.join(inner);
            prepare(&folder);
            continue;
        }
        let said = said(shell(&folder).args(["-c", &command]));
        assert_eq!(said.code, 0, "{guide}: {command}\n{}\n{}", said.out, said.err);
    }
}

/// The secrets of an account, and the way to the provider, which is no part of any guide.
fn prepare(project: &Path) {
    fs::write(project.join("secrets.toml"), format!("access_token = \"{TOKEN}\"\n")).unwrap();
    let route = provider::start();
    let (host, url) = route.split_once('=').unwrap();
    fs::write(project.join(SETTINGS), format!("[egress.routes]\n\"{host}\" = \"{url}\"\n")).unwrap();
}

/// A shell in which the program is found by its name.
fn shell(folder: &Path) -> Command {
    let mut shell = Command::new("sh");
    for (name, value) in relink(folder).get_envs() {
        shell.env(name, value.unwrap());
    }
    let settings = folder.join(SETTINGS);
    if settings.exists() {
        shell.env("RELINK_CONFIG", settings);
    }
    shell.current_dir(folder).env("PATH", path()).env("CARGO_TARGET_DIR", shared().join("target"));
    shell
}

fn path() -> OsString {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_relink"));
    let folders = env::var_os("PATH").unwrap_or_default();
    let folders = [program.parent().unwrap().to_owned()].into_iter().chain(env::split_paths(&folders));
    env::join_paths(folders).unwrap()
}

/// The lines of all code blocks that are for a shell: those that name `sh`, or no language.
fn commands(guide: &str) -> Vec<String> {
    let end = ENDS.iter().find_map(|end| guide.find(end)).unwrap_or(guide.len());
    let mut commands = Vec::new();
    let mut inside: Option<bool> = None;
    for line in guide[..end].lines() {
        inside = match (line.strip_prefix("```"), inside) {
            (Some(language), None) => Some(matches!(language, "" | "sh")),
            (Some(_), Some(_)) => None,
            (None, inside) => inside,
        };
        if inside == Some(true) && !line.starts_with("```") {
            commands.push(line.to_owned());
        }
    }
    commands
}
