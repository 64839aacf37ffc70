//! Ways to authorize as the cases write them.

use serde_json::{Value, json};

use super::descriptor::PLACES;
use super::read::{only, pairs, text, texts};
use crate::{AuthMethod, CredentialUse, KeptFrom, Oauth2, Rotation, SecretSlot, TokenAuth};

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
    only(slot, &["name", "label", "help", "public", "optional"]);
    let made = SecretSlot::new(slot["name"].as_str().unwrap(), slot["label"].as_str().unwrap());
    let made = text(slot, "help").map_or(made.clone(), |url| made.help(url));
    let made = if slot["public"] == true { made.public() } else { made };
    if slot["optional"] == true { made.optional() } else { made }
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
        "issuer",
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
    if let Some(issuer) = text(oauth, "issuer") {
        made = made.issuer(issuer);
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
