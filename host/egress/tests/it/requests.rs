use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use relink_core::plugin::{Field, Place, Placement, Request, Signer, TransportKind};
use relink_egress::{Credentials, Egress, EgressConfig, Routes};
use tokio::net::TcpListener;

use crate::support::{
    Provider, Seen, TOKEN, bearer, credential_use, credentials, get, kind, method, placement, secret, send, send_as,
    write,
};

#[tokio::test]
async fn a_request_arrives_as_the_plugin_made_it_with_the_credential() {
    let provider = Provider::answering(|_| "hello").await;
    let headers = vec![Field::new("Accept", "application/json"), Field::new("x-version", "2")];
    let request =
        Request { method: "PATCH".to_owned(), headers, body: Some(b"body".to_vec()), ..get("/v1/things?b=2&a=1") };
    let answer = provider.send(&request).await.unwrap();
    assert_eq!((answer.response.status, answer.response.body.as_slice()), (200, &b"hello"[..]));
    let seen = provider.only_request();
    assert_eq!(seen.method, "PATCH");
    assert_eq!(seen.path_and_query, "/api.example.com/v1/things?b=2&a=1");
    assert_eq!(seen.body, "body");
    assert_eq!(seen.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("x-version"), "2");
    assert_eq!(seen.header("accept-encoding"), "gzip");
    assert!(seen.header("user-agent").starts_with("relink/"));
}

#[tokio::test]
async fn without_a_named_credential_nothing_secret_is_sent() {
    let provider = Provider::answering(|_| "").await;
    provider.send(&Request { credential: None, ..get("/") }).await.unwrap();
    assert!(!format!("{:?}", provider.only_request()).contains("canary"));
}

/// Sends one request with these placements and gives back what the provider saw.
async fn placed(placements: Vec<Placement>, request: Request) -> Seen {
    let provider = Provider::answering(|_| "").await;
    let credentials = credentials().with("email", secret("a@b.c")).with("api_key", secret("k&1/2"));
    let method = method(vec![credential_use("default", placements)]);
    send_as(&provider.egress(), &method, &credentials, &request).await.unwrap();
    provider.only_request()
}

