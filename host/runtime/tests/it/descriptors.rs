//! Which descriptions of a provider are believed.

use relink_runtime::{Gate, Reach};
use serde_json::{Value, json};

use crate::guest::{Guest, load};

/// Sets one value of an otherwise good descriptor.
fn with(pointer: &str, value: Value) -> Guest {
    let mut guest = Guest::default();
    *guest.descriptor.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    guest
}

#[track_caller]
fn check(pointer: &str, value: Value, expected: &str) {
    let refusal = load(&with(pointer, value)).expect_err(pointer);
    assert_eq!(refusal.gate, Gate::Descriptor, "{refusal}");
    assert!(refusal.found.contains(expected), "{refusal}");
}

#[test]
fn identity_must_be_well_formed() {
    for id in ["", "Acme", "acme/../x", "..", "-acme", "acme-", "a_b", "ac\u{202e}me", &"a".repeat(65)] {
        check("/id", json!(id), "`id` is");
    }
    for version in ["", "1", "1.0", "v1.0.0", "latest"] {
        check("/version", json!(version), "`version` is");
    }
    check("/display-name", json!(" \n"), "`display-name` is empty");
    check("/aliases", json!(["a", "a"]), "\"a\" twice");
    check("/help-url", json!("javascript:alert(1)"), "`help-url`");
}

#[test]
fn hosts_must_be_names() {
    check("/hosts", json!([]), "`hosts` is empty");
    for host in ["*.com", "127.0.0.1", "api.acme.com:8443", "https://api.acme.com", "localhost"] {
        check("/hosts/0", json!(host), "`hosts` has");
    }
}

#[test]
fn the_host_sends_people_and_secrets_only_to_declared_hosts() {
    for field in ["authorize-url", "token-url", "revoke-url"] {
        let pointer = format!("/auth/0/kind/oauth2-code/{field}");
        check(&pointer, json!("https://evil.com/token"), "its host is not in `hosts`");
        check(&pointer, json!("http://login.acme.com/token"), "it is not https");
    }
    check("/auth/0/uses/0/hosts", json!(["evil.com"]), "\"evil.com\"");
    check("/budgets/0/hosts", json!(["evil.com"]), "\"evil.com\"");
}

#[test]
fn wherever_settings_lead_people_and_secrets_is_declared() {
    let hosts = ["api.acme.com", "login.acme.com", "login.acme.eu", "*.shops.acme.com"];
    let schema = json!({ "properties": { "shop": { "title": "Shop" }, "land": { "enum": ["com", "eu"] }, "far": { "enum": ["com", "cn"] } } });
    let with_url = |url: &str| {
        let mut guest = with("/auth/0/kind/oauth2-code/token-url", json!(url));
        guest.descriptor["hosts"] = json!(hosts);
        guest.descriptor["config-schema"] = json!(schema.to_string());
        load(&guest)
    };
    for url in
        ["https://{settings.shop}.shops.acme.com/token", "https://login.acme.{settings.land}/{settings.shop}/token"]
    {
        let plugin = with_url(url).unwrap();
        let asks: Vec<_> = Reach::asked_by(plugin.descriptor()).lines().collect();
        assert!(asks.iter().any(|line| line.contains(url)), "{asks:?}");
        assert!(asks.contains(&"lets the plugin see what people enter as \"Shop\" (shop)".to_owned()), "{asks:?}");
    }
    for (url, expected) in [
        ("https://{settings.shop}/token", "its host is not in `hosts`"),
        ("https://login.{settings.shop}.com/token", "its host is not in `hosts`"),
        ("https://login.acme.{settings.far}/token", "its host is not in `hosts`"),
        ("https://login.acme.com{settings.shop}/token", "its host is not in `hosts`"),
        ("https://{settings.region}.shops.acme.com/token", "has no setting \"region\""),
        ("https://{settings.shop.shops.acme.com/token", "a brace is open"),
        ("https://login.acme.com/token?client_id={settings.shop}", "to a parameter of its own"),
    ] {
        let refusal = with_url(url).expect_err(url);
        assert!(refusal.found.contains(expected), "{url}: {refusal}");
    }
}

