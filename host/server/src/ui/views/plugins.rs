//! `/plugins`: which providers this host knows.

use askama::Template;
use relink_runtime::Refusal;

use crate::ui::icon;
use crate::ui::views::plugin::FiguresRow;
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Shell, Tone};
use crate::ui::when::When;

#[derive(Template)]
#[template(path = "plugins.html")]
pub(crate) struct Plugins {
    pub(crate) shell: Shell,
    pub(crate) plugins: Vec<PluginRow>,
}

#[derive(Clone, Debug)]
pub(crate) struct PluginRow {
    pub(crate) provider: Provider,
    /// Whether there is a page of its own: not for a file that does not say what it is.
    pub(crate) has_page: bool,
    pub(crate) version: String,
    pub(crate) state: PluginState,
    /// Why the file is not in service.
    pub(crate) refusal: Option<Refusal>,
    /// Of what is in service.
    pub(crate) figures: Option<FiguresRow>,
    pub(crate) data_sources: i64,
    /// Who signed it.
    pub(crate) publisher: Option<String>,
}

impl Plugins {
    fn count_in_service(&self) -> usize {
        self.plugins.iter().filter(|plugin| plugin.figures.is_some()).count()
    }
}

/// Something that an operator can do with a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PluginAction {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) icon: &'static str,
}

/// Why a plugin is suspected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubts {
    pub(crate) since: When,
    /// When people are told at the latest.
    pub(crate) until: When,
    pub(crate) reporting: u32,
    pub(crate) failing: u32,
    pub(crate) held: i64,
}

impl Doubts {
    /// "It calls 12 of the 14 sign-ins broken that reported lately. Nobody was told of 8 of them."
    fn sentence(&self) -> String {
        let Self { failing, reporting, held, .. } = self;
        format!(
            "It calls {failing} of the {reporting} sign-ins broken that reported lately. Nobody was told of {held} of them."
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginState {
    Running,
    /// Runs, but the operator has yet to give it an app registration.
    NotSetUp {
        missing: Vec<String>,
    },
    Failed,
    /// A new version asks for more than was granted; the one before serves on.
    Waiting,
    Disabled,
    /// The version before is in service, since the last one was no good.
    RolledBack,
    /// It has too many faults, and there is no better version.
    Suspect,
    /// It calls too much broken at once: what it says is held back.
    Doubted(Doubts),
    Removed,
}

impl PluginState {
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::NotSetUp { .. } => "Not set up",
            Self::Failed => "Refused",
            Self::Waiting => "Waits for approval",
            Self::Disabled => "Switched off",
            Self::RolledBack => "Running, rolled back",
            Self::Suspect => "Running, with faults",
            Self::Doubted(_) => "Running, suspected",
            Self::Removed => "Removed",
        }
    }

    pub(crate) fn doubts(&self) -> Option<&Doubts> {
        match self {
            Self::Doubted(doubts) => Some(doubts),
            _ => None,
        }
    }

    pub(crate) fn tone(&self) -> Tone {
        match self {
            Self::Running => Tone::Ok,
            Self::NotSetUp { .. } | Self::Waiting | Self::RolledBack => Tone::Warn,
            Self::Failed | Self::Suspect | Self::Doubted(_) => Tone::Bad,
            Self::Disabled | Self::Removed => Tone::Quiet,
        }
    }

    pub(crate) fn icon(&self) -> &'static str {
        match self {
            Self::Running => "check",
            Self::NotSetUp { .. }
            | Self::Failed
            | Self::Waiting
            | Self::RolledBack
            | Self::Suspect
            | Self::Doubted(_) => "alert",
            Self::Disabled | Self::Removed => "stop",
        }
    }

    pub(crate) fn detail(&self) -> Option<String> {
        match self {
            Self::NotSetUp { missing } => Some(format!("Missing: {}", missing.join(", "))),
            Self::Waiting => Some("It is not in service until an operator approves what it asks for.".to_owned()),
            Self::RolledBack => Some("The last version was withdrawn. A later one takes its place.".to_owned()),
            Self::Suspect => {
                Some("It fails often, and there is no version to go back to. Look into the log.".to_owned())
            }
            Self::Doubted(doubts) => Some(doubts.sentence()),
            Self::Running | Self::Failed | Self::Disabled | Self::Removed => None,
        }
    }
}
