//! `/connections/{id}`: one data source, what happened to it and how to repair it.

use askama::Template;

use crate::ui::amount::grouped;
use crate::ui::icon;
use crate::ui::views::coverage::Coverage;
use crate::ui::views::health::{DataState, Health};
use crate::ui::views::key_form::KeyForm;
use crate::ui::views::notices::Resolved;
use crate::ui::views::provider::{ClientLink, Provider};
use crate::ui::views::repair::{Repair, SignInKind};
use crate::ui::views::shell::{Shell, Tone};
use crate::ui::when::When;
use crate::ui::words::Words;

#[derive(Template)]
#[template(path = "connection.html")]
pub(crate) struct ConnectionPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) provider: Provider,
    pub(crate) account: String,
    pub(crate) client: ClientLink,
    pub(crate) connected_at: When,
    pub(crate) health: Health,
    pub(crate) data: DataState,
    pub(crate) next_run: Option<When>,
    /// The last 28 days.
    pub(crate) coverage: Coverage,
    /// The open incident, or the last one if it ended lately.
    pub(crate) incident: Option<IncidentDetail>,
    pub(crate) repair: Repair,
    pub(crate) sign_in: SignIn,
    /// How the reconnection that just ended went, data source by data source.
    pub(crate) result: Option<Outcome>,
    /// Why it is only delayed although its sign-in is called broken.
    pub(crate) held_back: Option<String>,
    /// More than a day after a repair the data is still not here.
    pub(crate) takes_too_long: bool,
    pub(crate) in_progress: Option<String>,
    pub(crate) runs: Vec<Run>,
    pub(crate) stored: Stored,
    /// Whether deleting the data is offered to this person.
    pub(crate) can_delete: bool,
}

/// What happened, in words and for those who support.
#[derive(Clone, Debug)]
pub(crate) struct IncidentDetail {
    pub(crate) words: Words,
    pub(crate) reason_code: String,
    /// The specific code: "google.revoked".
    pub(crate) code: String,
    pub(crate) opened_at: When,
    pub(crate) resolved: Option<Resolved>,
    pub(crate) provider_answer: Option<String>,
    /// The provider's own page about it, or about connecting in general.
    pub(crate) help_url: Option<String>,
}

/// Through whose login the data comes.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) authorization_id: String,
    pub(crate) kind: SignInKind,
    pub(crate) label: String,
    pub(crate) authorized_at: When,
    pub(crate) authorized_by: Option<String>,
    /// In plain words, from the plugin.
    pub(crate) may_read: Vec<String>,
    /// When the provider will ask for permission again.
    pub(crate) renew_by: Option<When>,
    /// All data sources of this authorization that the person may see, this one included.
    pub(crate) used_by: Vec<HealedSource>,
    pub(crate) key_form: Option<KeyForm>,
}

/// What a repair did to each data source of the authorization.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) healed: Vec<HealedSource>,
    pub(crate) not_healed: Vec<UnhealedSource>,
}

#[derive(Clone, Debug)]
pub(crate) struct HealedSource {
    pub(crate) connection_id: String,
    /// "Acme Outdoor · 123-456-7890"
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct UnhealedSource {
    pub(crate) connection_id: String,
    pub(crate) name: String,
    /// Why it did not heal, and what to do.
    pub(crate) why: String,
}

/// One attempt to fetch.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) started_at: When,
    /// "4 seconds"
    pub(crate) took: String,
    pub(crate) tone: Tone,
    /// "Complete", "Waiting for Google Ads"
    pub(crate) outcome: String,
    pub(crate) rows: u64,
    pub(crate) message: Option<String>,
}

/// How much data is here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stored {
    pub(crate) days: u64,
    pub(crate) rows: u64,
}

impl ConnectionPage {
    /// What has to be typed before data is deleted.
    pub(crate) fn delete_phrase(&self) -> &str {
        &self.client.name
    }

    pub(crate) fn uses_key(&self) -> bool {
        self.sign_in.kind == SignInKind::Key
    }

    /// Broken right now, as opposed to the memory of an incident that ended.
    pub(crate) fn open_incident(&self) -> Option<&IncidentDetail> {
        self.incident.as_ref().filter(|incident| incident.resolved.is_none())
    }
}

impl Stored {
    /// "12,402 rows of 412 days"
    pub(crate) fn sentence(self) -> String {
        let day = if self.days == 1 { "day" } else { "days" };
        format!("{} rows of {} {day}", grouped(self.rows), grouped(self.days))
    }
}

impl Run {
    pub(crate) fn row_count(&self) -> String {
        grouped(self.rows)
    }
}

impl Outcome {
    pub(crate) fn tone(&self) -> Tone {
        if self.not_healed.is_empty() { Tone::Ok } else { Tone::Warn }
    }

    pub(crate) fn title(&self) -> &'static str {
        match (self.healed.is_empty(), self.not_healed.is_empty()) {
            (_, true) => "Reconnected.",
            (false, false) => "Reconnected in part.",
            (true, false) => "Signed in, but the data is still out of reach.",
        }
    }

    pub(crate) fn sentence(&self) -> String {
        match self.healed.len() {
            0 => "No data source runs again yet.".to_owned(),
            1 => "1 data source is running again. Missing days are being filled in now.".to_owned(),
            healed => format!("{healed} data sources are running again. Missing days are being filled in now."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_can_be_read() {
        let cases = [(0, "0"), (999, "999"), (12_402, "12,402"), (1_000_000, "1,000,000")];
        for (number, expected) in cases {
            assert_eq!(grouped(number), expected);
        }
    }
}
