//! What a plugin says about its provider.

use serde::{Deserialize, Serialize};

use super::Inbound;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    pub id: String,
    pub display_name: String,
    pub aliases: Vec<String>,
    pub version: String,
    pub requires: Vec<String>,
    pub hosts: Vec<String>,
    pub auth: Vec<AuthMethod>,
    pub datasets: Vec<Dataset>,
    pub budgets: Vec<Budget>,
    pub config_schema: String,
    pub help_url: Option<String>,
    pub inbound: Option<Inbound>,
}

impl Descriptor {
    pub fn auth_method(&self, id: &str) -> Option<&AuthMethod> {
        self.auth.iter().find(|method| method.id == id)
    }

    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }

    /// The datasets that an account of this kind has.
    pub fn datasets_of<'a>(&'a self, kind: Option<&'a str>) -> impl Iterator<Item = &'a Dataset> {
        self.datasets
            .iter()
            .filter(move |dataset| dataset.account_kind.is_none() || dataset.account_kind.as_deref() == kind)
    }

    /// Whether people or data mean this plugin when they say `name`.
    pub fn answers_to(&self, name: &str) -> bool {
        self.id == name || self.aliases.iter().any(|alias| alias == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub value: String,
}

impl Field {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    pub name: String,
    pub label: String,
    pub primary_key: Vec<String>,
    pub row_schema: String,
    pub account_kind: Option<String>,
    pub mode: SyncMode,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SyncMode {
    Full,
    Daily(Daily),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Daily {
    pub day_field: String,
    pub max_window_days: Option<u32>,
    pub restate_days: u32,
    pub history_days: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub name: String,
    pub calls: u32,
    pub per_ms: u64,
    pub hosts: Vec<String>,
    pub key: BudgetKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetKey {
    App,
    Authorization,
    Connection,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthMethod {
    pub id: String,
    pub label: String,
    pub kind: AuthKind,
    pub app_secrets: Vec<SecretSlot>,
    pub user_secrets: Vec<SecretSlot>,
    pub uses: Vec<CredentialUse>,
}

impl AuthMethod {
    pub fn oauth2(&self) -> Option<&OAuth2> {
        match &self.kind {
            AuthKind::OAuth2Code(oauth2) | AuthKind::OAuth2ClientCredentials(oauth2) => Some(oauth2),
            AuthKind::OAuth1(_) | AuthKind::StaticSecret => None,
        }
    }

    /// The secrets that somebody has to give: the operator or the person who connects.
    pub fn slots(&self) -> impl Iterator<Item = &SecretSlot> {
        self.app_secrets.iter().chain(&self.user_secrets)
    }

    /// Whether requests go without this secret if nobody gave it.
    pub fn is_optional(&self, secret: &str) -> bool {
        self.slots().any(|slot| slot.name == secret && slot.optional)
    }

    pub fn credential_use(&self, name: &str) -> Option<&CredentialUse> {
        self.uses.iter().find(|credential_use| credential_use.name == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretSlot {
    pub name: String,
    pub label: String,
    pub help_url: Option<String>,
    pub public: bool,
    pub optional: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    #[serde(rename = "oauth2-code")]
    OAuth2Code(OAuth2),
    #[serde(rename = "oauth2-client-credentials")]
    OAuth2ClientCredentials(OAuth2),
    #[serde(rename = "oauth1")]
    OAuth1(OAuth1),
    StaticSecret,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2 {
    pub authorize_url: String,
    pub token_url: String,
    pub revoke_url: Option<String>,
    pub scopes: Vec<Scope>,
    pub scope_separator: String,
    pub pkce: bool,
    pub token_auth: TokenAuth,
    pub token_body: BodyFormat,
    pub param_names: Vec<Field>,
    pub authorize_params: Vec<Field>,
    pub reconnect_params: Vec<Field>,
    pub login_hint_param: Option<String>,
    pub token_params: Vec<Field>,
    pub refresh_params: Vec<Field>,
    pub refresh: Refresh,
    pub token_pointers: Vec<Field>,
    pub keep: Vec<KeptValue>,
    pub assumed_lifetime_s: Option<u64>,
    pub reauthorize_days: Option<u32>,
    pub issuer: Option<String>,
}

impl OAuth2 {
    /// The provider's name for an RFC 6749 parameter.
    pub fn param_name<'a>(&'a self, standard: &'a str) -> &'a str {
        let renamed = self.param_names.iter().find(|field| field.name == standard);
        renamed.map_or(standard, |field| &field.value)
    }

    /// The JSON pointer at which a token answer holds an RFC 6749 value.
    pub fn token_pointer(&self, standard: &str) -> String {
        let moved = self.token_pointers.iter().find(|field| field.name == standard);
        moved.map_or_else(|| format!("/{standard}"), |field| field.value.clone())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub name: String,
    pub label: String,
    pub required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refresh {
    None,
    RefreshToken(Rotation),
    ExtendAccessToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    None,
    StaysValid,
    GraceS(u32),
    Strict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAuth {
    Body,
    Basic,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyFormat {
    Form,
    Json,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptValue {
    pub source: KeptFrom,
    pub name: String,
    pub into_config: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptFrom {
    CallbackQuery,
    TokenAnswer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuth1 {
    pub request_url: String,
    pub authorize_url: String,
    pub access_url: String,
    pub signature: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialUse {
    pub name: String,
    pub placements: Vec<Placement>,
    pub signer: Option<Signer>,
    pub hosts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    pub secret: String,
    pub place: Place,
    pub name: String,
    pub prefix: String,
    pub suffix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Header,
    Query,
    FormField,
    JsonPointer,
    BasicUser,
    BasicPassword,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub name: String,
    pub params: Vec<Field>,
}
