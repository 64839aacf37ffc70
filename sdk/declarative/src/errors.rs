//! The error table: what the provider's errors mean, where that is not what OAuth 2 and HTTP say anyway.

mod conditions;
mod wait;

use relink_sdk::{Descriptor, Diagnosis, ErrorTable, Failure, Grant};
use serde::Deserialize;

use crate::access::Access;
use crate::list::List;
use crate::values::{Actor, Blast, Pointer, Reason, Remedy};

pub(crate) use conditions::Conditions;
pub(crate) use wait::RetryAfter;

/// One rule. Remedy and actor follow from the reason, and the actor from the remedy.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Rule {
    /// Stable and specific; the id of the provider is put before it.
    pub(crate) code: String,
    pub(crate) reason: Reason,
    /// Conditions that must all hold, or several such tables of which one must.
    pub(crate) when: List<Conditions>,
    pub(crate) cause: Option<String>,
    /// Confirmed for longer before anybody is told.
    #[serde(default)]
    pub(crate) doubtful: bool,
    pub(crate) blast: Option<Blast>,
    /// What ends it; follows from the reason otherwise.
    pub(crate) remedy: Option<Remedy>,
    /// Who must act; follows from the remedy otherwise.
    pub(crate) actor: Option<Actor>,
    /// What people are told; `{provider}` and `{account}` are filled in.
    pub(crate) message: Option<String>,
    /// Where the provider's own words lie, which are appended to the message.
    pub(crate) quote: Option<Pointer>,
    pub(crate) help_url: Option<String>,
    pub(crate) retry_after: Option<RetryAfter>,
}

/// The error table of the plugin `id`.
pub(crate) fn table(id: &str, name: &str, rules: &[Rule]) -> ErrorTable {
    ErrorTable::new(id, name, rules.iter().flat_map(Rule::lowered))
}

/// What an explanation needs of a table: without datasets it is read in half the time.
#[derive(Debug, Deserialize)]
pub(crate) struct Explaining {
    id: String,
    name: String,
    auth: Access,
    #[serde(default)]
    errors: Vec<Rule>,
}

impl Explaining {
    pub(crate) fn explain(&self, failure: &Failure) -> Diagnosis {
        let mut descriptor = Descriptor::new(&self.id, &self.name, "");
        descriptor.auth = self.auth.methods();
        table(&self.id, &self.name, &self.errors).diagnose(failure, Grant::of(&descriptor, failure))
    }
}

impl Rule {
    /// As many rules of the SDK as there are ways to fulfil the conditions.
    fn lowered(&self) -> impl Iterator<Item = relink_sdk::Rule> + '_ {
        let start = || relink_sdk::rule(&self.code, self.reason.0);
        self.when.iter().flat_map(move |conditions| conditions.put_on(&start)).map(|rule| self.meant(rule))
    }

    fn meant(&self, mut rule: relink_sdk::Rule) -> relink_sdk::Rule {
        if self.doubtful {
            rule = rule.doubtful();
        }
        if let Some(cause) = &self.cause {
            rule = rule.cause(cause);
        }
        if let Some(Blast(blast)) = self.blast {
            rule = rule.blast(blast);
        }
        if let Some(Remedy(remedy)) = self.remedy {
            rule = rule.remedy(remedy);
        }
        if let Some(Actor(actor)) = self.actor {
            rule = rule.actor(actor);
        }
        if let Some(message) = &self.message {
            rule = rule.message(message);
        }
        if let Some(pointer) = &self.quote {
            rule = rule.quoting(pointer.as_str());
        }
        if let Some(url) = &self.help_url {
            rule = rule.help(url);
        }
        match &self.retry_after {
            Some(wait) => wait.put_on(rule),
            None => rule,
        }
    }
}

#[cfg(test)]
mod tests;
