//! What a plugin says about its provider, in the host's types. What a version lacks is passed in.
//!
//! Labels are cleaned on the way; names are kept as they are, and judged at the gate.

use relink_core::plugin as core;

use super::types;
use crate::text;

const LABEL_CHARS: usize = 200;

pub(super) fn descriptor(from: types::Descriptor, inbound: Option<core::Inbound>) -> core::Descriptor {
    core::Descriptor {
        id: from.id,
        display_name: label(&from.display_name),
        aliases: from.aliases,
        version: from.version,
        requires: from.requires,
        hosts: from.hosts,
        auth: all(from.auth),
        datasets: all(from.datasets),
        budgets: all(from.budgets),
        config_schema: from.config_schema,
        help_url: from.help_url,
        inbound,
    }
}

impl From<types::Field> for core::Field {
    fn from(types::Field { name, value }: types::Field) -> Self {
        Self { name, value }
    }
}

impl From<types::Dataset> for core::Dataset {
    fn from(from: types::Dataset) -> Self {
        Self {
            name: from.name,
            label: label(&from.label),
            primary_key: from.primary_key,
            row_schema: from.row_schema,
            account_kind: from.account_kind,
            mode: from.mode.into(),
        }
    }
}

impl From<types::SyncMode> for core::SyncMode {
    fn from(from: types::SyncMode) -> Self {
        match from {
            types::SyncMode::Full => Self::Full,
            types::SyncMode::Daily(daily) => Self::Daily(core::Daily {
                day_field: daily.day_field,
                max_window_days: daily.max_window_days,
                restate_days: daily.restate_days,
                history_days: daily.history_days,
            }),
        }
    }
}

impl From<types::RateBudget> for core::Budget {
    fn from(from: types::RateBudget) -> Self {
        let key = match from.key {
            types::BudgetKey::App => core::BudgetKey::App,
            types::BudgetKey::Authorization => core::BudgetKey::Authorization,
            types::BudgetKey::Connection => core::BudgetKey::Connection,
        };
        Self { name: from.name, calls: from.calls, per_ms: from.per_ms, hosts: from.hosts, key }
    }
}

impl From<types::AuthMethod> for core::AuthMethod {
    fn from(from: types::AuthMethod) -> Self {
        Self {
            id: from.id,
            label: label(&from.label),
            kind: from.kind.into(),
            app_secrets: all(from.app_secrets),
            user_secrets: all(from.user_secrets),
            uses: all(from.uses),
        }
    }
}

pub(super) fn secret_slot(from: types::SecretSlot, optional: bool) -> core::SecretSlot {
    let label = label(&from.label);
    core::SecretSlot { name: from.name, label, help_url: from.help_url, public: from.public, optional }
}

impl From<types::AuthKind> for core::AuthKind {
    fn from(from: types::AuthKind) -> Self {
        match from {
            types::AuthKind::Oauth2Code(oauth2) => Self::OAuth2Code(oauth2.into()),
            types::AuthKind::Oauth2ClientCredentials(oauth2) => Self::OAuth2ClientCredentials(oauth2.into()),
            types::AuthKind::Oauth1(oauth1) => Self::OAuth1(core::OAuth1 {
                request_url: oauth1.request_url,
                authorize_url: oauth1.authorize_url,
                access_url: oauth1.access_url,
                signature: oauth1.signature,
            }),
            types::AuthKind::StaticSecret => Self::StaticSecret,
        }
    }
}

pub(super) fn oauth2(from: types::Oauth2, issuer: Option<String>) -> core::OAuth2 {
    let token_auth = match from.token_auth {
        types::TokenAuth::Body => core::TokenAuth::Body,
        types::TokenAuth::Basic => core::TokenAuth::Basic,
        types::TokenAuth::None => core::TokenAuth::None,
    };
    let token_body = match from.token_body {
        types::BodyFormat::Form => core::BodyFormat::Form,
        types::BodyFormat::Json => core::BodyFormat::Json,
    };
    core::OAuth2 {
        authorize_url: from.authorize_url,
        token_url: from.token_url,
        revoke_url: from.revoke_url,
        scopes: all(from.scopes),
        scope_separator: from.scope_separator,
        pkce: from.pkce,
        token_auth,
        token_body,
        param_names: all(from.param_names),
        authorize_params: all(from.authorize_params),
        reconnect_params: all(from.reconnect_params),
        login_hint_param: from.login_hint_param,
        token_params: all(from.token_params),
        refresh_params: all(from.refresh_params),
        refresh: from.refresh.into(),
        token_pointers: all(from.token_pointers),
        keep: all(from.keep),
        assumed_lifetime_s: from.assumed_lifetime_s,
        reauthorize_days: from.reauthorize_days,
        issuer,
    }
}

impl From<types::Scope> for core::Scope {
    fn from(from: types::Scope) -> Self {
        Self { name: from.name, label: label(&from.label), required: from.required }
    }
}

impl From<types::Refresh> for core::Refresh {
    fn from(from: types::Refresh) -> Self {
        match from {
            types::Refresh::None => Self::None,
            types::Refresh::RefreshToken(rotation) => Self::RefreshToken(match rotation {
                types::Rotation::None => core::Rotation::None,
                types::Rotation::StaysValid => core::Rotation::StaysValid,
                types::Rotation::GraceS(seconds) => core::Rotation::GraceS(seconds),
                types::Rotation::Strict => core::Rotation::Strict,
            }),
            types::Refresh::ExtendAccessToken => Self::ExtendAccessToken,
        }
    }
}

impl From<types::KeptValue> for core::KeptValue {
    fn from(from: types::KeptValue) -> Self {
        let source = match from.source {
            types::KeptFrom::CallbackQuery => core::KeptFrom::CallbackQuery,
            types::KeptFrom::TokenAnswer => core::KeptFrom::TokenAnswer,
        };
        Self { source, name: from.name, into_config: from.into_config }
    }
}

impl From<types::CredentialUse> for core::CredentialUse {
    fn from(from: types::CredentialUse) -> Self {
        let signer = from.signer.map(|signer| core::Signer { name: signer.name, params: all(signer.params) });
        Self { name: from.name, placements: all(from.placements), signer, hosts: from.hosts }
    }
}

impl From<types::Placement> for core::Placement {
    fn from(from: types::Placement) -> Self {
        let place = match from.where_ {
            types::Place::Header => core::Place::Header,
            types::Place::Query => core::Place::Query,
            types::Place::FormField => core::Place::FormField,
            types::Place::JsonPointer => core::Place::JsonPointer,
            types::Place::BasicUser => core::Place::BasicUser,
            types::Place::BasicPassword => core::Place::BasicPassword,
        };
        Self { secret: from.secret, place, name: from.name, prefix: from.prefix, suffix: from.suffix }
    }
}

fn all<From, To>(from: Vec<From>) -> Vec<To>
where
    From: Into<To>,
{
    from.into_iter().map(Into::into).collect()
}

fn label(raw: &str) -> String {
    text::line(raw, LABEL_CHARS)
}
