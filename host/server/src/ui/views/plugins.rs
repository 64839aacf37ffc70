//! `/plugins`: which providers this host knows.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Shell, Tone};
use crate::ui::views::webhook::WebhookAddress;

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
    /// Where it sends messages by itself, if it does.
    pub(crate) webhook: Option<WebhookAddress>,
    pub(crate) state: PluginState,
    pub(crate) data_sources: usize,
    /// Who signed it.
    pub(crate) publisher: Option<String>,
    /// What a waiting version asks for beyond what was granted.
    pub(crate) asks: Vec<String>,
    pub(crate) actions: Vec<PluginAction>,
}

/// Something that an operator can do with a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PluginAction {
    pub(crate) name: &'static str,
    pub(crate) label: String,
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
    /// A new version asks for more than was granted; the one before serves on.
    Waiting,
    Disabled,
    /// The version before is in service, since the last one was no good.
    RolledBack,
    /// It has too many faults, and there is no better version.
    Suspect,
    Removed,
}

impl PluginState {
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::NotSetUp { .. } => "Not set up",
            Self::Failed { .. } => "Failed to load",
            Self::Waiting => "Waits for your approval",
            Self::Disabled => "Switched off",
            Self::RolledBack => "Running, rolled back",
            Self::Suspect => "Running, with faults",
            Self::Removed => "Removed",
        }
    }

    pub(crate) fn tone(&self) -> Tone {
        match self {
            Self::Running => Tone::Ok,
            Self::NotSetUp { .. } | Self::Waiting | Self::RolledBack => Tone::Warn,
            Self::Failed { .. } | Self::Suspect => Tone::Bad,
            Self::Disabled | Self::Removed => Tone::Quiet,
        }
    }

    pub(crate) fn icon(&self) -> &'static str {
        match self {
            Self::Running => "check",
            Self::NotSetUp { .. } | Self::Failed { .. } | Self::Waiting | Self::RolledBack | Self::Suspect => "alert",
            Self::Disabled | Self::Removed => "stop",
        }
    }

    pub(crate) fn detail(&self) -> Option<String> {
        match self {
            Self::NotSetUp { missing } => Some(format!("Missing: {}", missing.join(", "))),
            Self::Failed { why } => Some(why.clone()),
            Self::Waiting => {
                Some("A new version asks for more. Until you approve it, the version before works on.".to_owned())
            }
            Self::RolledBack => Some("The last version was withdrawn. A later one takes its place.".to_owned()),
            Self::Suspect => {
                Some("It fails often, and there is no version to go back to. Look into the log.".to_owned())
            }
            Self::Running | Self::Disabled | Self::Removed => None,
        }
    }
}
