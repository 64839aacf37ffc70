//! What surrounds every page: navigation, search, bell, the person's menu, banners.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;

use crate::ui::FRAGMENT_HEADER;
use crate::ui::views::notices::Tray;

/// Everything around the main part of a page.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) part: Part,
    pub(crate) section: Section,
    pub(crate) workspace: String,
    pub(crate) person: Person,
    /// Goes into every form of the page.
    pub(crate) csrf: String,
    /// Path and query of this page: where a form leads back to.
    pub(crate) here: String,
    /// Data sources that somebody must repair; the number beside "Data sources".
    pub(crate) broken: usize,
    pub(crate) tray: Tray,
    pub(crate) banner: Option<Banner>,
    /// What the search field holds.
    pub(crate) search: String,
    /// Where help is: an address or `mailto:`.
    pub(crate) support_url: String,
    /// The people one may be, in the demo only.
    pub(crate) demo_people: Vec<DemoPerson>,
}

/// What a request asks for, in the header `X-Fragment`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Part {
    #[default]
    Whole,
    /// `main`: the title and the main part.
    Main,
    /// `bell`: the bell and its tray.
    Bell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    DataSources,
    Clients,
    Plugins,
    Settings,
    /// A page that no entry of the navigation stands for.
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    /// May reconnect, pause, stop and connect.
    pub(crate) may_repair: bool,
    /// May see settings.
    pub(crate) may_administer: bool,
    /// May change plugins, for every workspace.
    pub(crate) may_operate: bool,
}

/// Says how the last action of this person ended; stays until the next page.
#[derive(Clone, Debug)]
pub(crate) struct Banner {
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The colour and the icon of a message; its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Ok,
    Warn,
    Bad,
    Wait,
    Quiet,
}

#[derive(Clone, Debug)]
pub(crate) struct DemoPerson {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) is_current: bool,
}

impl Part {
    pub(crate) fn is_whole(self) -> bool {
        self == Self::Whole
    }

    pub(crate) fn has_main(self) -> bool {
        self != Self::Bell
    }

    pub(crate) fn has_bell(self) -> bool {
        self != Self::Main
    }
}

impl<S: Sync> FromRequestParts<S> for Part {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(match parts.headers.get(FRAGMENT_HEADER).map(HeaderValue::as_bytes) {
            Some(b"main") => Self::Main,
            Some(b"bell") => Self::Bell,
            _ => Self::Whole,
        })
    }
}

impl Shell {
    /// Whether the entry of the navigation with this name is the current one.
    pub(crate) fn is_in(&self, section: &str) -> bool {
        self.section.name() == section
    }
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::DataSources => "data-sources",
            Self::Clients => "clients",
            Self::Plugins => "plugins",
            Self::Settings => "settings",
            Self::Other => "",
        }
    }
}

impl Banner {
    /// Trouble with one's own action interrupts; everything else waits for a pause.
    pub(crate) fn role(&self) -> &'static str {
        if self.tone == Tone::Bad { "alert" } else { "status" }
    }
}

impl Person {
    pub(crate) fn may_see_plugins(&self) -> bool {
        self.may_administer || self.may_operate
    }

    /// The letters of the round picture.
    pub(crate) fn initials(&self) -> String {
        self.name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
    }
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Wait => "wait",
            Self::Quiet => "quiet",
        }
    }

    pub(crate) const fn icon(self) -> &'static str {
        match self {
            Self::Ok => "check",
            Self::Warn => "alert",
            Self::Bad => "broken",
            Self::Wait => "sync",
            Self::Quiet => "info",
        }
    }
}
