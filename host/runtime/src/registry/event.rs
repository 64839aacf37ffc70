//! What the registry tells the operator and the pages that show plugins.

use std::path::PathBuf;

use serde::Serialize;

/// What happened to the plugins in service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum RegistryEvent {
    Loaded {
        id: String,
        version: String,
        digest: String,
    },
    Unloaded {
        id: String,
    },
    Refused {
        file: PathBuf,
        problem: String,
    },
    /// A refused file is gone.
    Forgotten {
        file: PathBuf,
    },
    /// A version had too many faults, or an operator asked for the one before.
    RolledBack {
        id: String,
        from: String,
        to: String,
    },
    /// A version has too many faults, and there is no better one to go back to.
    Suspected {
        id: String,
        version: String,
    },
}

impl RegistryEvent {
    /// Tells the operator's log.
    pub(super) fn log(&self) {
        match self {
            Self::Loaded { id, version, digest } => {
                tracing::info!(plugin.name = id, plugin.version = version, digest, "plugin is in service");
            }
            Self::Unloaded { id } => tracing::info!(plugin.name = id, "plugin is out of service"),
            Self::Forgotten { file } => tracing::info!(file = %file.display(), "refused plugin file is gone"),
            Self::Refused { file, problem } => tracing::warn!(file = %file.display(), "plugin file is {problem}"),
            Self::RolledBack { id, from, to } => {
                tracing::warn!(plugin.name = id, from, to, "plugin is rolled back");
            }
            Self::Suspected { id, version } => tracing::error!(
                plugin.name = id,
                plugin.version = version,
                "plugin has too many faults, and there is no better version to go back to"
            ),
        }
    }
}
