//! No secret comes back to a plugin, and none shows in what a developer may print.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use relink_core::plugin::{Delivery, Framing, Place, Request, TransportFailure};
use relink_egress::{Answer, SendError};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{
    HOST, Provider, Seen, TOKEN, bearer, credential_use, credentials, get, method, placement, secret, send_as,
};

const KEY: &str = "canary-key:with&odd=chars";

/// Everything that the provider can do to give a plugin its own request back.
fn echo(seen: &Seen) -> Response {
    echo_as(StatusCode::UNAUTHORIZED, seen)
}

fn echo_as(status: StatusCode, seen: &Seen) -> Response {
    let raw = format!("{seen:?}");
    let token = seen.header("authorization").trim_start_matches("Bearer ").to_owned();
    let body = format!(
        "{raw} {} {} {}",
        utf8_percent_encode(&token, NON_ALPHANUMERIC),
        STANDARD.encode(format!("prefix {token} suffix")),
        token.replace('/', "\\/"),
    );
    let headers = [
        ("x-echo", token.clone()),
        ("www-authenticate", format!("Bearer error=\"invalid_token\", token=\"{token}\"")),
        ("location", format!("https://api.example.com/?t={}", utf8_percent_encode(&token, NON_ALPHANUMERIC))),
    ];
    (status, headers, body).into_response()
}

/// As data, as a redirect to the same host, as an error: a plugin is given all of them.
#[tokio::test]
async fn an_echo_gives_nothing_away() {
    for status in [StatusCode::OK, StatusCode::FOUND, StatusCode::UNAUTHORIZED, StatusCode::BAD_GATEWAY] {
        let provider = Provider::answering(move |seen| echo_as(status, seen)).await;
        let answer = provider.send(&get("/")).await.unwrap();
        assert_eq!(answer.response.status, status.as_u16());
        let text = format!("{:?} {}", answer.response.headers, String::from_utf8(answer.response.body).unwrap());
        assert!(!text.contains("canary"), "{text}");
        assert!(!text.contains(&STANDARD.encode(TOKEN)[4..20]), "{text}");
        assert!(text.contains("Bearer error"), "what is no secret stays: {text}");
        assert!(text.matches("[redacted]").count() >= 6, "{text}");
        provider.only_request();
    }
}

#[tokio::test]
async fn secrets_that_were_not_sent_are_taken_out_too() {
    let provider = Provider::answering(|_| format!("{TOKEN} {KEY} someone@example.com")).await;
    let credentials = credentials().with("api_key", secret(KEY)).with("email", secret("someone@example.com"));
    let request = Request { credential: None, ..get("/") };
    let answer = send_as(&provider.egress(), &method(Vec::new()), &credentials, &request).await.unwrap();
    assert_eq!(answer.response.body, b"[redacted] [redacted] someone@example.com");
}

#[tokio::test]
async fn basic_authentication_is_taken_out_as_it_was_sent() {
    let provider = Provider::answering(|seen| seen.header("authorization").to_owned()).await;
    let placements = vec![placement("email", Place::BasicUser, ""), placement("api_key", Place::BasicPassword, "")];
    let method = method(vec![credential_use("default", placements)]);
    let credentials = credentials().with("email", secret("me")).with("api_key", secret(KEY));
    let answer = send_as(&provider.egress(), &method, &credentials, &get("/")).await.unwrap();
    let body = String::from_utf8(answer.response.body).unwrap();
    assert!(body.contains("[redacted]") && body.len() < 24, "{body}");
}

/// Sends the token one byte at a time.
fn drip(_: &Seen) -> Response {
    let bytes = format!("a {TOKEN} b\nc {TOKEN} d\n").into_bytes();
    let pieces = stream::iter(bytes).then(|byte| async move {
        tokio::task::yield_now().await;
        Ok::<_, std::io::Error>(vec![byte])
    });
    Body::from_stream(pieces).into_response()
}

#[tokio::test]
async fn a_secret_across_the_borders_of_pieces_is_found() {
    let provider = Provider::answering(drip).await;
    let whole = provider.send(&get("/")).await.unwrap();
    assert_eq!(whole.response.body, b"a [redacted] b\nc [redacted] d\n");
    let deliver = Delivery::Chunks { framing: Framing::Raw, max_bytes: 5 };
    let mut answer = provider.send(&Request { deliver, ..get("/") }).await.unwrap();
    let mut all = answer.response.body.clone();
    while let Some(part) = answer.next_part().await.unwrap() {
        all.extend(part.body);
    }
    assert_eq!(all, whole.response.body);
}

#[tokio::test]
async fn failures_do_not_quote_the_request() {
    let provider = Provider::writing(|_| async { Ok(()) }).await;
    let method = method(vec![credential_use("default", vec![placement("access_token", Place::Query, "key")])]);
    let sent: Result<Answer, SendError> =
        send_as(&provider.egress(), &method, &credentials(), &get("/secret-path")).await;
    let Err(SendError::Failed(failure)) = sent else { panic!("an answer came") };
    let TransportFailure { detail, .. } = &failure;
    assert!(detail.starts_with(HOST) && !detail.contains("canary") && !detail.contains("secret-path"), "{detail}");
}

#[tokio::test]
async fn logs_at_the_finest_level_hold_no_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let provider = Provider::answering(echo).await;
    let in_query = vec![bearer(), placement("access_token", Place::Query, "key")];
    let method = method(vec![credential_use("default", in_query)]);
    let request = get("/things?filter=private");
    send_as(&provider.egress(), &method, &credentials(), &request).await.unwrap();
    let written = log.written();
    assert!(written.contains("provider answered") && written.contains("/things"), "{written}");
    assert!(!written.contains("canary") && !written.contains("private"), "{written}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn written(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn credentials_show_only_their_names() {
    let shown = format!("{:?}", credentials().with("api_key", secret(KEY)));
    assert_eq!(shown, r#"{"access_token", "api_key"}"#);
}
