//! Plugins as the cases write them, and their descriptors as the contract's records.

use serde_json::{Value, json};

use super::auth::auth_of;
use super::inbound::{inbound_json, inbound_of};
use super::read::{only, table_of, text, texts};
use crate::{
    AuthKind, AuthMethod, BodyFormat, BudgetKey, CredentialUse, Dataset, Descriptor, Field, KeptFrom, Oauth2, Place,
    Refresh, Rotation, SecretSlot, SyncMode, TokenAuth,
};

/// The descriptor of a plugin, made with this SDK and shown as the contract's record.
pub(super) fn described(plugin: &Value) -> Value {
    only(
        plugin,
        &[
            "id",
            "display_name",
            "version",
            "aliases",
            "hosts",
            "requires",
            "auth",
            "tables",
            "budgets",
            "config_schema",
            "inbound",
            "help",
        ],
    );
    let named = |name: &str| plugin[name].as_str().unwrap();
    let list = |name: &str| plugin[name].as_array().cloned().unwrap_or_default();
    let mut made = Descriptor::new(named("id"), named("display_name"), named("version"));
    made = texts(plugin, "aliases").into_iter().fold(made, Descriptor::alias);
    made = texts(plugin, "hosts").into_iter().fold(made, Descriptor::host);
    made = texts(plugin, "requires").into_iter().fold(made, Descriptor::requires);
    made = list("auth").iter().map(auth_of).fold(made, Descriptor::auth);
    made = list("tables").iter().fold(made, |made, table| made.table(&table_of(table)));
    for budget in list("budgets") {
        let calls = u32::try_from(budget[1].as_u64().unwrap()).unwrap();
        let key = BUDGET_KEYS.iter().find(|(name, _)| budget[3] == *name).unwrap().1;
        made = made.budget(budget[0].as_str().unwrap(), calls, budget[2].as_u64().unwrap(), key);
    }
    made = plugin.get("config_schema").map_or(made.clone(), |schema| made.config_schema(schema));
    made = plugin.get("inbound").map_or(made.clone(), |inbound| made.inbound(inbound_of(inbound)));
    descriptor_json(&text(plugin, "help").map_or(made.clone(), |url| made.help(url)))
}

const BUDGET_KEYS: [(&str, BudgetKey); 3] =
    [("app", BudgetKey::App), ("authorization", BudgetKey::Authorization), ("connection", BudgetKey::Connection)];
pub(super) const PLACES: [(&str, Place); 6] = [
    ("header", Place::Header),
    ("query", Place::Query),
    ("form-field", Place::FormField),
    ("json-pointer", Place::JsonPointer),
    ("basic-user", Place::BasicUser),
    ("basic-password", Place::BasicPassword),
];

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], wanted: T) -> &'static str {
    names.iter().find(|(_, case)| *case == wanted).unwrap().0
}

fn descriptor_json(descriptor: &Descriptor) -> Value {
    let budgets: Vec<Value> = descriptor
        .budgets
        .iter()
        .map(|budget| {
            json!({
                "name": budget.name, "calls": budget.calls, "per_ms": budget.per_ms, "hosts": budget.hosts,
                "key": name_of(&BUDGET_KEYS, budget.key),
            })
        })
        .collect();
    json!({
        "id": descriptor.id, "display_name": descriptor.display_name, "aliases": descriptor.aliases,
        "version": descriptor.version, "requires": descriptor.requires, "hosts": descriptor.hosts,
        "auth": descriptor.auth.iter().map(method_json).collect::<Vec<_>>(),
        "datasets": descriptor.datasets.iter().map(dataset_json).collect::<Vec<_>>(),
        "budgets": budgets, "config_schema": document(&descriptor.config_schema), "help_url": descriptor.help_url,
        "inbound": descriptor.inbound.as_ref().map(inbound_json),
    })
}

