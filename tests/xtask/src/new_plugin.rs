//! `cargo xtask new-plugin` and `check-plugin`: the first and the last command of whoever writes a plugin.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use relink_authoring::Name;

use crate::guests::{self, Selection};
use crate::run;
use crate::workspace::Workspace;

/// Start a plugin as a copy of the template.
#[derive(clap::Args)]
pub(crate) struct New {
    /// Its id, such as "beacon": lower-case letters, digits and "-"
    name: Name,
}

/// Test a plugin and build it.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The name of its folder in plugins/
    name: String,
}

pub(crate) fn new_plugin(workspace: &Workspace, arguments: &New) -> Result<()> {
    let name = &arguments.name;
    let plugins = workspace.root.join("plugins");
    let folder = plugins.join(name.as_str());
    ensure!(!folder.exists(), "plugins/{name} exists already");
    copy(&plugins.join("_template"), &folder, name)?;
    run::announce(format!("plugins/{name} is made; edit it, then run: cargo xtask check-plugin {name}"));
    Ok(())
}

pub(crate) fn check_plugin(workspace: &Workspace, arguments: &Check) -> Result<()> {
    let folder = Path::new("plugins").join(&arguments.name);
    if !workspace.root.join(&folder).join("Cargo.toml").is_file() {
        return check_table(workspace, &folder);
    }
    let mut tests = run::cargo("cargo");
    let package = format!("relink-plugin-{}", arguments.name);
    run::run(tests.current_dir(&workspace.root).args(["test", "--quiet", "-p", &package]))?;
    guests::build(workspace, Selection::Named(std::slice::from_ref(&arguments.name)))
}

/// A table has no code of its own to test, so the program does it all; it is built after the interpreter, which it
/// takes in.
fn check_table(workspace: &Workspace, folder: &Path) -> Result<()> {
    let name = folder.file_name().and_then(|name| name.to_str()).context("the plugin has no name")?.to_owned();
    guests::build(workspace, Selection::Named(&[name]))?;
    let mut relink = run::cargo("cargo");
    relink.current_dir(&workspace.root).args(["run", "--quiet", "--package", "relink", "--", "plugin", "test"]);
    run::run(relink.arg(folder))
}

fn copy(from: &Path, to: &Path, name: &Name) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry.with_context(|| format!("{} cannot be read", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target, name)?;
        } else {
            let text = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
            fs::write(&target, name.put_into(&text))
                .with_context(|| format!("{} cannot be written", target.display()))?;
        }
    }
    Ok(())
}