#[test]
fn parameters_that_protect_the_flow_cannot_be_replaced() {
    for name in ["state", "redirect_uri", "code_challenge", "client_secret"] {
        for list in ["authorize-params", "reconnect-params", "token-params", "refresh-params"] {
            let pointer = format!("/auth/0/kind/oauth2-code/{list}");
            check(&pointer, json!([{"name": name, "value": "x"}]), name);
        }
    }
    let mut renamed = with("/auth/0/kind/oauth2-code/param-names", json!([{"name": "client_id", "value": "app_id"}]));
    assert!(load(&renamed).is_ok());
    renamed.descriptor["auth"][0]["kind"]["oauth2-code"]["token-params"] = json!([{"name": "app_id", "value": "1"}]);
    assert!(load(&renamed).is_err());
}

#[test]
fn nothing_else_is_named_like_a_parameter_that_protects_the_flow() {
    let at = |field: &str| format!("/auth/0/kind/oauth2-code/{field}");
    for query in ["client_id=EVIL", "a=1&redirect%5Furi=https://evil.com", "STATE=1", "request=eyJhbGciOiJub25lIn0"] {
        for field in ["authorize-url", "token-url", "revoke-url"] {
            check(&at(field), json!(format!("https://login.acme.com/oauth?{query}")), "to a parameter of its own");
        }
    }
    check(&at("login-hint-param"), json!("redirect_uri"), "\"redirect_uri\" to a parameter of its own");
    check(&at("param-names"), json!([{"name": "scope", "value": "redirect_uri"}]), "\"redirect_uri\" to a parameter");
    let mut renamed = with(&at("param-names"), json!([{"name": "client_id", "value": "app_id"}]));
    renamed.descriptor["auth"][0]["kind"]["oauth2-code"]["authorize-url"] =
        json!("https://login.acme.com/?app_id=EVIL");
    assert!(load(&renamed).is_err());
    assert!(load(&with(&at("authorize-url"), json!("https://login.acme.com/oauth?tenant=common"))).is_ok());
}

#[test]
fn secrets_are_placed_by_declared_names_in_sensible_places() {
    check("/auth/0/uses/0/placements/0/secret", json!("password"), "\"password\", which is not declared");
    check("/auth/1/uses/0/placements/0/secret", json!("access_token"), "which is not declared");
    for name in ["", "host", "Content-Length", "x y", "x\r\ny"] {
        check("/auth/0/uses/0/placements/0/name", json!(name), "places a secret at");
    }
    check("/auth/0/uses/0/placements/0/prefix", json!("Bearer\r\nX: "), "places a secret at");
    check("/auth/0/kind/oauth2-code/token-pointers/0/value", json!("data.token"), "token-pointers");
    check("/auth/1/user-secrets", json!([]), "no user secret that must be given");
    check("/auth/1/user-secrets/0/optional", json!(true), "no user secret that must be given");
    check("/auth/0/app-secrets/0/optional", json!(true), "makes \"client_id\" optional");
    check("/auth/1/user-secrets/0/name", json!("refresh_token"), "\"refresh_token\"");
    check("/auth/0/app-secrets/0/name", json!("client_secret"), "makes \"client_secret\" public");
}

#[test]
fn features_must_be_there_and_be_declared() {
    check("/requires", json!(["body:zip"]), "\"body:zip\"");
    let urls = json!({"request-url": "https://login.acme.com/r", "authorize-url": "https://login.acme.com/a",
        "access-url": "https://login.acme.com/t", "signature": "HMAC-SHA1"});
    check("/auth/0/kind", json!({"oauth1": urls}), "`requires` does not name");
    let mut declared = with("/auth/0/kind", json!({"oauth1": urls}));
    declared.descriptor["requires"] = json!(["auth:oauth1"]);
    assert!(load(&declared).is_ok());
    let oauth2 = Guest::default().descriptor["auth"][0]["kind"]["oauth2-code"].clone();
    check("/auth/0/kind", json!({"oauth2-client-credentials": oauth2}), "which this host does not have");
    check("/auth/0/uses/0/signer", json!({"name": "aws-sigv4", "params": []}), "\"signer:aws-sigv4\"");
}

#[test]
fn datasets_must_have_keys_and_schemas() {
    check("/datasets/0/primary-key", json!([]), "primary-key` is empty");
    check("/datasets/0/primary-key", json!(["idd"]), "\"idd\"");
    check("/datasets/0/mode/daily/day-field", json!("date"), "\"date\"");
    check("/datasets/0/mode/daily/max-window-days", json!(0), "max-window-days");
    check("/datasets/0/row-schema", json!("{"), "is not JSON");
    check("/config-schema", json!("[]"), "is not an object");
    check("/budgets/0/calls", json!(0), "allows 0 calls");
    let dataset = Guest::default().descriptor["datasets"][0].clone();
    check("/datasets", json!([dataset, dataset]), "\"campaigns\" twice");
}

