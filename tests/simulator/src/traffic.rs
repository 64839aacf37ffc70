//! The request log and the counters: what tests assert on and the control page shows.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::Provider;

const REMEMBERED: usize = 1000;

/// What kind of endpoint was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// The consent page.
    Consent,
    /// The token endpoint, with an authorization code.
    Exchange,
    /// The token endpoint, with a token that is to become a fresher one.
    Refresh,
    /// Anything that is opened by an access token or a key.
    Api,
    /// Revocation and introspection.
    Other,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Unix milliseconds.
    pub at: i64,
    /// Whose endpoint it was.
    pub provider: Provider,
    /// HTTP method.
    pub method: String,
    /// The real host name.
    pub host: String,
    /// Path without query, since queries hold tokens at Meta.
    pub path: String,
    /// What kind of endpoint it was.
    pub endpoint: Endpoint,
    /// The login or key, if the request told.
    pub who: Option<String>,
    /// The account that it was about, if it told.
    pub account: Option<String>,
    /// Status of the answer; none while it is under way or if none was sent.
    pub status: Option<u16>,
    /// Label of the weather that it met.
    pub trouble: Option<&'static str>,
}

/// Requests to one provider by kind of endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Consent pages shown and answered.
    pub consent: u64,
    /// Codes sent to the token endpoint.
    pub exchange: u64,
    /// Refreshes and extensions of tokens.
    pub refresh: u64,
    /// API calls.
    pub api: u64,
    /// Everything else.
    pub other: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Traffic {
    recent: VecDeque<Entry>,
    /// How many entries were dropped from the front of `recent`.
    dropped: u64,
    by_path: BTreeMap<String, u64>,
    by_endpoint: BTreeMap<Provider, Counts>,
    by_subject: BTreeMap<(Provider, String), u64>,
}

impl Traffic {
    /// Counts a request at its arrival; the ticket is for [`Traffic::answered`].
    pub(crate) fn arrived(&mut self, entry: Entry) -> u64 {
        *self.by_path.entry(format!("{}{}", entry.host, entry.path)).or_default() += 1;
        let counts = self.by_endpoint.entry(entry.provider).or_default();
        match entry.endpoint {
            Endpoint::Consent => counts.consent += 1,
            Endpoint::Exchange => counts.exchange += 1,
            Endpoint::Refresh => counts.refresh += 1,
            Endpoint::Api => counts.api += 1,
            Endpoint::Other => counts.other += 1,
        }
        if entry.endpoint == Endpoint::Api {
            for subject in [&entry.who, &entry.account].into_iter().flatten() {
                *self.by_subject.entry((entry.provider, subject.clone())).or_default() += 1;
            }
        }
        self.recent.push_back(entry);
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
            self.dropped += 1;
        }
        self.dropped + self.recent.len() as u64 - 1
    }

    pub(crate) fn answered(&mut self, ticket: u64, status: u16) {
        let place = ticket.checked_sub(self.dropped).and_then(|place| usize::try_from(place).ok());
        if let Some(entry) = place.and_then(|place| self.recent.get_mut(place)) {
            entry.status = Some(status);
        }
    }

    /// Requests whose `host/path` starts with `prefix`.
    pub(crate) fn count(&self, prefix: &str) -> u64 {
        self.by_path
            .range(prefix.to_owned()..)
            .take_while(|(path, _)| path.starts_with(prefix))
            .map(|(_, count)| count)
            .sum()
    }

    pub(crate) fn counts(&self, provider: Provider) -> Counts {
        self.by_endpoint.get(&provider).copied().unwrap_or_default()
    }

    /// API requests of one login or key, or about one account.
    pub(crate) fn count_for(&self, provider: Provider, subject: &str) -> u64 {
        self.by_subject.get(&(provider, subject.to_owned())).copied().unwrap_or_default()
    }

    /// Oldest first.
    pub(crate) fn recent(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.recent.iter()
    }
}
