//! Plugins without a server: from the plugin folder by name, or from a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use relink_runtime::{Keeping, Limits, Loader, LoaderConfig, Plugin, Proof, Registry, RegistryConfig};

use crate::app::{features, prepare_data_dir, system_time};
use crate::config::Config;

/// The plugins of a folder.
pub(super) struct Plugins {
    registry: Arc<Registry>,
    folder: PathBuf,
}

impl Plugins {
    /// Loads the plugins of the folder of the settings as a server would, to look at what is in service.
    pub(super) fn open_as_server(config: &Config) -> Result<Self> {
        Self::open_folder(config, existing(config.plugins_dir())?, Some(config.plugin_keeping()?.without_notes()))
    }

    /// Loads the plugins of `folder`, or of the folder of the settings, whatever a server would make of them.
    pub(super) fn open(config: &Config, folder: Option<&Path>) -> Result<Self> {
        let folder = folder.map_or_else(|| config.plugins_dir(), Path::to_owned);
        Self::open_folder(config, existing(folder)?, None)
    }

    /// Loads the plugins of the folder of the settings, to change what is in service. A server that
    /// runs meanwhile follows the changes.
    pub(super) fn open_for_change(config: &Config) -> Result<Self> {
        // The first plugin may be installed before the first start.
        prepare_data_dir(config)?;
        Self::open_folder(config, config.plugins_dir(), Some(config.plugin_keeping()?))
    }

    fn open_folder(config: &Config, folder: PathBuf, keeping: Option<Keeping>) -> Result<Self> {
        let registry = Registry::open(RegistryConfig {
            folder: folder.clone(),
            cache_dir: cache_dir(config)?,
            compile: config.plugin_compile.apart(),
            limits: Limits::default(),
            supported_features: features(),
            keeping,
            clock: Arc::new(system_time),
        })?;
        Ok(Self { registry, folder })
    }

    /// The plugin that answers to `name`, its id or an alias.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Plugin>> {
        self.registry.by_alias(name)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The names that can be asked for, for an error message.
    fn names(&self) -> String {
        let names: Vec<String> = self.registry.plugins().iter().map(|plugin| plugin.id().to_owned()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }
}

fn existing(folder: PathBuf) -> Result<PathBuf> {
    let display = folder.display();
    ensure!(
        folder.is_dir(),
        "the plugin folder {display} does not exist: name another with --plugins or in the settings"
    );
    Ok(folder)
}

/// A plugin by its id, an alias or its file.
pub(super) fn find(config: &Config, folder: Option<&Path>, name: &str) -> Result<Arc<Plugin>> {
    let path = Path::new(name);
    if path.extension().is_some_and(|extension| extension == "wasm") || path.is_file() {
        return load_file(config, path, Proof::Fixtures).map(Arc::new);
    }
    let plugins = Plugins::open(config, folder)?;
    plugins.find(name).with_context(|| {
        format!("no plugin in {} is called {name:?}; there are: {}", plugins.folder.display(), plugins.names())
    })
}

/// Checks and loads one file.
pub(super) fn load_file(config: &Config, path: &Path, proof: Proof) -> Result<Plugin> {
    let component = std::fs::read(path).with_context(|| format!("the plugin {} cannot be read", path.display()))?;
    load(config, &component, proof).with_context(|| format!("the plugin {} is refused", path.display()))
}

/// Checks and loads a component.
pub(super) fn load(config: &Config, component: &[u8], proof: Proof) -> Result<Plugin> {
    let loader = Loader::new(LoaderConfig {
        limits: Limits::default(),
        cache_dir: Some(cache_dir(config)?),
        compile: config.plugin_compile.apart(),
        proof,
        supported_features: features(),
    })?;
    Ok(loader.load(component)?)
}

/// Where compiled plugins are kept: with the server's data if there is a server here, else with the
/// caches of the person.
fn cache_dir(config: &Config) -> Result<PathBuf> {
    if config.data_dir.is_dir() {
        return Ok(config.plugin_cache_dir());
    }
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")));
    let caches = caches.context("there is no home directory for compiled plugins: set data_dir in the settings")?;
    Ok(caches.join("relink").join("plugin-cache"))
}
