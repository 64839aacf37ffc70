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

use anyhow::{Context, Result};

pub use fixtures::attach_fixtures;

use crate::project::{Kind, Project};

/// Builds the plugin of a project into the file `component`, whose folder is made if need be, and puts in its
/// fixtures.
///
/// Projects that are a table need the component that interprets it; others do not look at it.
pub fn build(project: &Project, component: &Path, interpreter: &[u8]) -> Result<()> {
    match project.kind() {
        Kind::Rust => rust::build(project.folder(), component)?,
        Kind::Node => node::build(project.folder(), component)?,
        Kind::Python => python::build(project.folder(), component)?,
        Kind::Table => table::build(project.folder(), component, interpreter)?,
    }
    let mut bytes = fs::read(component).with_context(|| format!("{} cannot be read", component.display()))?;
    attach_fixtures(&mut bytes, project.folder())?;
    write(component, &bytes)
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
