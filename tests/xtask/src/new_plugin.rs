//! `cargo xtask new-plugin` and `check-plugin`: the first and the last command of whoever writes a plugin.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::guests::{self, Selection};
use crate::run;
use crate::workspace::Workspace;

/// The provider of the template, which every copy replaces with its own name.
const TEMPLATE_NAME: &str = "acme";

/// Start a plugin as a copy of the template.
#[derive(clap::Args)]
pub(crate) struct New {
    /// Its id, such as "beacon": lower-case letters, digits and "-"
    name: String,
}

/// Test a plugin and build it.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// The name of its folder in plugins/
    name: String,
}

pub(crate) fn new_plugin(workspace: &Workspace, arguments: &New) -> Result<()> {
    let name = &arguments.name;
    ensure!(is_id(name), "{name:?} is no id of a plugin: use lower-case letters, digits and \"-\", a letter first");
    ensure!(name != TEMPLATE_NAME, "{name:?} is the name of the template's provider: choose that of yours");
    let plugins = workspace.root.join("plugins");
    let folder = plugins.join(name);
    ensure!(!folder.exists(), "plugins/{name} exists already");
    copy(&plugins.join("_template"), &folder, name)?;
    run::announce(format!("plugins/{name} is made; edit it, then run: cargo xtask check-plugin {name}"));
    Ok(())
}

pub(crate) fn check_plugin(workspace: &Workspace, arguments: &Check) -> Result<()> {
    let mut tests = run::cargo("cargo");
    let package = format!("relink-plugin-{}", arguments.name);
    run::run(tests.current_dir(&workspace.root).args(["test", "--quiet", "-p", &package]))?;
    guests::build(workspace, Selection::Named(std::slice::from_ref(&arguments.name)))
}

fn is_id(name: &str) -> bool {
    let is_inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(is_inner) && !name.ends_with('-')
}

fn copy(from: &Path, to: &Path, name: &str) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry.with_context(|| format!("{} cannot be read", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target, name)?;
        } else {
            let text = fs::read_to_string(&source).with_context(|| format!("{} cannot be read", source.display()))?;
            let text = renamed(&text, name);
            fs::write(&target, text).with_context(|| format!("{} cannot be written", target.display()))?;
        }
    }
    Ok(())
}

/// Replaces the template's name in each way of writing it: `acme`, `Acme`, `relink_plugin_acme`.
fn renamed(text: &str, name: &str) -> String {
    let title: String = name.split('-').map(capitalized).collect();
    let in_rust = format!("relink_plugin_{}", name.replace('-', "_"));
    text.replace("relink_plugin_acme", &in_rust).replace("Acme", &title).replace(TEMPLATE_NAME, name)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_the_name_is_replaced() {
        let text = "relink_plugin_acme::Acme of relink-plugin-acme at api.acme.example";
        let expected = "relink_plugin_big_data::BigData of relink-plugin-big-data at api.big-data.example";
        assert_eq!(renamed(text, "big-data"), expected);
    }

    #[test]
    fn only_ids_are_taken() {
        for good in ["beacon", "big-data", "x2"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "Beacon", "2x", "../x", "a b", "a-", "_x"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
