//! What an author means by `FILE_OR_PROJECT`: a component, or the folder of a project that makes one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use relink_authoring::declarative::Table;
use relink_authoring::{Kind, Project, build};
use relink_fixtures::Case;
use relink_runtime::{Plugin, Proof};

use super::interpreter::INTERPRETER;
use super::leaks;
use crate::cli::offline;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Named {
    /// A component, or the folder of a project, which is built first if a source or a fixture has changed
    #[arg(default_value = ".", value_name = "FILE_OR_PROJECT")]
    target: PathBuf,
}

/// A component, and the folder with what belongs to it: `plugin.toml` and `fixtures`.
pub(super) struct Target {
    pub(super) component: PathBuf,
    pub(super) home: PathBuf,
}

impl Named {
    /// Finds the component, and builds it if need be.
    pub(super) fn find(&self) -> Result<Target> {
        let path = &self.target;
        if path.is_dir() {
            let project = Project::open(path)?;
            leaks::refuse(path)?;
            build::bring_up_to_date(&project, INTERPRETER)?;
            return Ok(Target { component: project.component(), home: path.clone() });
        }
        if !path.is_file() {
            bail!("{} does not exist: name a .wasm file or the folder of a project", path.display());
        }
        Ok(Target { component: path.clone(), home: home_of(path).to_owned() })
    }

    /// Finds the component, takes it through all gates and makes it ready to be called.
    pub(super) fn load(&self, config: &Config, proof: Proof) -> Result<(Target, Arc<Plugin>)> {
        let target = self.find()?;
        let plugin = offline::load_file(config, &target.component, proof)?;
        Ok((target, Arc::new(plugin)))
    }
}

impl Target {
    pub(super) fn fixtures(&self) -> PathBuf {
        self.home.join("fixtures")
    }

    /// The fixtures of `folder`, or of the one beside the plugin.
    pub(super) fn load_fixtures(&self, folder: Option<&Path>) -> Result<Vec<Case>> {
        let folder = folder.map_or_else(|| self.fixtures(), Path::to_owned);
        if !folder.is_dir() {
            bail!(
                "there is no folder {}\n  fix: make a fixture with `relink plugin record`, or name another folder with \
                 --fixtures",
                folder.display()
            );
        }
        Ok(relink_fixtures::load(&folder)?)
    }

    /// The codes of the rules, where they can be seen: in a table.
    pub(super) fn rule_codes(&self) -> Result<Vec<String>> {
        match Project::open(&self.home) {
            Ok(project) if project.kind() == Kind::Table => {
                Ok(Table::read(&self.home.join("plugin.toml"))?.rule_codes().collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// What `plugin.toml` says; none if the component lies alone.
    pub(super) fn manifest(&self) -> Result<Option<String>> {
        let path = self.home.join("plugin.toml");
        if !path.exists() {
            return Ok(None);
        }
        std::fs::read_to_string(&path).map(Some).with_context(|| format!("{} cannot be read", path.display()))
    }
}

/// The folder beside whose `dist` a component lies, or the component's own.
fn home_of(component: &Path) -> &Path {
    let folder = component.parent().unwrap_or(Path::new(""));
    let is_dist = folder.file_name().is_some_and(|name| name == "dist");
    if is_dist { folder.parent().unwrap_or(folder) } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_component_lies_beside_it_or_beside_its_dist() {
        assert_eq!(home_of(Path::new("beacon/dist/beacon.wasm")), Path::new("beacon"));
        assert_eq!(home_of(Path::new("plugins/beacon.wasm")), Path::new("plugins"));
        assert_eq!(home_of(Path::new("beacon.wasm")), Path::new(""));
    }
}
