//! The two things that a person wants to know of a data source: is it connected, is its data fresh.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::ui::icon;
use crate::ui::views::shell::Tone;
use crate::ui::when::When;

/// How the connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Connected,
    /// Works, but the provider asks for permission again in so many days.
    ExpiresSoon {
        days: i64,
    },
    /// Broken; signing in again or a new key repairs it.
    NeedsReconnect,
    /// Broken; something else has to happen at the provider first.
    NeedsAction,
    /// Works; the provider is slow, limited or down.
    Delayed,
    Paused,
    Stopped,
    /// Connected, but no fetch has proved it yet.
    Checking,
}

/// How the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DataState {
    Fresh {
        as_of: When,
    },
    CatchingUp {
        done: usize,
        of: usize,
    },
    /// Somebody must act before more data comes.
    Stopped {
        missing_days: usize,
    },
    /// Held up, and nobody need do anything.
    Delayed {
        as_of: Option<When>,
    },
    /// Paused or stopped by a person.
    Resting {
        as_of: Option<When>,
    },
    None,
}

impl Health {
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Connected => "Connected".to_owned(),
            Self::ExpiresSoon { days: ..=0 } => "Expires today".to_owned(),
            Self::ExpiresSoon { days: 1 } => "Expires in 1 day".to_owned(),
            Self::ExpiresSoon { days } => format!("Expires in {days} days"),
            Self::NeedsReconnect => "Needs reconnect".to_owned(),
            Self::NeedsAction => "Needs action".to_owned(),
            Self::Delayed => "Delayed".to_owned(),
            Self::Paused => "Paused".to_owned(),
            Self::Stopped => "Stopped".to_owned(),
            Self::Checking => "Checking…".to_owned(),
        }
    }

    pub(crate) const fn tone(&self) -> Tone {
        match self {
            Self::Connected => Tone::Ok,
            Self::ExpiresSoon { .. } => Tone::Warn,
            Self::NeedsReconnect | Self::NeedsAction => Tone::Bad,
            Self::Delayed | Self::Checking => Tone::Wait,
            Self::Paused | Self::Stopped => Tone::Quiet,
        }
    }

    pub(crate) const fn icon(&self) -> &'static str {
        match self {
            Self::Paused => "pause",
            Self::Stopped => "stop",
            Self::NeedsAction => "alert",
            Self::Delayed => "hourglass",
            Self::Connected => "check",
            Self::ExpiresSoon { .. } => "clock",
            Self::NeedsReconnect => "broken",
            Self::Checking => "sync",
        }
    }

    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self, Self::NeedsReconnect | Self::NeedsAction)
    }

    pub(crate) const fn is_paused(&self) -> bool {
        matches!(self, Self::Paused)
    }

    pub(crate) const fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped)
    }
}

impl DataState {
    pub(crate) const fn tone(&self) -> Tone {
        match self {
            Self::Fresh { .. } => Tone::Ok,
            Self::CatchingUp { .. } | Self::Delayed { .. } => Tone::Wait,
            Self::Stopped { .. } => Tone::Bad,
            Self::Resting { .. } | Self::None => Tone::Quiet,
        }
    }
}

/// Prints word, icon and colour: never one without the others.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, icon, words) = (self.tone().class(), icon::of(self.icon()), self.words());
        write!(f, r#"<span class="status {class}">{icon}{words}</span>"#)
    }
}

impl fmt::Display for DataState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh { as_of } => write!(f, "Fresh as of {as_of}"),
            Self::CatchingUp { done, of } => write!(f, "Catching up, {done} of {of} days"),
            Self::Stopped { missing_days: 0 } => f.write_str("Stopped"),
            Self::Stopped { missing_days: 1 } => f.write_str("Stopped, 1 day missing"),
            Self::Stopped { missing_days } => write!(f, "Stopped, {missing_days} days missing"),
            Self::Delayed { as_of: Some(as_of) } => write!(f, "Delayed, last data {as_of}"),
            Self::Delayed { as_of: None } => f.write_str("Delayed"),
            Self::Resting { as_of: Some(as_of) } => write!(f, "Last data {as_of}"),
            Self::Resting { as_of: None } | Self::None => f.write_str("No data yet"),
        }
    }
}

// Only words of this file, numbers and moments are printed.
impl HtmlSafe for Health {}
impl HtmlSafe for DataState {}
