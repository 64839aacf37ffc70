//! Notices: the tray under the bell, and the full list.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::provider::Provider;
use crate::ui::views::repair::Repair;
use crate::ui::views::shell::Shell;
use crate::ui::when::When;

/// The newest notices of one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tray {
    pub(crate) unread: usize,
    pub(crate) entries: Vec<Notice>,
    /// "2 minutes ago"; shown when there is nothing to say.
    pub(crate) last_checked: Option<When>,
}

/// One incident, as one person may see it.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) id: String,
    pub(crate) is_unread: bool,
    pub(crate) provider: Provider,
    /// From [`crate::ui::words`].
    pub(crate) title: String,
    /// The reason in a few words: "Access was withdrawn".
    pub(crate) short: String,
    /// Its code, which names its help page.
    pub(crate) reason_code: &'static str,
    /// Who can act and how, in one sentence.
    pub(crate) who: String,
    pub(crate) opened_at: When,
    pub(crate) clients: Vec<Reached>,
    /// The first affected connection that this person may see.
    pub(crate) connection_id: String,
    pub(crate) repair: Repair,
    pub(crate) resolved: Option<Resolved>,
}

/// A client that an incident reaches, with the data source to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) client: String,
    pub(crate) connection_id: String,
}

/// How an incident ended.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// "Reconnected by Tom Reyes", "Recovered by itself".
    pub(crate) how: String,
    pub(crate) at: When,
}

/// `/notices`
#[derive(Template)]
#[template(path = "notices.html")]
pub(crate) struct NoticesPage {
    pub(crate) shell: Shell,
    pub(crate) open: Vec<Notice>,
    pub(crate) resolved: Vec<Notice>,
}

impl Tray {
    /// The name of the bell for those who do not see the dot.
    pub(crate) fn bell_label(&self) -> String {
        match self.unread {
            0 => "Notifications".to_owned(),
            unread => format!("Notifications, {unread} unread"),
        }
    }
}

impl Notice {
    /// Changes when the entry changes, so that a script can tell old from new.
    pub(crate) fn key(&self) -> String {
        let state = if self.resolved.is_some() { "resolved" } else { "open" };
        format!("{}:{state}", self.id)
    }
}
