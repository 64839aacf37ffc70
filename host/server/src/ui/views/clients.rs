//! `/clients` and `/clients/{id}/data-sources`.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::data_sources::{IncidentCard, Row};
use crate::ui::views::shell::Shell;

#[derive(Template)]
#[template(path = "clients.html")]
pub(crate) struct Clients {
    pub(crate) shell: Shell,
    pub(crate) clients: Vec<ClientRow>,
}

#[derive(Clone, Debug)]
pub(crate) struct ClientRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data_sources: usize,
    pub(crate) broken: usize,
    pub(crate) expires_soon: usize,
}

/// The data sources of one client, as tiles.
#[derive(Template)]
#[template(path = "client.html")]
pub(crate) struct ClientPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) incidents: Vec<IncidentCard>,
    pub(crate) rows: Vec<Row>,
}

impl ClientRow {
    /// "All connected", "2 need action"
    pub(crate) fn state(&self) -> String {
        match (self.data_sources, self.broken, self.expires_soon) {
            (0, ..) => "No data sources yet".to_owned(),
            (_, 1, _) => "1 needs action".to_owned(),
            (_, broken @ 2.., _) => format!("{broken} need action"),
            (_, _, 1) => "1 expires soon".to_owned(),
            (_, _, soon @ 2..) => format!("{soon} expire soon"),
            _ => "All connected".to_owned(),
        }
    }

    pub(crate) fn state_class(&self) -> &'static str {
        match (self.data_sources, self.broken, self.expires_soon) {
            (0, ..) => "quiet",
            (_, 1.., _) => "bad",
            (_, _, 1..) => "warn",
            _ => "ok",
        }
    }

    pub(crate) fn state_icon(&self) -> &'static str {
        match self.state_class() {
            "bad" => "broken",
            "warn" => "clock",
            "ok" => "check",
            _ => "info",
        }
    }
}

impl ClientPage {
    pub(crate) fn summary(&self) -> String {
        let broken = self.rows.iter().filter(|row| row.health.is_broken()).count();
        match (self.rows.len(), broken) {
            (1, 0) => "1 data source".to_owned(),
            (all, 0) => format!("{all} data sources"),
            (all, 1) => format!("{all} data sources, 1 needs action"),
            (all, broken) => format!("{all} data sources, {broken} need action"),
        }
    }
}
