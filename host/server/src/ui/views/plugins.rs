//! `/plugins`: which providers this host knows.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Shell, Tone};

#[derive(Template)]
#[template(path = "plugins.html")]
pub(crate) struct Plugins {
    pub(crate) shell: Shell,
    pub(crate) plugins: Vec<PluginRow>,
}

#[derive(Clone, Debug)]
pub(crate) struct PluginRow {
    pub(crate) provider: Provider,
    pub(crate) version: String,
    pub(crate) hosts: Vec<String>,
    /// Where the provider sends people back to; the operator registers it there.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: PluginState,
    pub(crate) data_sources: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginState {
    Running,
    /// Runs, but the operator has yet to give it an app registration.
    NotSetUp {
        missing: Vec<String>,
    },
    Failed {
        why: String,
    },
    Removed,
}

impl PluginState {
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::NotSetUp { .. } => "Not set up",
            Self::Failed { .. } => "Failed to load",
            Self::Removed => "Removed",
        }
    }

    pub(crate) fn tone(&self) -> Tone {
        match self {
            Self::Running => Tone::Ok,
            Self::NotSetUp { .. } => Tone::Warn,
            Self::Failed { .. } => Tone::Bad,
            Self::Removed => Tone::Quiet,
        }
    }

    pub(crate) fn icon(&self) -> &'static str {
        match self {
            Self::Running => "check",
            Self::NotSetUp { .. } | Self::Failed { .. } => "alert",
            Self::Removed => "stop",
        }
    }

    pub(crate) fn detail(&self) -> Option<String> {
        match self {
            Self::NotSetUp { missing } => Some(format!("Missing: {}", missing.join(", "))),
            Self::Failed { why } => Some(why.clone()),
            Self::Running | Self::Removed => None,
        }
    }
}
