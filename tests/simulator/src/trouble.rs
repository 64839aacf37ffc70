//! A fault in force: whom it befalls, which requests it hits, and for how long.

use serde::{Deserialize, Serialize};

use crate::{Provider, fault::Fault, world::world};

/// Which requests a piece of weather hits. Consent pages stay dry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The token endpoint and the API.
    #[default]
    Everywhere,
    /// The token endpoint.
    Token,
    /// The API.
    Api,
}

/// Whom a trouble befalls. Absent parts match everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The e-mail address of a login, or the name of a key.
    pub who: Option<String>,
    /// The id of an account.
    pub account: Option<String>,
}

impl Subject {
    /// Everybody at the provider.
    pub const WHOLE_PROVIDER: Self = Self { who: None, account: None };

    /// Reads `*`, a login or key, an account id, or `login/account`.
    pub fn parse(provider: Provider, text: &str) -> Self {
        if text == "*" {
            return Self::WHOLE_PROVIDER;
        }
        if let Some((who, account)) = text.split_once('/') {
            return Self { who: Some(who.to_owned()), account: Some(account.to_owned()) };
        }
        if world().account(provider, text).is_some() {
            return Self { who: None, account: Some(text.to_owned()) };
        }
        Self { who: Some(text.to_owned()), account: None }
    }

    /// False for a typing error: no such account, key or address.
    pub(crate) fn is_known(&self, provider: Provider) -> bool {
        let who_known = self.who.as_deref().is_none_or(|who| {
            if provider.has_logins() { who.contains('@') } else { world().key(provider, who).is_some() }
        });
        let account_known = self.account.as_deref().is_none_or(|id| world().account(provider, id).is_some());
        who_known && account_known
    }

    /// True if a request of `who` about `account` is concerned.
    pub(crate) fn concerns(&self, who: Option<&str>, account: Option<&str>) -> bool {
        (self.who.is_none() || self.who.as_deref() == who)
            && (self.account.is_none() || self.account.as_deref() == account)
    }
}

/// A fault that is in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trouble {
    /// Where.
    pub provider: Provider,
    /// Whom it befalls.
    #[serde(flatten)]
    pub subject: Subject,
    /// What it is.
    #[serde(flatten)]
    pub fault: Fault,
    /// Which requests it hits, if it is weather.
    #[serde(default)]
    pub reach: Reach,
    /// How many requests it still hits, if it is weather; none = until healed.
    #[serde(default)]
    pub times: Option<u32>,
}

impl Trouble {
    /// A fault for a subject as read by [`Subject::parse`], everywhere, until healed.
    pub fn new(provider: Provider, subject: &str, fault: Fault) -> Self {
        Self { provider, subject: Subject::parse(provider, subject), fault, reach: Reach::Everywhere, times: None }
    }

    /// Narrows weather to some endpoints.
    #[must_use]
    pub fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Lets weather pass after so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Says why it cannot happen.
    pub(crate) fn refusal(&self) -> Option<String> {
        let provider = self.provider;
        if !self.subject.is_known(provider) {
            return Some(format!("nobody at {provider} is known as {:?}", self.subject));
        }
        if !self.fault.can_happen(provider, &self.subject) {
            return Some(format!("{:?} does not happen at {provider} to {:?}", self.fault, self.subject));
        }
        None
    }
}