#[test]
fn an_issuer_is_one_that_a_provider_can_send() {
    for issuer in ["", "acme", "http://login.acme.com", "https://login.acme.com?tenant=1", "https://login.acme.com#x"] {
        check("/auth/0/kind/oauth2-code/issuer", json!(issuer), "issuer` is");
    }
    assert!(load(&with("/auth/0/kind/oauth2-code/issuer", json!("https://elsewhere.com/acme"))).is_ok());
}

#[test]
fn messages_are_proven_by_what_only_the_provider_has() {
    check("/inbound/label", json!(" "), "`inbound.label` is empty");
    check("/inbound/help-url", json!("http://acme.com"), "`inbound.help-url`");
    check("/inbound/proof/hmac/secret", json!("api_key"), "app secret \"api_key\", which is not declared");
    check("/inbound/handshake/echo/secret", json!("verify_token"), "\"verify_token\", which is not declared");
    check("/inbound/proof/hmac/secret", json!("client_id"), "\"client_id\", which is public");
    check("/inbound/handshake/echo/secret", json!("client_id"), "\"client_id\", which is public");
    let field = json!({"signed-field": {"secret": "webhook_secret", "name": "signed_request"}});
    let mut both = with("/inbound/proof", field);
    both.descriptor["inbound"]["handshake"] = json!({"signed": {"challenge": "c", "secret": "webhook_secret",
        "prefix": "", "encoding": "hex", "answer": "a", "repeat": null}});
    let refusal = load(&both).unwrap_err().to_string();
    assert!(refusal.contains("a signed handshake and a signed field"), "{refusal}");
    for header in ["", "x y", "x\r\ny", "Content-Length"] {
        check("/inbound/proof/hmac/signature", json!({"header": header}), "names the header");
    }
    let texts: Vec<_> = vec![json!({"text": "."}); 50];
    let too_many = [vec![json!("body")], texts].concat();
    let twice = json!(["body", "url", "url"]);
    for content in [json!([]), json!([{"text": "."}, "url"]), json!(["body", "body"]), twice, json!(too_many)] {
        check("/inbound/proof/hmac/content", content, "proof.hmac.content` has");
    }
    check("/inbound/proof/hmac/content", json!(["body"]), "`inbound.proof.hmac.sent-at` is not part of what is hashed");
    for tolerance in [0, 86_401] {
        check("/inbound/proof/hmac/sent-at/tolerance-s", json!(tolerance), "tolerance-s` is");
    }
    check("/inbound/handshake/echo/challenge", json!(""), "challenge` is \"\"");
    assert!(load(&with("/inbound/proof/hmac/hash", json!("sha1"))).is_ok(), "some providers have nothing better");
    assert!(load(&with("/inbound", Value::Null)).is_ok());
}

#[test]
fn keys_of_messages_lie_at_the_provider() {
    let jws = |url: &str, audience: &str| json!({"jws": {"jwks-url": url, "issuer": "https://acme.com", "audience": audience}});
    let keys = "https://login.acme.com/keys";
    check("/inbound/proof", jws("https://evil.com/keys", "client_id"), "its host is not in `hosts`");
    check("/inbound/proof", jws("http://login.acme.com/keys", "client_id"), "it is not https");
    check("/inbound/proof", jws(keys, "tenant"), "\"tenant\", which is not declared");
    assert!(load(&with("/inbound/proof", jws(keys, "client_id"))).is_ok());
    let field = |name: &str| json!({"signed-field": {"secret": "webhook_secret", "name": name}});
    check("/inbound/proof", field(""), "signed-field.name` is");
    assert!(load(&with("/inbound/proof", field("signed_request"))).is_ok());
}

#[test]
fn labels_are_cleaned_and_cut() {
    let mut guest = with("/display-name", json!("Ac\u{202e}me\r\n\u{1b}[31m Ads"));
    guest.descriptor["datasets"][0]["label"] = json!("x".repeat(10_000));
    let plugin = load(&guest).unwrap();
    assert_eq!(plugin.descriptor().display_name, "Acme [31m Ads");
    assert_eq!(plugin.descriptor().datasets[0].label.chars().count(), 200);
}
