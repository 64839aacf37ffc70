//! The whole table: one provider.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::access::Access;
use crate::budgets::Budget;
use crate::datasets::Dataset;
use crate::errors::Rule;
use crate::flows::{Accounts, Identify};
use crate::refusals::Refusal;
use crate::requests::{Defaults, Request};
use crate::settings::Setting;
use crate::values::Template;

/// A provider as its table describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plugin {
    pub(crate) id: String,
    /// What people call the provider.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    pub(crate) version: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) help_url: Option<String>,
    /// What paths of requests hang below.
    pub(crate) base: Option<Template>,
    /// What goes with every request.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Template>,
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, Setting>,
    pub(crate) auth: Access,
    #[serde(default)]
    pub(crate) budgets: BTreeMap<String, Budget>,
    #[serde(default)]
    pub(crate) defaults: Defaults,
    pub(crate) probe: Request,
    pub(crate) identify: Identify,
    /// Without it, the identity is the only account.
    pub(crate) accounts: Option<Accounts>,
    pub(crate) datasets: BTreeMap<String, Dataset>,
    #[serde(default)]
    pub(crate) refusals: Vec<Refusal>,
    #[serde(default)]
    pub(crate) errors: Vec<Rule>,
}

impl Plugin {
    /// Reads a table in the form in which it travels in a component.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// The stable name of the plugin.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The codes of all rules, each of which deserves a fixture.
    pub fn rule_codes(&self) -> impl Iterator<Item = String> + '_ {
        self.errors.iter().map(|rule| format!("{}.{}", self.id, rule.code))
    }
}
