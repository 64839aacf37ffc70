//! When a rule applies.

use std::collections::BTreeMap;

use relink_sdk::Rule;
use serde::Deserialize;

use crate::list::List;
use crate::values::{Grant, Phases, Pointer, Scalar, Statuses};

/// All that is named must hold; of a list, one member must.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Conditions {
    #[serde(default)]
    pub(crate) phase: List<Phases>,
    #[serde(default)]
    pub(crate) status: List<Statuses>,
    /// The value at a pointer is one of these; numbers and texts are the same, case does not count.
    #[serde(default)]
    pub(crate) json: BTreeMap<Pointer, List<Scalar>>,
    /// The text at a pointer contains one of these; case does not count.
    #[serde(default)]
    pub(crate) json_contains: BTreeMap<Pointer, List<String>>,
    /// There is something at these pointers.
    #[serde(default)]
    pub(crate) present: List<Pointer>,
    /// The body contains one of these; case does not count.
    #[serde(default)]
    pub(crate) contains: List<String>,
    /// The headers contain this; an empty text asks whether there is such a header.
    #[serde(default)]
    pub(crate) header: BTreeMap<String, String>,
    /// Parameters of the redirect are one of these.
    #[serde(default)]
    pub(crate) redirect: BTreeMap<String, List<String>>,
    /// The credential that failed is of this kind.
    pub(crate) credential: Option<Grant>,
    pub(crate) token_younger_than_s: Option<u64>,
    pub(crate) token_older_than_days: Option<u64>,
    /// The token was renewed just before, so its age cannot be the cause.
    pub(crate) just_refreshed: Option<bool>,
    #[serde(default)]
    pub(crate) empty_body: bool,
    /// The rule is also for web pages, which come from a proxy or a firewall in front of the API.
    #[serde(default)]
    pub(crate) on_web_pages: bool,
}

impl Conditions {
    /// Whether nothing is asked, so that the rule would explain every failure.
    pub(crate) fn is_empty(&self) -> bool {
        self.phase.is_empty()
            && self.status.is_empty()
            && self.json.is_empty()
            && self.json_contains.is_empty()
            && self.present.is_empty()
            && self.contains.is_empty()
            && self.header.is_empty()
            && self.redirect.is_empty()
            && self.credential.is_none()
            && self.token_younger_than_s.is_none()
            && self.token_older_than_days.is_none()
            && self.just_refreshed.is_none()
            && !self.empty_body
    }

    /// The SDK knows one range of statuses in a rule and one part of a text at a pointer, so lists of them make
    /// a rule for each combination.
    pub(crate) fn put_on(&self, start: &dyn Fn() -> Rule) -> Vec<Rule> {
        let statuses = self.status_choices();
        let texts = self.text_choices();
        let every = statuses.iter().flat_map(|status| texts.iter().map(move |texts| (status, texts)));
        let rule = |(status, texts): (&Option<Statuses>, &Vec<(&str, &str)>)| {
            let mut rule = self.put_on_one(start());
            if let Some(Statuses { first, last }) = status {
                rule = rule.statuses(*first, *last);
            }
            texts.iter().fold(rule, |rule, (pointer, part)| rule.json_contains(pointer, part))
        };
        every.map(rule).collect()
    }

    fn status_choices(&self) -> Vec<Option<Statuses>> {
        if self.status.is_empty() { vec![None] } else { self.status.iter().copied().map(Some).collect() }
    }

    fn text_choices(&self) -> Vec<Vec<(&str, &str)>> {
        self.json_contains.iter().fold(vec![Vec::new()], |choices, (pointer, parts)| {
            let with = |choice: &Vec<_>, part| [choice.as_slice(), &[(pointer.as_str(), part)]].concat();
            choices.iter().flat_map(|choice| parts.texts().map(move |part| with(choice, part))).collect()
        })
    }

    fn put_on_one(&self, mut rule: Rule) -> Rule {
        if !self.phase.is_empty() {
            rule = rule.phase(self.phase.iter().flat_map(|phases| phases.cases()).copied());
        }
        for (pointer, values) in &self.json {
            rule = rule.json(pointer.as_str(), values.iter().map(|value| value.0.as_str()));
        }
        for pointer in self.present.iter() {
            rule = rule.json_present(pointer.as_str());
        }
        if !self.contains.is_empty() {
            rule = rule.contains(self.contains.texts());
        }
        for (name, part) in &self.header {
            rule = rule.header(name, part);
        }
        for (name, values) in &self.redirect {
            rule = rule.redirect(name, values.texts());
        }
        self.put_facts_on(rule)
    }

    fn put_facts_on(&self, mut rule: Rule) -> Rule {
        if let Some(grant) = self.credential {
            rule = rule.grant(grant.into());
        }
        if let Some(seconds) = self.token_younger_than_s {
            rule = rule.token_younger_than_s(seconds);
        }
        if let Some(days) = self.token_older_than_days {
            rule = rule.token_older_than_days(days);
        }
        rule = match self.just_refreshed {
            Some(true) => rule.when(|failure| failure.facts.just_refreshed == Some(true)),
            Some(false) => rule.when(|failure| failure.facts.just_refreshed != Some(true)),
            None => rule,
        };
        if self.empty_body {
            rule = rule.empty_body();
        }
        if self.on_web_pages { rule.on_web_pages() } else { rule }
    }
}
