//! TOML: the table is put into the interpreter, which needs no tool at all.

use std::path::Path;

use anyhow::Result;

use crate::declarative::Table;

pub(super) fn build(folder: &Path, component: &Path, interpreter: &[u8]) -> Result<()> {
    let table = Table::read(&folder.join("plugin.toml"))?;
    super::write(component, &table.component(interpreter)?)
}
