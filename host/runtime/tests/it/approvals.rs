//! What an update asks for, in the words that the operator is shown.

use relink_runtime::Reach;
use serde_json::{Value, json};

use crate::guest::{Guest, load};

fn asked(change: impl Fn(&mut Value)) -> Reach {
    let mut guest = Guest::default();
    change(&mut guest.descriptor);
    Reach::asked_by(load(&guest).unwrap().descriptor())
}

/// What an operator must approve if `change` is made to a plugin that is in service.
#[track_caller]
fn check(change: impl Fn(&mut Value), expected: &[&str]) {
    let beyond: Vec<_> = asked(change).beyond(&asked(|_| {})).lines().collect();
    assert_eq!(beyond, expected);
}

fn hmac(descriptor: &mut Value) -> &mut Value {
    &mut descriptor["inbound"]["proof"]["hmac"]
}

fn oauth2(descriptor: &mut Value) -> &mut Value {
    &mut descriptor["auth"][0]["kind"]["oauth2-code"]
}

#[test]
fn the_operator_is_told_what_passes_for_a_message() {
    check(|_| {}, &[]);
    let silent = asked(|descriptor| descriptor["inbound"] = Value::Null);
    let beyond: Vec<_> = asked(|_| {}).beyond(&silent).lines().collect();
    let expected = [
        "has the host send the challenge of a handshake back to whoever shows webhook_secret as verify_token",
        "believes messages to \"Webhook URL\" proven by a hash with webhook_secret",
        "believes messages up to 300 s old whose hash covers t in header acme-signature, \".\", the body",
    ];
    assert_eq!(beyond, expected);
}

#[test]
fn a_weaker_proof_of_messages_waits() {
    let whenever = "believes messages however old whose hash covers t in header acme-signature, \".\", the body";
    check(|descriptor| hmac(descriptor)["sent-at"] = Value::Null, &[whenever]);
    let older = "believes messages up to 3600 s old whose hash covers t in header acme-signature, \".\", the body";
    check(|descriptor| hmac(descriptor)["sent-at"]["tolerance-s"] = json!(3600), &[older]);
    let other = "believes messages up to 300 s old whose hash covers t in header acme-signature, the body";
    check(
        |descriptor| {
            let content = hmac(descriptor)["content"].as_array_mut().unwrap();
            content.remove(1);
        },
        &[other],
    );
    let signed = json!({"signed": {"challenge": "c", "secret": "webhook_secret", "prefix": "", "encoding": "hex",
        "answer": "a", "repeat": null}});
    check(
        |descriptor| descriptor["inbound"]["handshake"] = signed.clone(),
        &["has the host send a hash of any challenge, made with webhook_secret, to whoever asks for it"],
    );
}

#[test]
fn tokens_of_another_issuer_or_for_another_app_wait() {
    let jws = |issuer: &str, audience: &str| {
        asked(|descriptor| {
            descriptor["inbound"]["proof"] = json!({"jws": {"jwks-url": "https://login.acme.com/keys",
                "issuer": issuer, "audience": audience}});
        })
    };
    let granted = jws("https://acme.com", "client_id");
    for (issuer, audience) in [("https://evil.com", "client_id"), ("https://acme.com", "webhook_secret")] {
        let beyond: Vec<_> = jws(issuer, audience).beyond(&granted).lines().collect();
        assert_eq!(beyond, [format!("believes tokens of {issuer} for your {audience}")]);
    }
}

#[test]
fn a_secret_that_the_plugin_is_to_see_waits() {
    check(
        |descriptor| descriptor["auth"][1]["user-secrets"][0]["public"] = json!(true),
        &["lets the plugin see api-key/api_key"],
    );
}

#[test]
fn more_permissions_wait() {
    let scope = json!({"name": "ads.write", "label": "Change your campaigns", "required": false});
    check(
        |descriptor| oauth2(descriptor)["scopes"].as_array_mut().unwrap().push(scope.clone()),
        &["asks at sign-in for ads.write"],
    );
    for params in ["authorize-params", "reconnect-params", "token-params"] {
        check(
            |descriptor| oauth2(descriptor)[params] = json!([{"name": "user_scope", "value": "admin"}]),
            &["asks at sign-in for user_scope=admin"],
        );
    }
    check(|descriptor| oauth2(descriptor)["scopes"] = json!([]), &[]);
}

#[test]
fn a_sign_in_that_is_protected_less_waits() {
    check(
        |descriptor| oauth2(descriptor)["pkce"] = json!(false),
        &["signs people in at https://login.acme.com/authorize, without PKCE, answered by https://login.acme.com"],
    );
    check(
        |descriptor| oauth2(descriptor)["issuer"] = Value::Null,
        &["signs people in at https://login.acme.com/authorize"],
    );
}

#[test]
fn what_an_earlier_host_granted_is_still_read() {
    let kept = r#"{"hosts":["api.acme.com"],"sign_in":["https://login.acme.com/authorize"],"app_secrets":[],
        "secrets":[],"inbound":[],"budgets":[],"features":[]}"#;
    let granted: Reach = serde_json::from_str(kept).unwrap();
    let lines: Vec<_> = granted.lines().collect();
    assert_eq!(lines, ["talks to api.acme.com", "signs people in at https://login.acme.com/authorize"]);
}
