//! `/data-sources`: every data source of every client, those that need somebody first.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::coverage::Coverage;
use crate::ui::views::health::{DataState, Health};
use crate::ui::views::provider::{ClientLink, Provider};
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::views::shell::Shell;
use crate::ui::views::table_query::TableQuery;
use crate::ui::when::When;
use crate::ui::words::Words;

#[derive(Template)]
#[template(path = "data_sources.html")]
pub(crate) struct DataSources {
    pub(crate) shell: Shell,
    pub(crate) query: TableQuery,
    pub(crate) counts: Counts,
    pub(crate) incidents: Vec<IncidentCard>,
    pub(crate) providers: Vec<Choice>,
    pub(crate) clients: Vec<Choice>,
    pub(crate) rows: Vec<Row>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
    pub(crate) last_checked: Option<When>,
}

/// How many data sources this person may see, by status. A filter does not change it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) all: usize,
    pub(crate) connected: usize,
    pub(crate) needs_action: usize,
    pub(crate) expires_soon: usize,
    pub(crate) delayed: usize,
    pub(crate) paused: usize,
    pub(crate) stopped: usize,
}

/// One entry of a select element.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_selected: bool,
}

/// One open incident, with all the clients that it reaches.
#[derive(Clone, Debug)]
pub(crate) struct IncidentCard {
    pub(crate) provider: Provider,
    pub(crate) words: Words,
    /// Names the help page of the reason.
    pub(crate) reason_code: &'static str,
    pub(crate) opened_at: When,
    pub(crate) clients: Vec<ClientLink>,
    /// How many data sources one repair heals.
    pub(crate) data_sources: usize,
    pub(crate) connection_id: String,
    pub(crate) repair: Repair,
    /// "Ana Diaz started reconnecting 2 minutes ago."
    pub(crate) in_progress: Option<String>,
}

/// One data source.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) connection_id: String,
    pub(crate) authorization_id: String,
    pub(crate) provider: Provider,
    /// The account at the provider.
    pub(crate) account: String,
    pub(crate) client: ClientLink,
    pub(crate) health: Health,
    /// The line below the status: why, in a few words.
    pub(crate) reason: Option<String>,
    pub(crate) data: DataState,
    /// The last seven days.
    pub(crate) coverage: Coverage,
    /// The login or the name of the key.
    pub(crate) signed_in_as: String,
    pub(crate) sign_in_kind: SignInKind,
}

impl Counts {
    /// "46 connected, 3 need action, 2 expire soon"
    pub(crate) fn sentence(&self) -> String {
        let needs = if self.needs_action == 1 { "needs action" } else { "need action" };
        let expire = if self.expires_soon == 1 { "expires soon" } else { "expire soon" };
        let parts: Vec<String> = [
            (self.connected, "connected"),
            (self.needs_action, needs),
            (self.expires_soon, expire),
            (self.delayed, "delayed"),
            (self.paused, "paused"),
            (self.stopped, "stopped"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
        parts.join(", ")
    }

    /// The tabs: code, words, count. Empty ones are left out, but for the one that is open.
    fn tabs(&self, open: &str) -> Vec<(&'static str, &'static str, usize)> {
        [
            ("", "All", self.all),
            ("needs-reconnect", "Needs action", self.needs_action),
            ("expires-soon", "Expires soon", self.expires_soon),
            ("delayed", "Delayed", self.delayed),
            ("connected", "Connected", self.connected),
            ("paused", "Paused", self.paused),
            ("stopped", "Stopped", self.stopped),
        ]
        .into_iter()
        .filter(|(code, _, count)| *count > 0 || code.is_empty() || *code == open)
        .collect()
    }
}

impl Row {
    /// "Google Ads, Acme Outdoor": what tells one row's menu from another's.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}", self.provider.name, self.client.name)
    }

    pub(crate) fn uses_key(&self) -> bool {
        self.sign_in_kind == SignInKind::Key
    }
}
