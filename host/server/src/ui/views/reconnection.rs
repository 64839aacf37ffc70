//! Where a person lands when a reconnection did not succeed: each cause its own page and next step.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::Tone;
use crate::ui::when::When;

/// One failed reconnection. Nothing of the old sign-in was changed, and the page says so.
#[derive(Template)]
#[template(path = "reconnection.html")]
pub(crate) struct Reconnection {
    pub(crate) provider: Provider,
    pub(crate) ending: Ending,
    /// What "Try again" needs; none when the person must sign in to Relink first.
    pub(crate) retry: Option<Retry>,
    /// Where "Back" leads.
    pub(crate) back_to: String,
    pub(crate) support_url: String,
    /// Names this attempt to those who support.
    pub(crate) attempt_id: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Retry {
    pub(crate) csrf: String,
    pub(crate) authorization_id: String,
    pub(crate) return_to: String,
}

/// How the attempt ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// The person said no at the provider, or closed the window.
    Cancelled,
    /// The link is none of ours.
    UnknownLink,
    /// Too much time went by.
    TooLate,
    /// The answer of the provider came a second time.
    AlreadyUsed,
    /// Somebody else, or another browser, began it.
    OtherSession,
    /// The answer does not say that it is the provider's.
    ForeignIssuer {
        message: String,
    },
    WrongAccount {
        expected: String,
        got: String,
    },
    /// The provider's names of the boxes that were not ticked.
    MissingPermission {
        boxes: Vec<String>,
    },
    /// Signed in, but this login may not see the data.
    StillNoAccess {
        message: String,
    },
    ProviderError {
        message: String,
        code: String,
    },
    ProviderUnreachable,
    /// A colleague was quicker.
    AlreadyHealed {
        by: Option<String>,
        at: When,
    },
}

impl Ending {
    pub(crate) fn title(&self, provider: &str) -> String {
        match self {
            Self::Cancelled => format!("{provider} was not reconnected"),
            Self::UnknownLink => "This sign-in was not started here".to_owned(),
            Self::TooLate => "The sign-in took too long".to_owned(),
            Self::AlreadyUsed => "This sign-in has already been used".to_owned(),
            Self::OtherSession => "This sign-in was started in another browser".to_owned(),
            Self::ForeignIssuer { .. } => format!("This answer is not from {provider}"),
            Self::WrongAccount { got, .. } => format!("You signed in as {got}"),
            Self::MissingPermission { boxes } if boxes.len() > 1 => "Some permissions were not ticked".to_owned(),
            Self::MissingPermission { .. } => "One permission was not ticked".to_owned(),
            Self::StillNoAccess { .. } => "This login cannot see the data".to_owned(),
            Self::ProviderError { .. } => format!("{provider} refused the sign-in"),
            Self::ProviderUnreachable => format!("{provider} did not answer"),
            Self::AlreadyHealed { .. } => format!("{provider} is already connected again"),
        }
    }

    pub(crate) fn explanation(&self, provider: &str) -> String {
        match self {
            Self::Cancelled => format!("The sign-in at {provider} was cancelled before it was finished."),
            Self::UnknownLink => {
                "The answer belongs to no sign-in that we know. Start again from the data source.".to_owned()
            }
            Self::TooLate => {
                "For your safety a sign-in must be finished within ten minutes. Start a new one.".to_owned()
            }
            Self::AlreadyUsed => {
                "The page was opened a second time, for example with the back button. Look at the data source to see \
                 how the first one ended."
                    .to_owned()
            }
            Self::OtherSession => "A sign-in can only be finished in the browser where it was started, by the same \
                 person. Start again here."
                .to_owned(),
            Self::WrongAccount { expected, got } => {
                format!("This connection uses {expected}. Signing in as {got} would show other data.")
            }
            Self::MissingPermission { .. } => {
                format!("{provider} lets you choose what to allow, and without this we cannot read the data.")
            }
            Self::ForeignIssuer { message } | Self::StillNoAccess { message } | Self::ProviderError { message, .. } => {
                message.clone()
            }
            Self::ProviderUnreachable => {
                format!("{provider} seems to have problems of its own. Wait some minutes, then try again.")
            }
            Self::AlreadyHealed { by: Some(by), .. } => format!("{by} reconnected it. There is nothing left to do."),
            Self::AlreadyHealed { by: None, .. } => "It works again. There is nothing left to do.".to_owned(),
        }
    }

    /// What to do now, one step a line.
    pub(crate) fn steps(&self, provider: &str) -> Vec<String> {
        match self {
            Self::WrongAccount { expected, .. } => vec![
                format!("Sign out of {provider} in another tab, or choose “Use another account” there."),
                format!("Try again and sign in as {expected}."),
                "If nobody has that account any more, ask an admin to connect the data source anew.".to_owned(),
            ],
            Self::MissingPermission { boxes } => {
                let ticks = boxes.iter().map(|name| format!("Tick “{name}” on the page of {provider}."));
                std::iter::once("Try again.".to_owned()).chain(ticks).collect()
            }
            Self::StillNoAccess { .. } => vec![
                format!("Ask an admin at {provider} to give this login access."),
                "Then try again, or sign in with a login that has access.".to_owned(),
            ],
            _ => Vec::new(),
        }
    }

    pub(crate) fn tone(&self) -> Tone {
        match self {
            Self::AlreadyHealed { .. } => Tone::Ok,
            Self::Cancelled | Self::TooLate | Self::AlreadyUsed | Self::ProviderUnreachable => Tone::Quiet,
            Self::UnknownLink
            | Self::OtherSession
            | Self::ForeignIssuer { .. }
            | Self::WrongAccount { .. }
            | Self::MissingPermission { .. }
            | Self::StillNoAccess { .. }
            | Self::ProviderError { .. } => Tone::Warn,
        }
    }

    pub(crate) fn icon(&self) -> &'static str {
        match self.tone() {
            Tone::Ok => "check",
            Tone::Quiet => "info",
            Tone::Warn | Tone::Bad | Tone::Wait => "alert",
        }
    }

    pub(crate) fn has_code(&self) -> bool {
        matches!(self, Self::ProviderError { .. })
    }

    pub(crate) fn can_retry(&self) -> bool {
        !matches!(self, Self::AlreadyHealed { .. } | Self::AlreadyUsed)
    }
}
