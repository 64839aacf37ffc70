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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plugin {
    /// The stable name; data, rules and connections are known by it.
    pub(crate) id: String,
    /// What people call the provider.
    pub(crate) name: String,
    /// Other names under which data know the provider.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    pub(crate) version: String,
    /// Where requests may go: names, or one leading `*.`; the operator approves them.
    pub(crate) hosts: Vec<String>,
    /// The provider's own help on connecting.
    pub(crate) help_url: Option<String>,
    /// What paths of requests hang below.
    pub(crate) base: Option<Template>,
    /// What goes with every request.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Template>,
    /// Values of a connection that are no secrets, such as a region.
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, Setting>,
    /// How people authorize.
    pub(crate) auth: Access,
    /// How many calls the provider allows.
    #[serde(default)]
    pub(crate) budgets: BTreeMap<String, Budget>,
    #[serde(default)]
    pub(crate) defaults: Defaults,
    /// The cheapest request that fails if the credential is dead.
    pub(crate) probe: Request,
    pub(crate) identify: Identify,
    /// Without it, the identity is the only account.
    pub(crate) accounts: Option<Accounts>,
    pub(crate) datasets: BTreeMap<String, Dataset>,
    /// What shows that an answer is an error although its status says success.
    #[serde(default)]
    pub(crate) refusals: Vec<Refusal>,
    /// What the provider's errors mean. Rules are tried in order, the defaults behind them.
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
