//! What a plugin may reach: its description asks for it, the operator grants it.

use std::collections::BTreeSet;
use std::fmt;

use relink_core::plugin::{AuthMethod, Budget, Descriptor, Hmac, Inbound, Jws, Place, Placement, Proof, SignedField};
use serde::{Deserialize, Serialize};

/// Everything outside the sandbox that a plugin may have the host touch, in words that an operator
/// can judge and that are compared as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// Hosts that requests may go to.
    pub hosts: BTreeSet<String>,
    /// Where people sign in and where codes are exchanged: a change of these could catch sign-ins.
    pub sign_in: BTreeSet<String>,
    /// The operator's own secrets, as `method/name`.
    pub app_secrets: BTreeSet<String>,
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
            sign_in: methods().flat_map(sign_in_urls).collect(),
            app_secrets: methods().flat_map(app_secrets).collect(),
            secrets: methods().flat_map(secret_uses).collect(),
            inbound: descriptor.inbound.iter().map(inbound).collect(),
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
            app_secrets: beyond(&self.app_secrets, &granted.app_secrets),
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
            of("uses your secret", &self.app_secrets),
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

fn sign_in_urls(method: &AuthMethod) -> Vec<String> {
    method.oauth2().map(|oauth2| vec![oauth2.authorize_url.clone(), oauth2.token_url.clone()]).unwrap_or_default()
}

fn app_secrets(method: &AuthMethod) -> Vec<String> {
    method.app_secrets.iter().map(|slot| format!("{}/{}", method.id, slot.name)).collect()
}

fn secret_uses(method: &AuthMethod) -> Vec<String> {
    let uses = method.uses.iter().flat_map(|credential_use| {
        let hosts = match credential_use.hosts.as_slice() {
            [] => "any of its hosts".to_owned(),
            hosts => hosts.join(", "),
        };
        let places = credential_use.placements.iter();
        places.map(move |placement| format!("{} in {} to {hosts}", placement.secret, place_of(placement)))
    });
    uses.collect()
}

fn inbound(inbound: &Inbound) -> String {
    let proof = match &inbound.proof {
        Proof::Hmac(Hmac { secret, .. }) => format!("a hash with {secret}"),
        Proof::SignedField(SignedField { secret, name }) => format!("a hash with {secret} in {name}"),
        Proof::Jws(Jws { jwks_url, .. }) => format!("the keys of {jwks_url}"),
    };
    format!("messages to \"{}\" proven by {proof}", inbound.label)
}

/// A query is written to the logs of whoever passes it on, which a header is not: so the place matters.
fn place_of(placement: &Placement) -> String {
    let name = &placement.name;
    match placement.place {
        Place::Header => format!("header {name}"),
        Place::Query => format!("query parameter {name}"),
        Place::FormField => format!("form field {name}"),
        Place::JsonPointer => format!("body at {name}"),
        Place::BasicUser => "the user of basic authentication".to_owned(),
        Place::BasicPassword => "the password of basic authentication".to_owned(),
    }
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
