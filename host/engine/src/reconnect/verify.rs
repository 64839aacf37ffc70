//! Proves a new credential before anything stored is touched: who it is, and what it can see.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use relink_core::plugin::{Account, AuthMethod, Facts, Found, Identity, Operation};
use relink_runtime::Plugin;
use relink_store::connections::Dependent;

use crate::credentials::Secrets;
use crate::engine::Engine;
use crate::talk::{self, Explained, Party};

/// A credential that answered.
pub(crate) struct Verified {
    pub(crate) identity: Option<Identity>,
    /// Kind and id of every account; none if the provider has no list of them.
    accounts: Option<HashSet<(Option<String>, String)>>,
}

impl Verified {
    /// Whether it is of the login whose subject is known. One that does not say whose it is may be anybody's.
    pub(crate) fn is_login(&self, known_subject: Option<&str>) -> bool {
        let subject = self.identity.as_ref().map(|identity| identity.subject.as_str());
        known_subject.is_none() || known_subject == subject
    }

    /// Whether data of a connection can be read with the credential, as far as the provider tells.
    pub(crate) fn can_see(&self, dependent: &Dependent) -> bool {
        let account = (dependent.account_kind.clone(), dependent.account_id.clone());
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&account))
    }
}

/// A credential that is not stored yet.
pub(crate) struct Candidate<'a> {
    pub(crate) plugin: &'a Arc<Plugin>,
    pub(crate) method: &'a AuthMethod,
    pub(crate) secrets: &'a Secrets,
    pub(crate) config: &'a str,
    pub(crate) granted_scopes: &'a [String],
    /// Key of the request budgets.
    pub(crate) budget_key: &'a str,
}

impl Candidate<'_> {
    /// Asks the provider who this is and what it can see. One real request at least has succeeded
    /// when this gives `Ok`.
    pub(crate) async fn verify(&self, engine: &Engine) -> Result<Verified, Explained> {
        let mut party = self.party(engine);
        talk::ask(engine, &mut party, Operation::Probe).await?;
        let identity = talk::ask(engine, &mut party, Operation::Identify).await?.into_iter().find_map(identity_of);
        let accounts = talk::ask(engine, &mut party, Operation::Accounts).await?;
        let accounts: HashSet<_> =
            accounts.into_iter().filter_map(account_of).map(|account| (account.kind, account.id)).collect();
        Ok(Verified { identity, accounts: (!accounts.is_empty()).then_some(accounts) })
    }

    pub(crate) fn party(&self, engine: &Engine) -> Party {
        Party {
            plugin: Arc::clone(self.plugin),
            method: self.method.clone(),
            credentials: self.secrets.with_app_secrets(
                &engine.settings().app_secrets,
                self.plugin.id(),
                &self.method.id,
            ),
            config: self.config.to_owned(),
            account: None,
            facts: self.facts(),
            authorization: self.budget_key.to_owned(),
            connection: self.budget_key.to_owned(),
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            token_age_s: Some(0),
            just_refreshed: Some(true),
            granted_scopes: self.granted_scopes.to_vec(),
            consecutive: 1,
            ..Facts::default()
        }
    }
}

fn identity_of(found: Found) -> Option<Identity> {
    match found {
        Found::Identity(identity) => Some(identity),
        Found::Account(_) | Found::Rows { .. } => None,
    }
}

pub(crate) fn account_of(found: Found) -> Option<Account> {
    match found {
        Found::Account(account) => Some(account),
        Found::Identity(_) | Found::Rows { .. } => None,
    }
}

/// An account that is reached through several managers is one account.
pub(crate) fn unique(accounts: impl Iterator<Item = Account>) -> Vec<Account> {
    let mut seen = BTreeSet::new();
    accounts.filter(|account| seen.insert((account.kind.clone(), account.id.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_that_does_not_say_whose_it_is_replaces_none_that_does() {
        let verified = |subject: Option<&str>| Verified {
            identity: subject.map(|subject| Identity { subject: subject.to_owned(), label: String::new() }),
            accounts: None,
        };
        let cases = [
            (None, None, true),
            (None, Some("ana"), true),
            (Some("ana"), Some("ana"), true),
            (Some("ana"), Some("tom"), false),
            (Some("ana"), None, false),
        ];
        for (known, found, expected) in cases {
            assert_eq!(verified(found).is_login(known), expected, "{known:?} {found:?}");
        }
    }
}
