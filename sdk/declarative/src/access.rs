//! How people authorize, and where the host puts the credential.

use std::collections::BTreeMap;

use relink_sdk::{AuthMethod, CredentialUse, DEFAULT_CREDENTIAL, Place, Placement, SecretSlot};
use serde::Deserialize;

use crate::oauth2::Oauth2;
use crate::values::SecretText;

/// One way to authorize, or both.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Access {
    pub(crate) oauth2: Option<Oauth2>,
    pub(crate) api_key: Option<ApiKey>,
    /// What is offered first where there are both; OAuth 2 otherwise.
    pub(crate) first: Option<Method>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    Oauth2,
    ApiKey,
}

/// Secrets that a person types, sent as they are.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ApiKey {
    pub(crate) id: Option<String>,
    pub(crate) label: Option<String>,
    /// Without any there is one, `api_key`.
    pub(crate) secrets: Option<Vec<Secret>>,
    /// Where people find the key.
    pub(crate) help_url: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, SecretText>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, SecretText>,
    pub(crate) basic: Option<Basic>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Secret {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help_url: Option<String>,
    #[serde(default)]
    pub(crate) public: bool,
}

/// Basic authentication: which secret is the user name, and which the password.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Basic {
    pub(crate) user: Option<SecretText>,
    pub(crate) password: Option<SecretText>,
}

impl Access {
    pub(crate) fn methods(&self) -> Vec<AuthMethod> {
        let oauth2 = self.oauth2.as_ref().map(Oauth2::method);
        let api_key = self.api_key.as_ref().map(ApiKey::method);
        let in_order = if self.first == Some(Method::ApiKey) { [api_key, oauth2] } else { [oauth2, api_key] };
        in_order.into_iter().flatten().collect()
    }
}

impl ApiKey {
    pub(crate) fn slots(&self) -> Vec<SecretSlot> {
        let Some(secrets) = &self.secrets else {
            return vec![SecretSlot { help_url: self.help_url.clone(), ..SecretSlot::new("api_key", "API key") }];
        };
        secrets.iter().map(Secret::slot).collect()
    }

    fn method(&self) -> AuthMethod {
        let named = |text: &Option<String>, usual: &str| text.clone().unwrap_or_else(|| usual.to_owned());
        let mut credential = placed(&self.headers, &self.query);
        if let Some(basic) = &self.basic {
            for (secret, place) in [(&basic.user, Place::BasicUser), (&basic.password, Place::BasicPassword)] {
                credential.placements.extend(secret.as_ref().map(|secret| placement(secret, place, "")));
            }
        }
        AuthMethod::secrets(self.slots())
            .named(&named(&self.id, "api-key"), &named(&self.label, "API key"))
            .used(credential)
    }
}

impl Secret {
    pub(crate) fn slot(&self) -> SecretSlot {
        let mut slot = SecretSlot::new(&self.name, &self.label);
        slot.help_url.clone_from(&self.help_url);
        slot.public = self.public;
        slot
    }
}

/// The one use that all requests take.
pub(crate) fn placed(headers: &BTreeMap<String, SecretText>, query: &BTreeMap<String, SecretText>) -> CredentialUse {
    let mut credential = CredentialUse::new(DEFAULT_CREDENTIAL);
    for (texts, place) in [(headers, Place::Header), (query, Place::Query)] {
        credential.placements.extend(texts.iter().map(|(name, secret)| placement(secret, place, name)));
    }
    credential
}

fn placement(text: &SecretText, place: Place, name: &str) -> Placement {
    let SecretText { prefix, secret, suffix } = text.clone();
    Placement { secret, where_: place, name: name.to_owned(), prefix, suffix }
}
