//! Plugins as the cases write them, and descriptors as the contract's records.

use serde_json::{Value, json};

use super::read::{only, pairs, table_of, text, texts};
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
    descriptor_json(&text(plugin, "help").map_or(made.clone(), |url| made.help(url)))
}

const BUDGET_KEYS: [(&str, BudgetKey); 3] =
    [("app", BudgetKey::App), ("authorization", BudgetKey::Authorization), ("connection", BudgetKey::Connection)];
const PLACES: [(&str, Place); 6] = [
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

pub(super) fn auth_of(auth: &Value) -> AuthMethod {
    only(auth, &["bearer_key", "secrets", "oauth2", "named", "app_secrets", "used"]);
    let slots = |name: &str| auth[name].as_array().into_iter().flatten().map(slot_of);
    let mut made = if let Some(help) = text(auth, "bearer_key") {
        AuthMethod::bearer_key(help)
    } else if auth.get("secrets").is_some() {
        AuthMethod::secrets(slots("secrets"))
    } else {
        AuthMethod::oauth2(oauth2_of(&auth["oauth2"]))
    };
    if let [id, label] = texts(auth, "named")[..] {
        made = made.named(id, label);
    }
    made = slots("app_secrets").fold(made, AuthMethod::app_secret);
    auth["used"].as_array().into_iter().flatten().map(use_of).fold(made, AuthMethod::used)
}

fn slot_of(slot: &Value) -> SecretSlot {
    only(slot, &["name", "label", "help", "public"]);
    let made = SecretSlot::new(slot["name"].as_str().unwrap(), slot["label"].as_str().unwrap());
    let made = text(slot, "help").map_or(made.clone(), |url| made.help(url));
    if slot["public"] == true { made.public() } else { made }
}

fn use_of(credential: &Value) -> CredentialUse {
    only(credential, &["name", "bearer", "header", "query", "basic", "placed", "signed", "only_to"]);
    let mut made = match text(credential, "bearer") {
        Some(secret) => CredentialUse::bearer(secret),
        None => CredentialUse::new(credential["name"].as_str().unwrap()),
    };
    for (name, secret) in pairs(credential, "header") {
        made = made.header(&name, &secret);
    }
    for (name, secret) in pairs(credential, "query") {
        made = made.query(&name, &secret);
    }
    if let [user, password] = texts(credential, "basic")[..] {
        made = made.basic(user, password);
    }
    for placed in credential["placed"].as_array().into_iter().flatten() {
        let part = |index: usize| placed[index].as_str().unwrap();
        let place = PLACES.iter().find(|(name, _)| *name == part(1)).unwrap().1;
        made = made.placed(part(0), place, part(2), part(3));
    }
    if let Some(signer) = credential.get("signed") {
        let params = pairs(&json!({ "params": signer[1] }), "params");
        made = made.signed(signer[0].as_str().unwrap(), &borrowed(&params));
    }
    made.only_to(texts(credential, "only_to"))
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Adds pairs of parameters.
type AddPairs = fn(Oauth2, &[(&str, &str)]) -> Oauth2;

fn oauth2_of(oauth: &Value) -> Oauth2 {
    const PAIRS: [(&str, AddPairs); 6] = [
        ("authorize_params", Oauth2::authorize_params),
        ("reconnect_params", Oauth2::reconnect_params),
        ("token_params", Oauth2::token_params),
        ("refresh_params", Oauth2::refresh_params),
        ("param_names", Oauth2::param_names),
        ("token_pointers", Oauth2::token_pointers),
    ];
    let mut known = vec![
        "authorize_url",
        "token_url",
        "scopes",
        "optional_scopes",
        "scope_separator",
        "revoked_at",
        "refreshed",
        "extended",
        "without_pkce",
        "token_auth",
        "json_token_body",
        "login_hint",
        "keep",
        "assumed_lifetime_s",
        "reauthorize_days",
    ];
    known.extend(PAIRS.map(|(name, _)| name));
    only(oauth, &known);
    let mut made = Oauth2::new(oauth["authorize_url"].as_str().unwrap(), oauth["token_url"].as_str().unwrap());
    for (name, label) in pairs(oauth, "scopes") {
        made = made.scope(&name, &label);
    }
    for (name, label) in pairs(oauth, "optional_scopes") {
        made = made.optional_scope(&name, &label);
    }
    for (name, add) in PAIRS.into_iter().filter(|(name, _)| oauth.get(name).is_some()) {
        made = add(made, &borrowed(&pairs(oauth, name)));
    }
    for kept in oauth["keep"].as_array().into_iter().flatten() {
        let source = if kept[0] == "callback-query" { KeptFrom::CallbackQuery } else { KeptFrom::TokenAnswer };
        made = made.keep(source, kept[1].as_str().unwrap(), kept[2].as_str().unwrap());
    }
    with_quirks(made, oauth)
}

fn with_quirks(mut made: Oauth2, oauth: &Value) -> Oauth2 {
    if let Some(separator) = text(oauth, "scope_separator") {
        made = made.scope_separator(separator);
    }
    if let Some(url) = text(oauth, "revoked_at") {
        made = made.revoked_at(url);
    }
    if let Some(refreshed) = oauth.get("refreshed") {
        made = made.refreshed(rotation_of(refreshed));
    }
    if oauth["extended"] == true {
        made = made.extended();
    }
    if oauth["without_pkce"] == true {
        made = made.without_pkce();
    }
    if let Some(way) = text(oauth, "token_auth") {
        made = made.token_auth(match way {
            "body" => TokenAuth::Body,
            "basic" => TokenAuth::Basic,
            _ => TokenAuth::None,
        });
    }
    if oauth["json_token_body"] == true {
        made = made.json_token_body();
    }
    if let Some(parameter) = text(oauth, "login_hint") {
        made = made.login_hint(parameter);
    }
    if let Some(seconds) = oauth["assumed_lifetime_s"].as_u64() {
        made = made.assumed_lifetime_s(seconds);
    }
    match oauth["reauthorize_days"].as_u64() {
        Some(days) => made.reauthorize_days(u32::try_from(days).unwrap()),
        None => made,
    }
}

fn rotation_of(refreshed: &Value) -> Rotation {
    match refreshed.as_str() {
        Some("none") => Rotation::None,
        Some("stays-valid") => Rotation::StaysValid,
        Some("strict") => Rotation::Strict,
        _ => Rotation::GraceS(u32::try_from(refreshed["grace_s"].as_u64().unwrap()).unwrap()),
    }
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
    json!({ "name": slot.name, "label": slot.label, "help_url": slot.help_url, "public": slot.public })
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
        "authorize_url": oauth.authorize_url, "token_url": oauth.token_url, "revoke_url": oauth.revoke_url,
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
