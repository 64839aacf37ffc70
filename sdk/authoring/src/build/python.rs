//! Python: the SDK and `componentize-py`, in a virtual environment of the project.

use std::path::{Path, absolute};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Whether this Python is recent enough, as its exit code.
const IS_RECENT: &str = "import sys; sys.exit(sys.version_info < (3, 11))";

pub(super) fn build(folder: &Path, component: &Path) -> Result<()> {
    let folder = absolute(folder).context("the folder of the project cannot be named")?;
    let python = folder.join(".venv/bin/python");
    if !command::is_executable(&python) || !has_sdk(&python) {
        install(&folder, &python)?;
    }
    command::announce(format_args!("building {} with {}", folder.display(), python.display()));
    let mut build = Command::new(&python);
    build.args(["-m", "relink_sdk", "build", "--output"]).arg(absolute(component).context("the file cannot be named")?);
    command::run(build.current_dir(&folder))
}

fn install(folder: &Path, python: &Path) -> Result<()> {
    let is_recent = |program: &str| command::capture(Command::new(program).args(["-c", IS_RECENT])).is_ok();
    if !is_recent("python3") {
        bail!(
            "Python 3.11 or later is missing: it builds plugins in Python\n  fix: install it from https://www.python.org, \
             or on Debian run `sudo apt-get install python3 python3-venv`"
        );
    }
    command::announce("installing what requirements.txt names, into .venv");
    command::capture(Command::new("python3").args(["-m", "venv", ".venv"]).current_dir(folder))
        .context("no virtual environment can be made; on Debian run `sudo apt-get install python3-venv`")?;
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]);
    command::run(pip.current_dir(folder))
}

fn has_sdk(python: &Path) -> bool {
    command::capture(Command::new(python).args(["-c", "import relink_sdk"])).is_ok()
}
