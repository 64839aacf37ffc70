use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use relink_core::plugin::{BodyFormat, Field, KeptFrom, KeptValue, OAuth2, Scope, TokenAuth, TransportKind};
use relink_egress::{Credentials, Egress, EgressConfig, TokenAnswer, TokenGrant, TokenKind, TokenRefusal, Tokens};

use crate::support::{Provider, Seen, descriptor, oauth2, secret};

const CODE: &str = "canary-code/1";
const VERIFIER: &str = "canary-verifier";
const OLD_TOKEN: &str = "canary-old-refresh-token";
const CLIENT_SECRET: &str = "canary-client-secret:&";

fn app() -> Credentials {
    Credentials::new().with("client_id", secret("app 1")).with("client_secret", secret(CLIENT_SECRET))
}

fn code_grant() -> TokenGrant {
    let redirect_uri = "https://relink.test/callback".to_owned();
    TokenGrant::AuthorizationCode { code: secret(CODE), redirect_uri, verifier: Some(secret(VERIFIER)) }
}

fn refresh_grant() -> TokenGrant {
    TokenGrant::RefreshToken { refresh_token: secret(OLD_TOKEN) }
}

fn fields(pairs: &[(&str, &str)]) -> Vec<Field> {
    pairs.iter().map(|(name, value)| Field::new(*name, *value)).collect()
}

async fn ask(provider: &Provider, oauth2: &OAuth2, grant: &TokenGrant) -> TokenAnswer {
    provider.egress().token_request(&descriptor(Vec::new()), oauth2, grant, &app()).await.unwrap()
}

