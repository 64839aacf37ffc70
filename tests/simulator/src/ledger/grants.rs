//! Grants: what one person allowed one app, and how that ends.

use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::Provider;

/// Google drops the oldest refresh token of an account and client beyond this number.
const MAX_LIVE_GRANTS: usize = 100;

/// One consent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) provider: Provider,
    pub(crate) login: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) declined: Vec<String>,
    pub(crate) granted_at: i64,
    pub(crate) ended: Option<Ending>,
}

/// Why no token of a grant works any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ending {
    Revoked,
    PasswordChanged,
    SignedOut,
    Expired,
    /// A refresh token was used twice, so one of the two users was a thief.
    Reused,
    /// Pushed out by newer grants of the same account and client.
    TooMany,
}

/// What a person decided on the consent page.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) provider: Provider,
    pub(crate) login: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) declined: Vec<String>,
}

impl Ledger {
    /// Writes down a consent. The troubles that a consent puts right are over with it.
    pub(crate) fn open_grant(&mut self, consent: Consent, now: i64) -> u64 {
        self.changed = true;
        self.troubles.retain(|trouble| {
            !(trouble.provider == consent.provider
                && trouble.fault.ends_with_consent()
                && trouble.subject.who.as_deref() == Some(consent.login.as_str()))
        });
        let id = self.next_grant;
        self.next_grant += 1;
        self.grants.insert(
            id,
            Grant {
                provider: consent.provider,
                login: consent.login,
                client_id: consent.client_id,
                scopes: consent.scopes,
                declined: consent.declined,
                granted_at: now,
                ended: None,
            },
        );
        self.drop_oldest_beyond_limit(id);
        id
    }

    pub(crate) fn grant(&self, id: u64) -> Option<&Grant> {
        self.grants.get(&id)
    }

    pub(crate) fn live_grants<'a>(
        &'a self,
        provider: Provider,
        login: &'a str,
    ) -> impl Iterator<Item = (u64, &'a Grant)> {
        self.grants
            .iter()
            .filter(move |(_, grant)| grant.provider == provider && grant.login == login && grant.ended.is_none())
            .map(|(id, grant)| (*id, grant))
    }

    /// Everybody who ever consented, for the control page.
    pub(crate) fn logins_with_grants(&self, provider: Provider) -> Vec<&str> {
        let mut logins: Vec<&str> =
            self.grants.values().filter(|grant| grant.provider == provider).map(|grant| grant.login.as_str()).collect();
        logins.sort_unstable();
        logins.dedup();
        logins
    }

    pub(crate) fn end_grant(&mut self, id: u64, ending: Ending) {
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.ended.get_or_insert(ending);
            self.changed = true;
        }
    }

    /// Ends all grants of a login, or of everybody; as from one app if `client_id` is given.
    pub(crate) fn end_grants(
        &mut self,
        provider: Provider,
        login: Option<&str>,
        client_id: Option<&str>,
        ending: Ending,
    ) {
        self.changed = true;
        for grant in self.grants.values_mut() {
            let concerned = grant.provider == provider
                && login.is_none_or(|login| grant.login == login)
                && client_id.is_none_or(|client_id| grant.client_id == client_id);
            if concerned {
                grant.ended.get_or_insert(ending);
            }
        }
    }

    /// Takes every scope away that `keep` does not hold on to.
    pub(crate) fn narrow_grants(&mut self, provider: Provider, login: Option<&str>, keep: impl Fn(&str) -> bool) {
        self.changed = true;
        for grant in self.grants.values_mut() {
            if grant.provider == provider && login.is_none_or(|login| grant.login == login) {
                let (kept, lost) = grant.scopes.drain(..).partition(|scope| keep(scope));
                grant.scopes = kept;
                let lost: Vec<String> = lost;
                grant.declined.extend(lost);
            }
        }
    }

    fn drop_oldest_beyond_limit(&mut self, newest: u64) {
        let Some(grant) = self.grants.get(&newest) else {
            return;
        };
        if grant.provider != Provider::Google {
            return;
        }
        let (login, client_id) = (grant.login.clone(), grant.client_id.clone());
        let live: Vec<u64> = self
            .live_grants(Provider::Google, &login)
            .filter(|(_, grant)| grant.client_id == client_id)
            .map(|(id, _)| id)
            .collect();
        let excess = live.len().saturating_sub(MAX_LIVE_GRANTS);
        for id in live.into_iter().take(excess) {
            self.end_grant(id, Ending::TooMany);
        }
    }
}
