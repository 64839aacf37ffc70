//! Builds the plugins: one cargo run for all of them, then a component out of each core module.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use relink_authoring::build::toolchain::{Toolchain, core_modules};
use relink_authoring::build::{attach_fixtures, component, write_if_changed};

use crate::run;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Build the plugins into WebAssembly components.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders in plugins/; without any, all but those that start with "_"
    names: Vec<String>,
}

/// Which plugins to build.
#[derive(Clone, Copy)]
pub(crate) enum Selection<'a> {
    /// Those that are shipped: all but the folders that start with "_".
    Bundled,
    /// The bundled ones, templates and those made for tests.
    Every,
    Named(&'a [String]),
}

/// One plugin crate; its name is the folder's, since that is what a person types.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plugin {
    name: String,
    package: String,
    folder: PathBuf,
    core_module: Option<String>,
}

/// The chore `guests`.
pub(crate) fn guests(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    setup::ensure(workspace, &[Need::GuestToolchain])?;
    if arguments.names.is_empty() {
        build(workspace, Selection::Bundled)
    } else {
        build(workspace, Selection::Named(&arguments.names))
    }
}

/// Builds the selected plugins into the workspace's plugin folder.
pub(crate) fn build(workspace: &Workspace, selection: Selection<'_>) -> Result<()> {
    let started = Instant::now();
    let toolchain = find_toolchain(workspace).context("no toolchain builds WebAssembly here")?;
    let plugins = select(find_plugins(workspace), selection)?;
    run::announce(format_args!("building {} plugins with {toolchain}", plugins.len()));

    let guest_target = guest_target(workspace);
    let mut cargo = toolchain.cargo(&guest_target);
    cargo.current_dir(&workspace.root);
    for plugin in &plugins {
        cargo.args(["-p", &plugin.package]);
    }
    run::run(&mut cargo)?;

    let core_modules = core_modules(&guest_target);
    let components = workspace.plugins();
    fs::create_dir_all(&components).context("the folder for plugins cannot be made")?;
    for plugin in &plugins {
        encode(plugin, &core_modules, &components)?;
    }
    if !matches!(selection, Selection::Named(_)) {
        remove_others(&components, &plugins)?;
    }
    let seconds = started.elapsed().as_secs_f32();
    run::note(format_args!("{} ({seconds:.1} s)", components.display()));
    Ok(())
}

/// The toolchain for plugins, if there is one.
pub(crate) fn find_toolchain(workspace: &Workspace) -> Option<Toolchain> {
    Toolchain::find(&guest_target(workspace))
}

/// Plugins are built apart from native crates, since other flags would build everything again.
fn guest_target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("guests")
}

fn find_plugins(workspace: &Workspace) -> BTreeSet<Plugin> {
    let home = workspace.root.join("plugins");
    let plugins = workspace.packages.iter().filter_map(|package| {
        let folder = package.folder();
        let name = folder.file_name()?.to_str()?;
        (folder.parent() == Some(&home)).then(|| Plugin {
            name: name.to_owned(),
            package: package.name.clone(),
            folder: folder.to_owned(),
            core_module: package.core_module(),
        })
    });
    plugins.collect()
}

fn select(mut plugins: BTreeSet<Plugin>, selection: Selection<'_>) -> Result<Vec<Plugin>> {
    match selection {
        Selection::Every => {}
        Selection::Bundled => plugins.retain(|plugin| !plugin.name.starts_with('_')),
        Selection::Named(names) => {
            let known = |name: &&String| plugins.iter().any(|plugin| plugin.name == **name);
            if let Some(unknown) = names.iter().find(|name| !known(name)) {
                bail!("there is no Rust plugin in plugins/{unknown}");
            }
            plugins.retain(|plugin| names.contains(&plugin.name));
        }
    }
    if plugins.is_empty() {
        bail!("there is no plugin to build");
    }
    Ok(plugins.into_iter().collect())
}

/// Makes the component, and leaves the file alone when it would be the same: a running host watches the folder.
fn encode(plugin: &Plugin, core_modules: &Path, components: &Path) -> Result<()> {
    let name = &plugin.name;
    let Some(file) = &plugin.core_module else {
        bail!("plugin {name} has no `crate-type = [\"cdylib\"]` in its Cargo.toml");
    };
    let core_module = fs::read(core_modules.join(file))
        .with_context(|| format!("the core module of plugin {name} cannot be read"))?;
    let mut component = component::encode(&core_module).with_context(|| format!("plugin {name}"))?;
    attach_fixtures(&mut component, &plugin.folder).with_context(|| format!("plugin {name}"))?;
    if write_if_changed(&components.join(format!("{name}.wasm")), &component)? {
        run::note(format_args!("{name}.wasm, {} KiB", component.len() / 1024));
    }
    Ok(())
}

/// Removes components whose plugin was renamed, deleted or is not part of the selection.
fn remove_others(components: &Path, plugins: &[Plugin]) -> Result<()> {
    for entry in fs::read_dir(components)? {
        let path = entry?.path();
        let is_component = path.extension().is_some_and(|extension| extension == "wasm");
        let is_wanted = plugins.iter().any(|plugin| path.file_stem().is_some_and(|stem| stem == plugin.name.as_str()));
        if is_component && !is_wanted {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugins(names: &[&str]) -> BTreeSet<Plugin> {
        let plugin = |name: &&str| Plugin {
            name: (*name).to_owned(),
            package: format!("relink-plugin-{name}"),
            folder: PathBuf::from(name),
            core_module: None,
        };
        names.iter().map(plugin).collect()
    }

    fn selected(selection: Selection<'_>) -> Result<Vec<String>> {
        let selected = select(plugins(&["google", "_template", "ahrefs"]), selection)?;
        Ok(selected.into_iter().map(|plugin| plugin.name).collect())
    }

    #[test]
    fn bundled_plugins_are_all_but_those_with_an_underscore() {
        assert_eq!(selected(Selection::Bundled).unwrap(), ["ahrefs", "google"]);
        assert_eq!(selected(Selection::Every).unwrap(), ["_template", "ahrefs", "google"]);
    }

    #[test]
    fn named_plugins_may_start_with_an_underscore_and_must_exist() {
        let names = ["_template".to_owned()];
        assert_eq!(selected(Selection::Named(&names)).unwrap(), ["_template"]);
        let names = ["ahrefs".to_owned(), "copper".to_owned()];
        let error = selected(Selection::Named(&names)).unwrap_err().to_string();
        assert_eq!(error, "there is no Rust plugin in plugins/copper");
    }

    #[test]
    fn components_of_plugins_that_are_gone_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["ahrefs.wasm", "gone.wasm", "note.txt"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let plugins: Vec<Plugin> = plugins(&["ahrefs"]).into_iter().collect();
        remove_others(folder.path(), &plugins).unwrap();
        assert!(folder.path().join("ahrefs.wasm").exists());
        assert!(!folder.path().join("gone.wasm").exists());
        assert!(folder.path().join("note.txt").exists());
    }
}