pub(super) fn dataset_json(dataset: &Dataset) -> Value {
    let mode = match &dataset.mode {
        SyncMode::Full => json!("full"),
        SyncMode::Daily(daily) => json!({ "daily": {
            "day_field": daily.day_field, "max_window_days": daily.max_window_days,
            "restate_days": daily.restate_days, "history_days": daily.history_days,
        } }),
    };
    json!({
        "name": dataset.name, "label": dataset.label, "primary_key": dataset.primary_key,
        "row_schema": document(&dataset.row_schema), "account_kind": dataset.account_kind, "mode": mode,
    })
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn method_json(method: &AuthMethod) -> Value {
    let kind = match &method.kind {
        AuthKind::StaticSecret => json!("static-secret"),
        AuthKind::Oauth2Code(oauth) => json!({ "oauth2-code": oauth2_json(oauth) }),
        other => panic!("no case has {other:?}"),
    };
    let slots = |slots: &[SecretSlot]| -> Vec<Value> { slots.iter().map(slot_json).collect() };
    json!({
        "id": method.id, "label": method.label, "kind": kind, "app_secrets": slots(&method.app_secrets),
        "user_secrets": slots(&method.user_secrets), "uses": method.uses.iter().map(use_json).collect::<Vec<_>>(),
    })
}

fn slot_json(slot: &SecretSlot) -> Value {
    json!({ "name": slot.name, "label": slot.label, "help_url": slot.help_url, "public": slot.public, "optional": slot.optional })
}

fn use_json(credential: &CredentialUse) -> Value {
    let placements: Vec<Value> = credential
        .placements
        .iter()
        .map(|placement| {
            json!({
                "secret": placement.secret, "where": name_of(&PLACES, placement.where_), "name": placement.name,
                "prefix": placement.prefix, "suffix": placement.suffix,
            })
        })
        .collect();
    let signer =
        credential.signer.as_ref().map(|signer| json!({ "name": signer.name, "params": fields_json(&signer.params) }));
    json!({ "name": credential.name, "placements": placements, "signer": signer, "hosts": credential.hosts })
}

fn oauth2_json(oauth: &Oauth2) -> Value {
    let refresh = match oauth.refresh {
        Refresh::None => json!("none"),
        Refresh::ExtendAccessToken => json!("extend-access-token"),
        Refresh::RefreshToken(Rotation::None) => json!({ "refresh-token": "none" }),
        Refresh::RefreshToken(Rotation::StaysValid) => json!({ "refresh-token": "stays-valid" }),
        Refresh::RefreshToken(Rotation::Strict) => json!({ "refresh-token": "strict" }),
        Refresh::RefreshToken(Rotation::GraceS(seconds)) => json!({ "refresh-token": { "grace-s": seconds } }),
    };
    let token_auth =
        name_of(&[("body", TokenAuth::Body), ("basic", TokenAuth::Basic), ("none", TokenAuth::None)], oauth.token_auth);
    let token_body = name_of(&[("form", BodyFormat::Form), ("json", BodyFormat::Json)], oauth.token_body);
    let sources = [("callback-query", KeptFrom::CallbackQuery), ("token-answer", KeptFrom::TokenAnswer)];
    let scopes: Vec<Value> = oauth
        .scopes
        .iter()
        .map(|scope| json!({ "name": scope.name, "label": scope.label, "required": scope.required }))
        .collect();
    let keep: Vec<Value> = oauth
        .keep
        .iter()
        .map(|kept| json!({ "source": name_of(&sources, kept.source), "name": kept.name, "into_config": kept.into_config }))
        .collect();
    json!({
        "issuer": oauth.issuer, "authorize_url": oauth.authorize_url, "token_url": oauth.token_url, "revoke_url": oauth.revoke_url,
        "scopes": scopes, "scope_separator": oauth.scope_separator, "pkce": oauth.pkce, "token_auth": token_auth,
        "token_body": token_body, "param_names": fields_json(&oauth.param_names),
        "authorize_params": fields_json(&oauth.authorize_params), "reconnect_params": fields_json(&oauth.reconnect_params),
        "login_hint_param": oauth.login_hint_param, "token_params": fields_json(&oauth.token_params),
        "refresh_params": fields_json(&oauth.refresh_params), "refresh": refresh,
        "token_pointers": fields_json(&oauth.token_pointers), "keep": keep,
        "assumed_lifetime_s": oauth.assumed_lifetime_s, "reauthorize_days": oauth.reauthorize_days,
    })
}

fn fields_json(fields: &[Field]) -> Value {
    fields.iter().map(|field| json!({ "name": field.name, "value": field.value })).collect()
}
