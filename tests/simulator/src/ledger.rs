//! What the providers remember: grants, tokens, codes, keys and the troubles in force. All of it is
//! plain data behind one lock, and all of it survives a restart if there is a state file.

mod file;
mod grants;
mod keys;
mod tokens;
mod troubles;
mod webhooks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Provider, news::Webhook, trouble::Trouble};

pub(crate) use file::StateFile;
pub(crate) use grants::{Consent, Ending, Grant};
pub use keys::Key;
pub use tokens::Tokens;
pub(crate) use tokens::{Code, CodeRefused, Life, Refused, TokenKind, Visitor};

/// The whole memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ledger {
    grants: BTreeMap<u64, Grant>,
    tokens: BTreeMap<String, tokens::Token>,
    codes: BTreeMap<String, Code>,
    keys: Vec<Key>,
    troubles: Vec<Trouble>,
    access_lifetimes_s: BTreeMap<Provider, u64>,
    #[serde(default)]
    webhooks: BTreeMap<Provider, Webhook>,
    next_grant: u64,
    /// Set by whatever changes something that a restart must not lose.
    #[serde(skip)]
    changed: bool,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self {
            grants: BTreeMap::new(),
            tokens: BTreeMap::new(),
            codes: BTreeMap::new(),
            keys: keys::fixtures(),
            troubles: Vec::new(),
            access_lifetimes_s: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            next_grant: 1,
            changed: true,
        }
    }

    /// Everything as on the first day, but for what operators entered.
    pub(crate) fn begin_again(&mut self) {
        let webhooks = std::mem::take(&mut self.webhooks);
        *self = Self { webhooks, ..Self::new() };
    }

    /// Tells once that something changed since the last call.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub(crate) fn set_access_lifetime(&mut self, provider: Provider, seconds: Option<u64>) {
        self.changed = true;
        match seconds {
            Some(seconds) => self.access_lifetimes_s.insert(provider, seconds),
            None => self.access_lifetimes_s.remove(&provider),
        };
    }

    pub(crate) fn access_lifetime_s(&self, provider: Provider, documented: u64) -> u64 {
        self.access_lifetimes_s.get(&provider).copied().unwrap_or(documented)
    }

    pub(crate) fn access_lifetimes(&self) -> &BTreeMap<Provider, u64> {
        &self.access_lifetimes_s
    }
}