#[tokio::test]
async fn secrets_go_where_the_descriptor_says() {
    let several = vec![placement("api_key", Place::Header, "X-Token"), placement("email", Place::Header, "X-User")];
    let seen = placed(several, get("/")).await;
    assert_eq!((seen.header("x-token"), seen.header("x-user")), ("k&1/2", "a@b.c"));

    let seen = placed(vec![placement("api_key", Place::Query, "key")], get("/?q=a%20b")).await;
    assert_eq!(seen.path_and_query, "/api.example.com/?q=a%20b&key=k%261%2F2");

    let form = Request { method: "POST".to_owned(), ..get("/") };
    let seen = placed(vec![placement("api_key", Place::FormField, "key")], form.clone()).await;
    assert_eq!(seen.body, "key=k%261%2F2");
    assert_eq!(seen.header("content-type"), "application/x-www-form-urlencoded");

    let headers = vec![Field::new("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let filled = Request { body: Some(b"a=1".to_vec()), headers, ..form.clone() };
    assert_eq!(placed(vec![placement("api_key", Place::FormField, "key")], filled).await.body, "a=1&key=k%261%2F2");

    let json = Request { body: Some(br#"{"auth":{},"q":1}"#.to_vec()), ..form };
    let seen = placed(vec![placement("api_key", Place::JsonPointer, "/auth/key")], json).await;
    assert_eq!(seen.body, r#"{"auth":{"key":"k&1/2"},"q":1}"#);

    let user = Placement { suffix: "/token".to_owned(), ..placement("email", Place::BasicUser, "") };
    let seen = placed(vec![user, placement("api_key", Place::BasicPassword, "")], get("/")).await;
    assert_eq!(seen.header("authorization"), "Basic YUBiLmMvdG9rZW46ayYxLzI=");

    let seen = placed(vec![placement("api_key", Place::BasicUser, "")], get("/")).await;
    assert_eq!(seen.header("authorization"), "Basic ayYxLzI6");
}

#[tokio::test]
async fn an_optional_secret_that_nobody_gave_is_left_out() {
    let provider = Provider::answering(|_| "").await;
    let developer_token = placement("api_key", Place::Header, "developer-token");
    let mut method = method(vec![credential_use("default", vec![bearer(), developer_token])]);
    let refused = send_as(&provider.egress(), &method, &credentials(), &get("/")).await;
    assert_eq!(kind(refused), TransportKind::Blocked, "what is needed is not left out");
    method.user_secrets.iter_mut().for_each(|slot| slot.optional = true);
    send_as(&provider.egress(), &method, &credentials(), &get("/")).await.unwrap();
    let given = credentials().with("api_key", secret("given"));
    send_as(&provider.egress(), &method, &given, &get("/")).await.unwrap();
    let seen = provider.seen();
    assert_eq!(seen.len(), 2);
    let tokens: Vec<_> = seen.iter().map(|request| request.headers.get("developer-token")).collect();
    assert!(tokens[0].is_none() && tokens[1].is_some(), "{tokens:?}");
    assert!(seen.iter().all(|request| request.header("authorization").starts_with("Bearer ")));
}

/// Sends `request` and checks that it was refused before anything reached the provider.
async fn check_refused(placements: Vec<Placement>, credentials: &Credentials, request: &Request) {
    let provider = Provider::answering(|_| "").await;
    let method = method(vec![credential_use("default", placements)]);
    let sent = send_as(&provider.egress(), &method, credentials, request).await;
    assert_eq!(kind(sent), TransportKind::Blocked);
    assert_eq!(provider.seen().len(), 0);
}

#[tokio::test]
async fn what_a_plugin_may_not_say_is_never_sent() {
    let url = |url: &str| Request { url: url.to_owned(), ..get("/") };
    let header = |name: &str| Request { headers: vec![Field::new(name, "x")], ..get("/") };
    let refused = [
        url("https://evil.test/"),
        url("https://api.example.com.evil.test/"),
        url("https://a.b.example.net/"),
        url("http://api.example.com/"),
        url("https://api.example.com:8443/"),
        url("https://127.0.0.1/"),
        header("Host"),
        header("Authorization"),
        header("Cookie"),
        header("Transfer-Encoding"),
        Request { method: "CONNECT".to_owned(), ..get("/") },
        Request { credential: Some("undeclared".to_owned()), ..get("/") },
        Request { body: Some(vec![0; (16 << 20) + 1]), ..get("/") },
    ];
    for request in refused {
        check_refused(vec![bearer()], &credentials(), &request).await;
    }
}

#[tokio::test]
async fn a_credential_that_cannot_be_placed_stops_the_request() {
    check_refused(vec![bearer()], &Credentials::new(), &get("/")).await;
    for bad in ["a\r\nHost: evil.test", "a\nb", "a\0", "a\x7f"] {
        check_refused(vec![bearer()], &Credentials::new().with("access_token", secret(bad)), &get("/")).await;
    }
    let colon = Credentials::new().with("email", secret("a:b"));
    check_refused(vec![placement("email", Place::BasicUser, "")], &colon, &get("/")).await;
    let in_query = vec![placement("access_token", Place::Query, "key")];
    check_refused(in_query, &credentials(), &get("/?key=other")).await;
    let not_json = Request { body: Some(b"<xml/>".to_vec()), ..get("/") };
    check_refused(vec![placement("access_token", Place::JsonPointer, "/key")], &credentials(), &not_json).await;
    check_refused(vec![placement("access_token", Place::FormField, "key")], &credentials(), &not_json).await;
}

#[tokio::test]
async fn a_credential_goes_only_to_its_own_hosts() {
    let provider = Provider::answering(|_| "").await;
    let mut narrow = credential_use("default", vec![bearer()]);
    narrow.hosts = vec!["auth.example.net".to_owned()];
    let method = method(vec![narrow]);
    let elsewhere = Request { url: "https://auth.example.net/".to_owned(), ..get("/") };
    assert!(send_as(&provider.egress(), &method, &credentials(), &elsewhere).await.is_ok());
    let refused = send_as(&provider.egress(), &method, &credentials(), &get("/")).await;
    assert_eq!(kind(refused), TransportKind::Blocked);
    assert_eq!(provider.seen().len(), 1);
}

#[tokio::test]
async fn an_unknown_signer_stops_the_request() {
    let provider = Provider::answering(|_| "").await;
    let mut signed = credential_use("default", vec![bearer()]);
    signed.signer = Some(Signer { name: "sorcery".to_owned(), params: Vec::new() });
    let sent = send_as(&provider.egress(), &method(vec![signed]), &credentials(), &get("/")).await;
    assert_eq!(kind(sent), TransportKind::Blocked);
    assert_eq!(provider.seen().len(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let provider = Provider::answering(move |_| {
            let location = [(header::LOCATION, "https://api.example.com/next")];
            (StatusCode::from_u16(status).unwrap(), location, "moved").into_response()
        });
        let provider = provider.await;
        let answer = provider.send(&get("/")).await.unwrap();
        assert_eq!(answer.response.status, status);
        assert!(answer.response.headers.contains(&Field::new("location", "https://api.example.com/next")));
        provider.only_request();
    }
}

#[tokio::test]
async fn a_name_that_leads_to_the_loopback_is_refused_unless_it_is_routed() {
    let provider = Provider::answering(|_| "").await;
    let request = Request { url: "https://localhost/".to_owned(), ..get("/") };
    let unrouted = Egress::new(EgressConfig::default()).unwrap();
    assert_eq!(kind(send(&unrouted, &request).await), TransportKind::Blocked);
    assert!(provider.send(&request).await.is_ok());
}

#[tokio::test]
async fn failures_to_connect_are_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = routed_to(&format!("http://{closed}"));
    assert_eq!(kind(send(&refused, &get("/")).await), TransportKind::Connect);

    let plain = Provider::writing(|socket| write(socket, "HTTP/1.1 200 OK\r\n\r\n")).await;
    let base = plain.config().routes.rewrite(&"https://x.test/".parse().unwrap());
    let no_tls = routed_to(&format!("https://127.0.0.1:{}", base.port().unwrap()));
    assert_eq!(kind(send(&no_tls, &get("/")).await), TransportKind::Tls);

    let hangs_up = Provider::writing(|_| async { Ok(()) }).await;
    assert_eq!(kind(hangs_up.send(&get("/")).await), TransportKind::Reset);
}

fn routed_to(base: &str) -> Egress {
    let routes = Routes::new([("*".to_owned(), base.to_owned())]).unwrap();
    Egress::new(EgressConfig { routes, ..EgressConfig::default() }).unwrap()
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up() {
    let silent = Provider::writing(|socket| async move {
        let held = socket;
        std::future::pending::<()>().await;
        drop(held);
        Ok(())
    });
    let silent = silent.await;
    let request = Request { timeout_ms: Some(50), ..get("/") };
    assert_eq!(kind(silent.send(&request).await), TransportKind::Timeout);
    let total_timeout = Duration::from_millis(50);
    let impatient = Egress::new(EgressConfig { total_timeout, ..silent.config() }).unwrap();
    let greedy = Request { timeout_ms: Some(u32::MAX), ..get("/") };
    assert_eq!(kind(send(&impatient, &greedy).await), TransportKind::Timeout);
}
