//! The provider of the template's plugin, on loopback. It answers as providers do that say too much: with the
//! token that it was sent.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const TOKEN: &str = "canary-access-token";

#[derive(Deserialize)]
struct Page {
    since: String,
    cursor: Option<String>,
}

/// Starts the provider for as long as the test runs; gives back the route to it.
pub(crate) fn start() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/api.beacon.example/v1/me", get(me))
        .route("/api.beacon.example/v1/accounts", get(accounts))
        .route("/api.beacon.example/v1/accounts/a1/clicks", get(clicks))
        .route("/api.beacon.example/v1/accounts/walled/clicks", get(wall));
    thread::spawn(move || runtime.block_on(axum::serve(listener, router).into_future()));
    format!("*=http://127.0.0.1:{port}/{{host}}")
}

async fn me(headers: HeaderMap) -> (StatusCode, String) {
    answer(&headers, json!({ "id": "u1", "email": "ann@example.com" }))
}

async fn accounts(headers: HeaderMap) -> (StatusCode, String) {
    answer(&headers, json!({ "data": [{ "id": "a1", "name": "Example Inc" }] }))
}

async fn clicks(headers: HeaderMap, Query(page): Query<Page>) -> (StatusCode, String) {
    let click =
        |id: &str| json!({ "campaign": { "id": id }, "date": page.since, "clicks": 12, "spend_micros": 2_500_000 });
    let document = match page.cursor.as_deref() {
        None => json!({ "data": [click("c1"), click(TOKEN)], "next": "p2" }),
        Some(_) => json!({ "data": [click("c2")], "next": null }),
    };
    answer(&headers, document)
}

/// A firewall before the provider, which says nothing about the credential.
async fn wall() -> (StatusCode, &'static str) {
    (StatusCode::UNAUTHORIZED, "<!doctype html><title>Are you a robot?</title>")
}

fn answer(headers: &HeaderMap, mut document: Value) -> (StatusCode, String) {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent != format!("Bearer {TOKEN}") {
        return (StatusCode::UNAUTHORIZED, json!({ "error": { "code": "UNAUTHENTICATED", "sent": sent } }).to_string());
    }
    document["debug"] = json!({ "sent": sent, "encoded": STANDARD.encode(sent) });
    (StatusCode::OK, document.to_string())
}
