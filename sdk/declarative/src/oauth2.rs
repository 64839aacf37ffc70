//! How a provider speaks OAuth 2: RFC 6749, and where it deviates.

use std::collections::BTreeMap;

use relink_sdk::{
    AuthMethod, BodyFormat, CredentialUse, Field, KeptFrom, KeptValue, Refresh, Rotation, Scope, SecretSlot, TokenAuth,
};
use serde::Deserialize;

use crate::access::{Secret, placed};
use crate::values::SecretText;

/// The authorization code grant.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Oauth2 {
    pub(crate) id: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) authorize_url: String,
    pub(crate) token_url: String,
    pub(crate) revoke_url: Option<String>,
    /// Each with the words of the provider's consent page.
    #[serde(default)]
    pub(crate) scopes: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) optional_scopes: BTreeMap<String, String>,
    pub(crate) scope_separator: Option<String>,
    /// `true` otherwise.
    pub(crate) pkce: Option<bool>,
    pub(crate) token_auth: Option<ClientProof>,
    /// How the token endpoint wants its parameters; as a form otherwise.
    pub(crate) token_body: Option<TokenBody>,
    /// Renamed parameters: `client_id = "app_id"`.
    #[serde(default)]
    pub(crate) param_names: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) authorize_params: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) reconnect_params: BTreeMap<String, String>,
    /// The parameter that preselects the account.
    pub(crate) login_hint: Option<String>,
    #[serde(default)]
    pub(crate) token_params: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) refresh_params: BTreeMap<String, String>,
    /// Without it, a person must authorize again when the token has run out.
    pub(crate) refresh: Option<Renewal>,
    /// Where the token answer is not RFC 6749: `access_token = "/data/token"`.
    #[serde(default)]
    pub(crate) token_pointers: BTreeMap<String, String>,
    /// What the login brings that becomes a setting of the connection.
    #[serde(default)]
    pub(crate) keep: Vec<Kept>,
    pub(crate) assumed_lifetime_s: Option<u64>,
    /// After so many days the provider wants a person to authorize again.
    pub(crate) reauthorize_days: Option<u32>,
    /// What the operator supplies besides the client's id and secret.
    #[serde(default)]
    pub(crate) app_secrets: Vec<Secret>,
    /// `Authorization: Bearer` otherwise.
    pub(crate) headers: Option<BTreeMap<String, SecretText>>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, SecretText>,
}

/// How the client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClientProof {
    Body,
    Basic,
    None,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenBody {
    Form,
    Json,
}

/// What becomes of a refresh token when it is used.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Renewal {
    /// It stays the same.
    SameToken,
    /// There is a new one, and the old one goes on working.
    StaysValid,
    /// There is a new one, and the old one is dead at once.
    Strict,
    /// There is a new one, and the old one works for so many seconds.
    GraceS(u32),
    /// There is none: a living access token is exchanged for a longer one.
    ExtendsAccessToken,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Kept {
    pub(crate) from: KeptSource,
    pub(crate) name: String,
    pub(crate) into: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeptSource {
    CallbackQuery,
    TokenAnswer,
}

impl Oauth2 {
    pub(crate) fn method(&self) -> AuthMethod {
        let usual = AuthMethod::oauth2(self.lowered());
        let (id, label) = (self.id.as_deref().unwrap_or(&usual.id), self.label.as_deref().unwrap_or(&usual.label));
        let (id, label) = (id.to_owned(), label.to_owned());
        let with_secrets = self.app_secrets.iter().map(Secret::slot).fold(usual, AuthMethod::app_secret);
        with_secrets.named(&id, &label).used(self.credential())
    }

    pub(crate) fn app_slots(&self) -> impl Iterator<Item = SecretSlot> + '_ {
        self.app_secrets.iter().map(Secret::slot)
    }

    fn credential(&self) -> CredentialUse {
        if let Some(headers) = &self.headers {
            return placed(headers, &self.query);
        }
        let mut credential = CredentialUse::bearer("access_token");
        credential.placements.extend(placed(&BTreeMap::new(), &self.query).placements);
        credential
    }

    fn lowered(&self) -> relink_sdk::Oauth2 {
        let usual = relink_sdk::Oauth2::new(&self.authorize_url, &self.token_url);
        relink_sdk::Oauth2 {
            revoke_url: self.revoke_url.clone(),
            scopes: self.all_scopes().collect(),
            scope_separator: self.scope_separator.clone().unwrap_or(usual.scope_separator.clone()),
            pkce: self.pkce.unwrap_or(usual.pkce),
            token_auth: self.token_auth.map_or(usual.token_auth, ClientProof::lowered),
            token_body: self.token_body.map_or(usual.token_body, TokenBody::lowered),
            param_names: fields(&self.param_names),
            authorize_params: fields(&self.authorize_params),
            reconnect_params: fields(&self.reconnect_params),
            login_hint_param: self.login_hint.clone(),
            token_params: fields(&self.token_params),
            refresh_params: fields(&self.refresh_params),
            refresh: self.refresh.map_or(Refresh::None, Renewal::lowered),
            token_pointers: fields(&self.token_pointers),
            keep: self.keep.iter().map(Kept::lowered).collect(),
            assumed_lifetime_s: self.assumed_lifetime_s,
            reauthorize_days: self.reauthorize_days,
            ..usual
        }
    }

    fn all_scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        let scope = |required| {
            move |(name, label): (&String, &String)| Scope { name: name.clone(), label: label.clone(), required }
        };
        self.scopes.iter().map(scope(true)).chain(self.optional_scopes.iter().map(scope(false)))
    }
}

impl ClientProof {
    fn lowered(self) -> TokenAuth {
        match self {
            Self::Body => TokenAuth::Body,
            Self::Basic => TokenAuth::Basic,
            Self::None => TokenAuth::None,
        }
    }
}

impl TokenBody {
    fn lowered(self) -> BodyFormat {
        match self {
            Self::Form => BodyFormat::Form,
            Self::Json => BodyFormat::Json,
        }
    }
}

impl Renewal {
    fn lowered(self) -> Refresh {
        Refresh::RefreshToken(match self {
            Self::SameToken => Rotation::None,
            Self::StaysValid => Rotation::StaysValid,
            Self::Strict => Rotation::Strict,
            Self::GraceS(seconds) => Rotation::GraceS(seconds),
            Self::ExtendsAccessToken => return Refresh::ExtendAccessToken,
        })
    }
}

impl Kept {
    fn lowered(&self) -> KeptValue {
        let source = match self.from {
            KeptSource::CallbackQuery => KeptFrom::CallbackQuery,
            KeptSource::TokenAnswer => KeptFrom::TokenAnswer,
        };
        KeptValue { source, name: self.name.clone(), into_config: self.into.clone() }
    }
}

fn fields(pairs: &BTreeMap<String, String>) -> Vec<Field> {
    pairs.iter().map(|(name, value)| Field { name: name.clone(), value: value.clone() }).collect()
}

#[cfg(test)]
mod tests;
