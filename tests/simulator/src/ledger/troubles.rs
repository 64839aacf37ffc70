//! Troubles: putting them in force, asking for them, and ending them.

use super::{Ending, Ledger};
use crate::{
    Provider,
    fault::Fault,
    oauth,
    trouble::{Reach, Subject, Trouble},
};

impl Ledger {
    /// Puts a trouble in force. A second one of the same kind replaces the first.
    pub(crate) fn place(&mut self, trouble: Trouble, now: i64) {
        let provider = trouble.provider;
        let who = trouble.subject.who.as_deref();
        match trouble.fault {
            Fault::Revoked => self.end_grants(provider, who, None, Ending::Revoked),
            Fault::PasswordChanged => self.end_grants(provider, who, None, Ending::PasswordChanged),
            Fault::SignedOut => self.end_grants(provider, who, None, Ending::SignedOut),
            Fault::EverythingExpired => self.end_grants(provider, who, None, Ending::Expired),
            Fault::AccessExpired => self.expire_access(provider, who, now),
            Fault::ScopeLost => self.narrow_grants(provider, who, oauth::identifies),
            Fault::KeyDeleted => self.delete_keys(provider, who),
            _ => {}
        }
        self.changed = true;
        // Nothing stays to be put right: the next refresh does it, or each person's next consent.
        let is_over = trouble.fault == Fault::AccessExpired
            || (trouble.fault.is_event() && trouble.subject == Subject::WHOLE_PROVIDER);
        if is_over {
            return;
        }
        self.troubles.retain(|old| {
            !(old.provider == provider
                && old.subject == trouble.subject
                && old.reach == trouble.reach
                && std::mem::discriminant(&old.fault) == std::mem::discriminant(&trouble.fault))
        });
        self.troubles.push(trouble);
    }

    pub(crate) fn heal(&mut self, provider: Provider, subject: &Subject) {
        self.changed = true;
        self.troubles.retain(|trouble| {
            let healed = trouble.provider == provider
                && subject.concerns(trouble.subject.who.as_deref(), trouble.subject.account.as_deref());
            !healed
        });
    }

    pub(crate) fn heal_all(&mut self) {
        self.changed = true;
        self.troubles.clear();
    }

    pub(crate) fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// True if this trouble is in force for `who` about `account`.
    pub(crate) fn suffers(&self, provider: Provider, who: Option<&str>, account: Option<&str>, fault: &Fault) -> bool {
        self.troubles.iter().any(|trouble| {
            trouble.provider == provider && trouble.fault == *fault && trouble.subject.concerns(who, account)
        })
    }

    /// The weather that a request meets, which counts as one of its times.
    pub(crate) fn weather(
        &mut self,
        provider: Provider,
        who: Option<&str>,
        account: Option<&str>,
        endpoint: Reach,
    ) -> Option<Fault> {
        let place = self.troubles.iter().position(|trouble| {
            trouble.provider == provider
                && trouble.fault.is_weather()
                && (trouble.reach == Reach::Everywhere || trouble.reach == endpoint)
                && trouble.subject.concerns(who, account)
        })?;
        let trouble = &mut self.troubles[place];
        let fault = trouble.fault.clone();
        if let Some(times) = &mut trouble.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.troubles.remove(place);
            }
            self.changed = true;
        }
        Some(fault)
    }
}
