//! TOML: the table is put into the interpreter, which needs no tool at all.

use std::path::Path;

use anyhow::Result;

use crate::command;
use crate::declarative::Table;

pub(super) fn build(folder: &Path, component: &Path, interpreter: &[u8]) -> Result<()> {
    let table = Table::read(&folder.join("plugin.toml"))?;
    if super::write_if_changed(component, &table.component(interpreter)?)? {
        command::announce(format_args!("put the table of {} into a component", table.id()));
    }
    Ok(())
}
