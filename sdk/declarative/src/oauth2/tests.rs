//! Short and long tables of OAuth 2.

use relink_sdk::{AuthKind, AuthMethod, BodyFormat, KeptFrom, Place, Refresh, Rotation, TokenAuth};
use serde_json::{Value, json};

use super::Oauth2;

fn method(changes: &Value) -> AuthMethod {
    let mut table = json!({ "authorize-url": "https://a.example/a", "token-url": "https://a.example/t" });
    table.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value::<Oauth2>(table).unwrap().method()
}

fn oauth2(changes: &Value) -> relink_sdk::Oauth2 {
    let AuthKind::Oauth2Code(oauth2) = method(changes).kind else { panic!("it is an authorization code grant") };
    oauth2
}

#[test]
fn two_addresses_are_enough() {
    let expected = AuthMethod::oauth2(relink_sdk::Oauth2::new("https://a.example/a", "https://a.example/t"));
    assert_eq!(method(&json!({})), expected);
}

#[test]
fn every_way_of_renewing_has_a_name() {
    let token = Refresh::RefreshToken;
    for (name, expected) in [
        (json!("same-token"), token(Rotation::None)),
        (json!("stays-valid"), token(Rotation::StaysValid)),
        (json!("strict"), token(Rotation::Strict)),
        (json!({ "grace-s": 60 }), token(Rotation::GraceS(60))),
        (json!("extends-access-token"), Refresh::ExtendAccessToken),
    ] {
        assert_eq!(oauth2(&json!({ "refresh": name })).refresh, expected, "{name}");
    }
}

#[test]
fn deviations_are_taken_over() {
    let oauth2 = oauth2(&json!({
        "revoke-url": "https://a.example/r",
        "scopes": { "read": "See it" }, "optional-scopes": { "more": "See more" }, "scope-separator": ",",
        "pkce": false, "token-auth": "basic", "token-body": "json", "login-hint": "login_hint",
        "param-names": { "client_id": "app_id" }, "authorize-params": { "a": "1" }, "reconnect-params": { "b": "2" },
        "token-params": { "c": "3" }, "refresh-params": { "d": "4" }, "token-pointers": { "access_token": "/t" },
        "keep": [{ "from": "callback-query", "name": "shop", "into": "shop" }],
        "assumed-lifetime-s": 3600, "reauthorize-days": 60
    }));
    let only = |fields: &[relink_sdk::Field]| format!("{}={}", fields[0].name, fields[0].value);
    assert_eq!(oauth2.revoke_url.as_deref(), Some("https://a.example/r"));
    let scopes: Vec<_> = oauth2.scopes.iter().map(|scope| (scope.name.as_str(), scope.required)).collect();
    assert_eq!((scopes, oauth2.scope_separator.as_str()), (vec![("read", true), ("more", false)], ","));
    assert_eq!((oauth2.pkce, oauth2.token_auth, oauth2.token_body), (false, TokenAuth::Basic, BodyFormat::Json));
    let params = [
        &oauth2.param_names,
        &oauth2.authorize_params,
        &oauth2.reconnect_params,
        &oauth2.token_params,
        &oauth2.refresh_params,
        &oauth2.token_pointers,
    ];
    assert_eq!(params.map(|fields| only(fields)), ["client_id=app_id", "a=1", "b=2", "c=3", "d=4", "access_token=/t"]);
    assert_eq!((oauth2.keep[0].source, oauth2.keep[0].into_config.as_str()), (KeptFrom::CallbackQuery, "shop"));
    assert_eq!((oauth2.assumed_lifetime_s, oauth2.reauthorize_days), (Some(3600), Some(60)));
    assert_eq!(oauth2.login_hint_param.as_deref(), Some("login_hint"));
}

#[test]
fn the_token_goes_where_the_table_says() {
    let method = method(&json!({
        "headers": { "x-token": "{access_token}" }, "query": { "dev": "{developer_token}" },
        "app-secrets": [{ "name": "developer_token", "label": "Developer token" }]
    }));
    let placements = &method.uses[0].placements;
    let placed: Vec<_> = placements.iter().map(|one| (one.secret.as_str(), one.where_, one.name.as_str())).collect();
    assert_eq!(placed, [("access_token", Place::Header, "x-token"), ("developer_token", Place::Query, "dev")]);
    assert_eq!(method.app_secrets[2].name, "developer_token");
}
