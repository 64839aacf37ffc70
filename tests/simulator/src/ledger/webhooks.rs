//! Where apps want to be told, and what there is to tell when a trouble befalls somebody.

use super::Ledger;
use crate::{
    Provider,
    fault::Fault,
    news::{self, Letter, News, Webhook},
    trouble::{Subject, Trouble},
};

impl Ledger {
    pub(crate) fn set_webhook(&mut self, provider: Provider, webhook: Option<Webhook>) {
        self.changed = true;
        match webhook {
            Some(webhook) => self.webhooks.insert(provider, webhook),
            None => self.webhooks.remove(&provider),
        };
    }

    pub(crate) fn webhook(&self, provider: Provider) -> Option<&Webhook> {
        self.webhooks.get(&provider)
    }

    /// As [`Ledger::place`], and says what the provider tells of it.
    pub(crate) fn place_and_tell(&mut self, trouble: Trouble, now: i64) -> Vec<Letter> {
        let news = match trouble.fault {
            Fault::Revoked => Some(News::Revoked),
            Fault::Suspended => Some(News::Disabled),
            _ => None,
        };
        let letters = news.map(|news| self.letters(trouble.provider, &trouble.subject, news, now));
        self.place(trouble, now);
        letters.unwrap_or_default()
    }

    /// As [`Ledger::heal`], and says what the provider tells of it.
    pub(crate) fn heal_and_tell(&mut self, provider: Provider, subject: &Subject, now: i64) -> Vec<Letter> {
        let was_suspended = self.suffers(provider, subject.who.as_deref(), None, &Fault::Suspended);
        self.heal(provider, subject);
        if was_suspended { self.letters(provider, subject, News::Enabled, now) } else { Vec::new() }
    }

    /// One for each person concerned who has given the app access.
    fn letters(&self, provider: Provider, subject: &Subject, news: News, now: i64) -> Vec<Letter> {
        let Some(webhook) = self.webhook(provider).filter(|_| subject.account.is_none()) else { return Vec::new() };
        let logins = self.logins_with_grants(provider).into_iter();
        let concerned = logins.filter(|login| subject.concerns(Some(login), None));
        concerned.filter_map(|login| news::letter(provider, webhook, login, news, now)).collect()
    }
}
