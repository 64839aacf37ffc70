//! What a plugin may reach: its description asks for it, the operator grants it.

mod messages;
mod secrets;
mod sign_in;

use std::collections::BTreeSet;
use std::fmt;

use relink_core::plugin::{Budget, Descriptor, SettingsSchema};
use serde::{Deserialize, Serialize};

/// Everything outside the sandbox that a plugin may have the host touch, in words that an operator
/// can judge and that are compared as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// Hosts that requests may go to.
    pub hosts: BTreeSet<String>,
    /// Where people sign in, how that is protected, and where codes are exchanged: a change of these could
    /// catch sign-ins.
    pub sign_in: BTreeSet<String>,
    /// What people are asked to allow: scopes, and whatever else is said at the sign-in.
    pub permissions: BTreeSet<String>,
    /// The operator's own secrets, as `method/name`.
    pub app_secrets: BTreeSet<String>,
    /// What of the operator's and of people's values is not taken out of answers, as `method/name`, and what people
    /// are asked for that is no secret, under the name that they read.
    pub shown: BTreeSet<String>,
    /// Where a secret is sent: `access_token in header authorization to api.example.com`.
    pub secrets: BTreeSet<String>,
    /// What passes for a message of the provider, which can end the access of everybody.
    pub inbound: BTreeSet<String>,
    /// How often it may ask.
    pub budgets: BTreeSet<String>,
    /// Features of the host beyond the contract's core.
    pub features: BTreeSet<String>,
}

impl Reach {
    /// What `descriptor` asks for.
    pub fn asked_by(descriptor: &Descriptor) -> Self {
        let methods = || descriptor.auth.iter();
        Self {
            hosts: descriptor.hosts.iter().cloned().collect(),
            sign_in: methods().flat_map(sign_in::addresses).collect(),
            permissions: methods().flat_map(sign_in::permissions).collect(),
            app_secrets: methods().flat_map(secrets::of_app).collect(),
            shown: methods().flat_map(secrets::shown).chain(settings(descriptor)).collect(),
            secrets: methods()
                .flat_map(secrets::uses)
                .chain(descriptor.inbound.iter().filter_map(messages::handshake))
                .collect(),
            inbound: descriptor.inbound.iter().flat_map(messages::believed).collect(),
            budgets: budgets(&descriptor.budgets),
            features: descriptor.requires.iter().cloned().collect(),
        }
    }

    /// What is asked for here and not granted there.
    #[must_use]
    pub fn beyond(&self, granted: &Self) -> Self {
        let beyond =
            |asked: &BTreeSet<String>, granted: &BTreeSet<String>| asked.difference(granted).cloned().collect();
        Self {
            hosts: beyond(&self.hosts, &granted.hosts),
            sign_in: beyond(&self.sign_in, &granted.sign_in),
            permissions: beyond(&self.permissions, &granted.permissions),
            app_secrets: beyond(&self.app_secrets, &granted.app_secrets),
            shown: beyond(&self.shown, &granted.shown),
            secrets: beyond(&self.secrets, &granted.secrets),
            inbound: beyond(&self.inbound, &granted.inbound),
            budgets: beyond(&self.budgets, &granted.budgets),
            features: beyond(&self.features, &granted.features),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    /// One line for each thing, for a person.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let of = |what: &'static str, set: &BTreeSet<String>| -> Vec<String> {
            set.iter().map(|one| format!("{what} {one}")).collect()
        };
        let groups = [
            of("talks to", &self.hosts),
            of("signs people in at", &self.sign_in),
            of("asks at sign-in for", &self.permissions),
            of("uses your secret", &self.app_secrets),
            of("lets the plugin see", &self.shown),
            of("has the host send", &self.secrets),
            of("believes", &self.inbound),
            of("asks", &self.budgets),
            of("needs the host feature", &self.features),
        ];
        groups.into_iter().flatten()
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().collect::<Vec<_>>().join("; "))
    }
}

/// A plugin that asks for a "password" here would be told it.
fn settings(descriptor: &Descriptor) -> impl Iterator<Item = String> {
    let settings = SettingsSchema::of(descriptor).settings().into_iter();
    settings.map(|setting| format!("what people enter as {:?} ({})", setting.label, setting.name))
}

fn budgets(budgets: &[Budget]) -> BTreeSet<String> {
    if budgets.is_empty() {
        return BTreeSet::from(["as often as the host lets it".to_owned()]);
    }
    let words = |budget: &Budget| {
        format!("up to {} times in {} s ({})", budget.calls, budget.per_ms.div_ceil(1_000), budget.name)
    };
    budgets.iter().map(words).collect()
}
