//! JavaScript and TypeScript: `relink-build` of the SDK does it, in Node.

use std::path::{Path, absolute};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// The oldest Node that the SDK runs in.
const OLDEST: u32 = 20;

pub(super) fn build(folder: &Path, component: &Path) -> Result<()> {
    for program in ["node", "npm"] {
        if command::find_program(program).is_none() {
            bail!(
                "{program} is missing: plugins in JavaScript and TypeScript are built in Node.js {OLDEST} or later\n  \
                 fix: install it from https://nodejs.org, or on Debian run `sudo apt-get install nodejs npm`"
            );
        }
    }
    let version = command::capture(Command::new("node").arg("--version"))?;
    if major(&version).is_some_and(|major| major < OLDEST) {
        bail!(
            "Node.js is {}, but the SDK needs {OLDEST} or later\n  fix: install it from https://nodejs.org",
            version.trim()
        );
    }
    let is_installed = folder.ancestors().any(|folder| folder.join("node_modules/@relink/sdk").exists());
    if !is_installed {
        command::announce("installing what package.json names");
        command::run(Command::new("npm").args(["install", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    command::announce(format_args!("building {} with Node.js {}", folder.display(), version.trim()));
    let out = absolute(component).context("the file cannot be named")?;
    let mut relink_build = Command::new("npm");
    relink_build.args(["exec", "--no", "--", "relink-build", "--out"]).arg(out);
    command::run(relink_build.current_dir(folder))
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.19.2\n"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