/// What the provider sees of a token request.
async fn asked(oauth2: &OAuth2, grant: &TokenGrant) -> Seen {
    let provider = Provider::answering(|_| r#"{"access_token":"t"}"#).await;
    assert!(ask(&provider, oauth2, grant).await.tokens.is_some());
    provider.only_request()
}

#[tokio::test]
async fn a_code_is_exchanged_as_rfc_6749_has_it() {
    let seen = asked(&oauth2(), &code_grant()).await;
    assert_eq!((seen.method.as_str(), seen.path_and_query.as_str()), ("POST", "/api.example.com/token"));
    assert_eq!(seen.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(
        seen.body,
        "grant_type=authorization_code&code=canary-code%2F1&redirect_uri=https%3A%2F%2Frelink.test%2Fcallback\
         &code_verifier=canary-verifier&client_id=app+1&client_secret=canary-client-secret%3A%26"
    );
    assert_eq!(seen.header("authorization"), "");
}

#[tokio::test]
async fn the_descriptor_s_quirks_are_honoured() {
    let basic = OAuth2 { token_auth: TokenAuth::Basic, ..oauth2() };
    let seen = asked(&basic, &refresh_grant()).await;
    assert_eq!(seen.body, format!("grant_type=refresh_token&refresh_token={OLD_TOKEN}"));
    // "app+1:canary-client-secret%3A%26": form-encoded before base64, RFC 6749 section 2.3.1.
    assert_eq!(seen.header("authorization"), "Basic YXBwKzE6Y2FuYXJ5LWNsaWVudC1zZWNyZXQlM0ElMjY=");

    let public = OAuth2 { token_auth: TokenAuth::None, ..oauth2() };
    let seen = asked(&public, &refresh_grant()).await;
    assert_eq!(seen.body, format!("grant_type=refresh_token&refresh_token={OLD_TOKEN}&client_id=app+1"));

    let tiktok = OAuth2 {
        token_body: BodyFormat::Json,
        param_names: fields(&[("client_id", "app_id"), ("client_secret", "secret"), ("code", "auth_code")]),
        token_params: fields(&[("grant_type", ""), ("redirect_uri", ""), ("code_verifier", ""), ("v", "2")]),
        ..oauth2()
    };
    let seen = asked(&tiktok, &code_grant()).await;
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(
        seen.body,
        r#"{"app_id":"app 1","auth_code":"canary-code/1","secret":"canary-client-secret:&","v":"2"}"#
    );
}

#[tokio::test]
async fn an_access_token_is_extended_with_the_descriptor_s_parameters() {
    let meta = OAuth2 {
        refresh_params: fields(&[
            ("grant_type", "fb_exchange_token"),
            ("fb_exchange_token", "{access_token}"),
            ("odd", "{unknown} {client_id"),
        ]),
        ..oauth2()
    };
    let seen = asked(&meta, &TokenGrant::ExtendAccessToken { access_token: secret("{client_secret}") }).await;
    assert_eq!(
        seen.body,
        "client_id=app+1&client_secret=canary-client-secret%3A%26&grant_type=fb_exchange_token\
         &fb_exchange_token=%7Bclient_secret%7D&odd=%7Bunknown%7D+%7Bclient_id"
    );
}

#[tokio::test]
async fn client_credentials_ask_for_the_declared_scopes() {
    let scope = |name: &str| Scope { name: name.to_owned(), label: String::new(), required: true };
    let separated = OAuth2 { scopes: vec![scope("a"), scope("b")], scope_separator: ",".to_owned(), ..oauth2() };
    let seen = asked(&separated, &TokenGrant::ClientCredentials).await;
    assert!(seen.body.starts_with("grant_type=client_credentials&scope=a%2Cb&"), "{}", seen.body);
}

#[tokio::test]
async fn a_token_endpoint_outside_the_plugin_s_hosts_gets_nothing() {
    let provider = Provider::answering(|_| "").await;
    for url in ["https://evil.test/token", "http://api.example.com/token", "https://127.0.0.1/token"] {
        let moved = OAuth2 { token_url: url.to_owned(), revoke_url: Some(url.to_owned()), ..oauth2() };
        let descriptor = descriptor(Vec::new());
        let asked = provider.egress().token_request(&descriptor, &moved, &code_grant(), &app()).await;
        assert_eq!(asked.unwrap_err().kind, TransportKind::Blocked);
        let token = secret("token");
        let revoked = provider.egress().revoke(&descriptor, &moved, &token, TokenKind::AccessToken, &app()).await;
        assert_eq!(revoked.unwrap_err().kind, TransportKind::Blocked);
    }
    let no_secret = Credentials::new().with("client_id", secret("app"));
    let asked = provider.egress().token_request(&descriptor(Vec::new()), &oauth2(), &code_grant(), &no_secret).await;
    assert_eq!(asked.unwrap_err().kind, TransportKind::Blocked);
    assert_eq!(provider.seen().len(), 0);
}

async fn answered(oauth2: &OAuth2, body: &str) -> TokenAnswer {
    let body = body.to_owned();
    let provider = Provider::answering(move |_| body.clone()).await;
    ask(&provider, oauth2, &refresh_grant()).await
}

async fn tokens(oauth2: &OAuth2, body: &str) -> Tokens {
    let answer = answered(oauth2, body).await;
    let shown = String::from_utf8(answer.response.body).unwrap();
    assert!(!shown.contains("canary"), "{shown}");
    answer.tokens.unwrap_or_else(|| panic!("{body}: {:?}", answer.refusal))
}

#[tokio::test]
async fn tokens_are_lifted_out_and_the_rest_is_safe_to_show() {
    let body = r#"{"access_token":"canary-a","refresh_token":"canary\/r","token_type":"Bearer","expires_in":3600,
        "refresh_token_expires_in":"7200","scope":"ads.read email","id_token":"canary.id.token","user":"anna"}"#;
    let answer = answered(&oauth2(), body).await;
    let shown = String::from_utf8(answer.response.body.clone()).unwrap();
    assert!(shown.contains("anna") && !shown.contains("canary"), "{shown}");
    assert!(!format!("{answer:?}").contains("canary"));
    let tokens = answer.tokens.unwrap();
    assert_eq!(tokens.access_token.expose(), "canary-a");
    assert_eq!(tokens.refresh_token.unwrap().expose(), "canary/r");
    assert_eq!((tokens.expires_in_s, tokens.refresh_token_expires_in_s), (Some(3600), Some(7200)));
    assert_eq!(tokens.scopes.unwrap(), ["ads.read", "email"]);
}

#[tokio::test]
async fn lifetimes_of_every_kind_are_tolerated() {
    let cases = [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("3600.9", Some(3600)),
        ("\" 60 \"", Some(60)),
        ("0", None),
        ("-1", None),
        ("null", None),
        ("\"never\"", None),
        ("\"NaN\"", None),
        ("{}", None),
        ("99999999999999999999", Some(315_360_000)),
        ("1e300", Some(315_360_000)),
        ("\"inf\"", Some(315_360_000)),
    ];
    for (lifetime, expected) in cases {
        let body = format!(r#"{{"access_token":"canary","expires_in":{lifetime}}}"#);
        assert_eq!(tokens(&oauth2(), &body).await.expires_in_s, expected, "{lifetime}");
    }
    assert_eq!(tokens(&oauth2(), r#"{"access_token":"canary"}"#).await.expires_in_s, None);
}

#[tokio::test]
async fn odd_but_honest_answers_are_read() {
    let minimal = tokens(&oauth2(), r#"{"access_token":"canary","refresh_token":"","scope":null}"#).await;
    assert!(minimal.refresh_token.is_none() && minimal.scopes.is_none());
    let listed = tokens(&oauth2(), r#"{"access_token":"canary","scope":["a","b"],"refresh_token":null}"#).await;
    assert_eq!(listed.scopes.unwrap(), ["a", "b"]);
    let form = tokens(&oauth2(), "access_token=canary%2Fx&expires_in=60&scope=a%2Cb&token_type=bearer").await;
    assert_eq!((form.access_token.expose(), form.expires_in_s), ("canary/x", Some(60)));
    assert_eq!(form.scopes.unwrap(), ["a", "b"]);

    let wrapped = OAuth2 { token_pointers: fields(&[("access_token", "/data/token")]), ..oauth2() };
    let body = r#"{"code":0,"data":{"token":"canary-wrapped"}}"#;
    assert_eq!(tokens(&wrapped, body).await.access_token.expose(), "canary-wrapped");

    let slack = OAuth2 { token_pointers: fields(&[("token_type", "")]), ..oauth2() };
    let body = r#"{"access_token":"canary","token_type":"bot"}"#;
    assert_eq!(tokens(&slack, body).await.access_token.expose(), "canary");
}

#[tokio::test]
async fn answers_that_cannot_be_trusted_give_no_tokens_and_show_none() {
    let deep = format!(r#"{{"access_token":"canary","x":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
    let long = format!(r#"{{"access_token":"canary{}"}}"#, "x".repeat(20_000));
    let cases = [
        (r#"{"error":"invalid_grant"}"#, TokenRefusal::NoAccessToken),
        (r#"{"access_token":"","refresh_token":"canary-1"}"#, TokenRefusal::NoAccessToken),
        (r#"{"access_token":null}"#, TokenRefusal::NoAccessToken),
        ("[]", TokenRefusal::NoAccessToken),
        (r#"{"access_token":"canary-1","access_token":"canary-2"}"#, TokenRefusal::Ambiguous),
        (r#"{"a":{"b":1,"b":2},"access_token":"canary-1"}"#, TokenRefusal::Ambiguous),
        ("access_token=canary-1&access_token=canary-2", TokenRefusal::Ambiguous),
        (r#"{"access_token":"canary\r\nHost: evil"}"#, TokenRefusal::MalformedToken),
        (r#"{"access_token":"canary\u0000"}"#, TokenRefusal::MalformedToken),
        (r#"{"access_token":"canary-1","refresh_token":"canary\n"}"#, TokenRefusal::MalformedToken),
        (r#"{"access_token":"canary-\u00e9"}"#, TokenRefusal::MalformedToken),
        (r#"{"access_token":{"canary":1}}"#, TokenRefusal::MalformedToken),
        (&long, TokenRefusal::MalformedToken),
        (r#"{"access_token":"canary-1","token_type":"mac"}"#, TokenRefusal::NotBearer),
        (&deep, TokenRefusal::Unreadable),
        (r#"{"access_token":"canary-1"} trailing"#, TokenRefusal::Unreadable),
        ("<html>please log in</html>", TokenRefusal::Unreadable),
        ("", TokenRefusal::Unreadable),
    ];
    for (body, refusal) in cases {
        let answer = answered(&oauth2(), body).await;
        assert!(answer.tokens.is_none(), "{body}");
        assert_eq!(answer.refusal, Some(refusal), "{body}");
        let shown = String::from_utf8(answer.response.body).unwrap();
        assert!(!shown.contains("canary-"), "{shown}");
    }
}

#[tokio::test]
async fn tokens_show_nowhere_the_descriptor_does_not_look() {
    let elsewhere = OAuth2 { token_pointers: fields(&[("access_token", "/elsewhere")]), ..oauth2() };
    for body in [
        "\u{feff}{\"accessToken\":\"canary-bom\"}",
        "<answer><AccessToken>canary-xml</AccessToken></answer>",
        "oauth_token=canary-oauth1&oauth_token_secret=canary-oauth1-secret",
        "CLIENT-SECRET: canary-text",
        r#"{"token":{"value":"canary-nested"}}"#,
        r#"{"tokens":["canary-in-list"]}"#,
        r#"{"secrets":[{"kind":"refresh","is":"canary-in-object"}]}"#,
    ] {
        let answer = answered(&elsewhere, body).await;
        let shown = String::from_utf8(answer.response.body).unwrap();
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_full_of_tokens_takes_no_longer_and_is_not_shown() {
    let many: Vec<String> = (0..4_000).map(|n| format!(r#"{{"token":"canary-token-{n:016}"}}"#)).collect();
    let long = "a".repeat(100_000);
    for rest in [many.join(","), format!(r#"{{"token":"{long}b"}},"{long}""#)] {
        let body = format!(r#"{{"access_token":"canary","rest":[{rest}]}}"#);
        for status in [StatusCode::OK, StatusCode::BAD_REQUEST] {
            let headers = [("x-one-of-them", "canary-token-0000000000000007")];
            let body = body.clone();
            let provider = Provider::answering(move |_| (status, headers, body.clone())).await;
            let begun = Instant::now();
            let answer = ask(&provider, &oauth2(), &refresh_grant()).await;
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
            assert_eq!(answer.response.status, status.as_u16());
            let shown = format!("{:?} {}", answer.response.headers, String::from_utf8(answer.response.body).unwrap());
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}

#[tokio::test]
async fn an_error_is_shown_without_what_was_sent() {
    let echo = |seen: &Seen| -> Response {
        (StatusCode::BAD_REQUEST, format!(r#"{{"error":"invalid_grant","echo":"{}"}}"#, seen.body)).into_response()
    };
    let provider = Provider::answering(echo).await;
    for grant in [code_grant(), refresh_grant()] {
        let answer = ask(&provider, &oauth2(), &grant).await;
        let shown = String::from_utf8(answer.response.body).unwrap();
        assert!(shown.contains("invalid_grant") && shown.contains("app+1"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(answer.tokens.is_none() && answer.refusal.is_none());
    }
}

#[tokio::test]
async fn an_error_status_never_gives_tokens() {
    let provider = Provider::answering(|_| (StatusCode::BAD_REQUEST, r#"{"access_token":"canary"}"#)).await;
    let answer = ask(&provider, &oauth2(), &refresh_grant()).await;
    assert!(answer.tokens.is_none());
    assert_eq!(answer.response.body, br#"{"access_token":"[redacted]"}"#);
}

#[tokio::test]
async fn a_huge_answer_is_refused() {
    let provider =
        Provider::answering(|_| format!(r#"{{"access_token":"canary","x":"{}"}}"#, "x".repeat(2 << 20))).await;
    let asked = provider.egress().token_request(&descriptor(Vec::new()), &oauth2(), &refresh_grant(), &app()).await;
    assert_eq!(asked.unwrap_err().kind, TransportKind::TooLarge);
}

#[tokio::test]
async fn a_request_for_which_there_was_no_room_is_known_not_to_be_sent() {
    let provider = Provider::writing(|socket| async move {
        let _held = socket;
        std::future::pending().await
    })
    .await;
    let egress = Egress::new(EgressConfig { per_host_concurrency: 1, ..provider.config() }).unwrap();
    let (descriptor, oauth2, grant, app) = (descriptor(Vec::new()), oauth2(), refresh_grant(), app());
    let ask = || egress.token_request(&descriptor, &oauth2, &grant, &app);
    let failure = tokio::select! {
        biased;
        _ = ask() => panic!("the provider never answers"),
        second = ask() => second.unwrap_err(),
    };
    assert_eq!(failure.kind, TransportKind::Connect, "{failure:?}");
}

#[tokio::test]
async fn settings_are_kept_but_never_a_token() {
    let keep = |name: &str, into: &str| KeptValue {
        source: KeptFrom::TokenAnswer,
        name: name.to_owned(),
        into_config: into.to_owned(),
    };
    let keeping = OAuth2 {
        keep: vec![
            keep("instance_url", "instance"),
            keep("/team/id", "team"),
            keep("missing", "missing"),
            keep("access_token", "stolen"),
            keep("/nested", "stolen"),
            keep("hidden_token", "stolen"),
            KeptValue { source: KeptFrom::CallbackQuery, ..keep("team", "other") },
        ],
        token_pointers: fields(&[("access_token", "/shown")]),
        ..oauth2()
    };
    let body = r#"{"shown":"canary-shown","access_token":"canary-access-token","instance_url":"https://eu.example.com",
        "team":{"id":7},"nested":{"a":["canary-shown"]},"hidden_token":"canary-hidden-token"}"#;
    let kept = tokens(&keeping, body).await.kept;
    assert_eq!(kept, fields(&[("instance", "https://eu.example.com"), ("team", "7")]));
}

#[tokio::test]
async fn tokens_in_headers_are_taken_out_too() {
    let answer = |_: &Seen| ([(header::LOCATION, "/?t=canary-token")], r#"{"access_token":"canary-token"}"#);
    let provider = Provider::answering(answer).await;
    let answer = ask(&provider, &oauth2(), &refresh_grant()).await;
    assert!(answer.response.headers.contains(&Field::new("location", "/?t=[redacted]")));
}

#[tokio::test]
async fn a_token_is_revoked_as_rfc_7009_has_it() {
    let provider = Provider::answering(|seen| seen.body.clone()).await;
    let (egress, descriptor, token) = (provider.egress(), descriptor(Vec::new()), secret(OLD_TOKEN));
    let revoked = egress.revoke(&descriptor, &oauth2(), &token, TokenKind::RefreshToken, &app()).await.unwrap();
    let seen = provider.only_request();
    assert_eq!(seen.path_and_query, "/api.example.com/revoke");
    assert!(seen.body.starts_with(&format!("token={OLD_TOKEN}&token_type_hint=refresh_token&client_id=")));
    assert!(!String::from_utf8(revoked.unwrap().body).unwrap().contains("canary"));

    let none = OAuth2 { revoke_url: None, ..oauth2() };
    assert_eq!(egress.revoke(&descriptor, &none, &token, TokenKind::RefreshToken, &app()).await, Ok(None));
    assert_eq!(provider.seen().len(), 1);
}
