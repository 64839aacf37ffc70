//! Builds a project into a component, with the tools of its language.

pub mod component;
pub mod crates;
mod fixtures;
mod node;
mod python;
mod rust;
mod table;
pub mod toolchain;

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

pub use fixtures::attach_fixtures;

use crate::command;
use crate::project::{Kind, Project};

/// Builds the plugin of a project into the file `component`, whose folder is made if need be, and puts in its
/// fixtures.
///
/// Projects that are a table need the component that interprets it; others do not look at it.
pub fn build(project: &Project, component: &Path, interpreter: &[u8]) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "it is compared with when files were changed")]
    let started = SystemTime::now();
    let unfinished = tempfile::tempdir().context("no folder can be made for what is unfinished")?;
    let built = unfinished.path().join("plugin.wasm");
    match project.kind() {
        Kind::Rust => rust::build(project.folder(), &built)?,
        Kind::Node => node::build(project.folder(), &built)?,
        Kind::Python => python::build(project.folder(), &built)?,
        Kind::Table => table::build(project.folder(), &built, interpreter)?,
    }
    finish(&built, project, component)?;
    // It is of the sources as they were then, even if it is the same as before, or if they changed meanwhile.
    fs::File::open(component)
        .and_then(|file| file.set_modified(started))
        .with_context(|| format!("{} cannot be written", component.display()))
}

/// Makes sure that the project's component is of its sources and has its fixtures; builds only if a source is newer.
pub fn bring_up_to_date(project: &Project, interpreter: &[u8]) -> Result<()> {
    let component = project.component();
    if project.is_built() { finish(&component, project, &component) } else { build(project, &component, interpreter) }
}

/// Writes what was built, with the fixtures that there are now.
fn finish(built: &Path, project: &Project, component: &Path) -> Result<()> {
    let mut bytes = fs::read(built).with_context(|| format!("{} cannot be read", built.display()))?;
    attach_fixtures(&mut bytes, project.folder())?;
    if write_if_changed(component, &bytes)? {
        remove_signature(component)?;
    }
    Ok(())
}

/// A signature is of certain bytes: beside others it would only be refused, by whoever gets both.
fn remove_signature(component: &Path) -> Result<()> {
    let signature = component.with_added_extension("minisig");
    if signature.exists() {
        fs::remove_file(&signature).with_context(|| format!("{} cannot be removed", signature.display()))?;
        command::note(format_args!(
            "{} was of the component before and is removed: sign again with `relink plugin sign`",
            signature.display()
        ));
    }
    Ok(())
}

/// Writes a component unless it is the same that is there, since a running host watches the file; says whether
/// it differs.
pub fn write_if_changed(file: &Path, component: &[u8]) -> Result<bool> {
    if fs::read(file).is_ok_and(|present| present == component) {
        return Ok(false);
    }
    write(file, component)?;
    Ok(true)
}

/// Writes beside the file and renames, so that a running host never sees half a plugin.
fn write(file: &Path, component: &[u8]) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let name = file.file_name().and_then(|name| name.to_str()).context("the component needs a file name")?;
    let unfinished = folder.join(format!(".{name}.new"));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&unfinished, component))
        .and_then(|()| fs::rename(&unfinished, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}
