//! Builds the plugins: one cargo run for all that are code, then a component out of each core module; and
//! those that are a table, out of the one that interprets tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use relink_authoring::build::toolchain::{Toolchain, core_modules};
use relink_authoring::build::{attach_fixtures, component, write_if_changed};
use relink_authoring::declarative::Table;

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

/// One plugin; its name is the folder's, since that is what a person types.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plugin {
    name: String,
    folder: PathBuf,
    made_of: MadeOf,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MadeOf {
    Crate { package: String, core_module: Option<String> },
    Table { file: PathBuf },
}

/// The crate that becomes a plugin once a table is put into it.
const INTERPRETER: &str = "relink-declarative";

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
    let plugins = select(find_plugins(workspace)?, selection)?;
    run::announce(format_args!("building {} plugins with {toolchain}", plugins.len()));

    let guest_target = guest_target(workspace);
    let mut cargo = toolchain.cargo(&guest_target);
    cargo.current_dir(&workspace.root);
    cargo.args(["--quiet", "-p", INTERPRETER]);
    for plugin in &plugins {
        if let MadeOf::Crate { package, .. } = &plugin.made_of {
            cargo.args(["-p", package]);
        }
    }
    run::run(&mut cargo)?;

    let core_modules = core_modules(&guest_target);
    let components = workspace.plugins();
    fs::create_dir_all(&components).context("the folder for plugins cannot be made")?;
    let interpreter = encode_interpreter(workspace, &core_modules)?;
    for plugin in &plugins {
        let Plugin { name, folder, made_of } = plugin;
        let mut component = match made_of {
            MadeOf::Crate { core_module, .. } => {
                encode(core_module.as_deref(), &core_modules).with_context(|| format!("plugin {name}"))?
            }
            MadeOf::Table { file } => Table::read(file)?.component(&interpreter)?,
        };
        attach_fixtures(&mut component, folder).with_context(|| format!("plugin {name}"))?;
        if write_if_changed(&components.join(format!("{name}.wasm")), &component)? {
            run::note(format_args!("{name}.wasm, {} KiB", component.len() / 1024));
        }
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

/// Puts the interpreter where the build of the program finds it.
fn encode_interpreter(workspace: &Workspace, core_modules: &Path) -> Result<Vec<u8>> {
    let package = workspace.package(INTERPRETER).context("the interpreter is no crate of the workspace")?;
    let interpreter = encode(package.core_module().as_deref(), core_modules).context(INTERPRETER)?;
    if write_if_changed(&workspace.interpreter(), &interpreter)? {
        run::note(format_args!("the interpreter of tables, {} KiB", interpreter.len() / 1024));
    }
    Ok(interpreter)
}

fn find_plugins(workspace: &Workspace) -> Result<BTreeSet<Plugin>> {
    let mut plugins = find_crates(workspace);
    let home = workspace.root.join("plugins");
    for entry in fs::read_dir(&home).context("the folder plugins cannot be read")? {
        let folder = entry?.path();
        let file = folder.join("plugin.toml");
        let is_table = file.is_file() && !folder.join("Cargo.toml").is_file();
        if let Some(name) = folder.file_name().and_then(|name| name.to_str()).filter(|_| is_table) {
            let name = name.to_owned();
            plugins.insert(Plugin { name, folder, made_of: MadeOf::Table { file } });
        }
    }
    Ok(plugins)
}

fn find_crates(workspace: &Workspace) -> BTreeSet<Plugin> {
    let home = workspace.root.join("plugins");
    let plugins = workspace.packages.iter().filter_map(|package| {
        let folder = package.folder();
        let name = folder.file_name()?.to_str()?;
        (folder.parent() == Some(&home)).then(|| Plugin {
            name: name.to_owned(),
            folder: folder.to_owned(),
            made_of: MadeOf::Crate { package: package.name.clone(), core_module: package.core_module() },
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
                bail!("there is no plugin in plugins/{unknown}");
            }
            plugins.retain(|plugin| names.contains(&plugin.name));
        }
    }
    if plugins.is_empty() {
        bail!("there is no plugin to build");
    }
    Ok(plugins.into_iter().collect())
}

/// Makes a component of a core module.
fn encode(core_module: Option<&str>, core_modules: &Path) -> Result<Vec<u8>> {
    let Some(file) = core_module else {
        bail!("it has no `crate-type = [\"cdylib\"]` in its Cargo.toml");
    };
    let core_module = fs::read(core_modules.join(file)).context("the core module cannot be read")?;
    component::encode(&core_module)
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
            folder: PathBuf::from(name),
            made_of: MadeOf::Crate { package: format!("relink-plugin-{name}"), core_module: None },
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
        assert_eq!(error, "there is no plugin in plugins/copper");
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
