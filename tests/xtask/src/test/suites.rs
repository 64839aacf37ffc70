//! Tests that are not in Rust: those in a browser, and those of the SDKs for other languages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::report::Report;
use crate::run;
use crate::workspace::Workspace;

/// Folders with a package.json whose `npm test` is part of the whole.
const NODE: [&str; 2] = ["tests/browser", "sdk/js"];
const PYTHON: &str = "sdk/python";

/// Tells a command where it finds what was prepared for tests.
type Lend<'a> = &'a dyn Fn(&mut Command);

/// Runs `npm test` in every folder of [`NODE`].
pub(super) fn node(workspace: &Workspace, lend: Lend<'_>, report: &mut Report) -> Result<()> {
    for name in NODE {
        let suite = workspace.root.join(name);
        report.required(&format!("packages of {name}"), || install_node_packages(&suite))?;
        let mut npm = Command::new("npm");
        npm.arg("test").current_dir(&suite);
        lend(&mut npm);
        report.count(name, &mut npm)?;
    }
    Ok(())
}

/// Runs the tests of the SDK for Python in an environment of their own.
pub(super) fn python(workspace: &Workspace, lend: Lend<'_>, report: &mut Report) -> Result<()> {
    report.required(&format!("packages of {PYTHON}"), || install_python_packages(workspace))?;
    let mut python = python_with_sdk(workspace);
    python.args(["-m", "unittest"]).current_dir(workspace.root.join(PYTHON));
    lend(&mut python);
    report.count(PYTHON, &mut python)
}

/// Installs exactly what the lock file names, unless the packages are newer than it.
pub(crate) fn install_node_packages(suite: &Path) -> Result<()> {
    if is_newer(&suite.join("node_modules/.package-lock.json"), &suite.join("package-lock.json")) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(suite);
    run::run(&mut npm)
}

/// The Python of the virtual environment, with the SDK of this checkout: the environment may have been made
/// by another one that shares the target folder.
pub(crate) fn python_with_sdk(workspace: &Workspace) -> Command {
    let mut python = Command::new(environment(workspace).join("bin/python"));
    python.env("PYTHONPATH", workspace.root.join(PYTHON).join("src"));
    python
}

/// Makes a virtual environment with what builds components.
pub(crate) fn install_python_packages(workspace: &Workspace) -> Result<()> {
    let (suite, environment) = (workspace.root.join(PYTHON), environment(workspace));
    let installed = environment.join("installed");
    if is_newer(&installed, &suite.join("pyproject.toml")) {
        return Ok(());
    }
    run::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    let mut pip = Command::new(environment.join("bin/python"));
    run::run(pip.args(["-m", "pip", "install", "--quiet", "--editable", ".[build]"]).current_dir(suite))?;
    Ok(fs::write(installed, "")?)
}

fn environment(workspace: &Workspace) -> PathBuf {
    workspace.target.join("python")
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let changed_at = |file: &Path| fs::metadata(file).and_then(|file| file.modified()).ok();
    changed_at(file).is_some_and(|file| Some(file) >= changed_at(than))
}
