//! What holds for every address, tried at the router of a whole server without plugins.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Method, Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::app::{self, Running, system_time};
use crate::config::Config;

use super::router;

const FORM: &str = "application/x-www-form-urlencoded";

/// A server with one owner, who is signed in.
struct Site {
    running: Running,
    cookie: String,
    csrf: String,
    _folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = Config { data_dir: folder.path().to_owned(), listen, ..Config::default() };
        let running = app::start(&config, Arc::new(system_time)).await.unwrap();
        let link = app::welcome_link(running.app()).await.unwrap().unwrap();
        let mut site = Self { running, cookie: String::new(), csrf: String::new(), _folder: folder };
        let owner = "name=Olivia&email=olivia@northside.example&password=correct+horse+battery+staple";
        let made = site.send(post(link.path(), owner)).await;
        assert_eq!(made.status(), StatusCode::SEE_OTHER);
        let cookie = made.headers()[SET_COOKIE].to_str().unwrap();
        site.cookie = cookie.split(';').next().unwrap().to_owned();
        let page = text(site.send(site.signed_in(get("/data-sources"))).await).await;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().clone_into(&mut site.csrf);
        site
    }

    async fn send(&self, request: Request<Body>) -> Response {
        router(self.running.app().clone()).oneshot(request).await.unwrap()
    }

    fn signed_in(&self, mut request: Request<Body>) -> Request<Body> {
        request.headers_mut().insert(COOKIE, self.cookie.parse().unwrap());
        request
    }

    async fn status_of_post(&self, headers: &[(&'static str, &str)], body: &str) -> StatusCode {
        let mut request = self.signed_in(post("/notices/read", body));
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        self.send(request).await.status()
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn post(path: &str, form: &str) -> Request<Body> {
    Request::post(path).header(CONTENT_TYPE, FORM).body(Body::from(form.to_owned())).unwrap()
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1_000_000).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let site = Site::start().await;
    let paths = [
        "/login",
        "/data-sources",
        "/nowhere",
        "/api/v1/clients",
        "/api/v1/nowhere",
        "/metrics",
        "/openapi.json",
        "/assets/x/relink.css",
        "/welcome/used",
        "/oauth/callback/x/y",
    ];
    for path in paths {
        let response = site.send(get(path)).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert!(headers.contains_key("cache-control"), "{path}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn errors_of_the_api_are_problem_documents() {
    let site = Site::start().await;
    let cases = [
        (Method::GET, "/api/v1/clients", false, 401),
        (Method::GET, "/api/v1/nowhere", true, 404),
        (Method::GET, "/api/v1/connections/conn_1", true, 404),
        (Method::DELETE, "/api/v1/clients", true, 405),
        (Method::GET, "/api/v1/connections?limit=-1", true, 400),
        (Method::GET, "/api/v1/connections?sort=password", true, 400),
        (Method::POST, "/api/v1/clients", true, 415),
    ];
    for (method, path, is_signed_in, status) in cases {
        let mut request = get(path);
        *request.method_mut() = method.clone();
        if is_signed_in {
            request = site.signed_in(request);
            request.headers_mut().insert("x-csrf-token", site.csrf.parse().unwrap());
        }
        let response = site.send(request).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json", "{method} {path}");
        let document: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(document["status"], status, "{method} {path}: {document}");
        assert!(!document["detail"].as_str().unwrap().is_empty(), "{method} {path}");
    }
}

#[tokio::test]
async fn only_a_page_of_this_host_with_its_token_may_change_something() {
    let site = Site::start().await;
    let token = format!("csrf={}", site.csrf);
    assert_eq!(site.status_of_post(&[], &token).await, StatusCode::SEE_OTHER);
    assert_eq!(site.status_of_post(&[("x-csrf-token", &site.csrf)], "").await, StatusCode::SEE_OTHER);
    let refused: [(&[(&'static str, &str)], &str); 6] = [
        (&[], ""),
        (&[], "csrf=wrong"),
        (&[("x-csrf-token", "wrong")], &token),
        (&[("origin", "https://evil.example")], &token),
        (&[("sec-fetch-site", "cross-site")], &token),
        (&[("content-type", "text/plain")], &token),
    ];
    for (headers, body) in refused {
        assert_eq!(site.status_of_post(headers, body).await, StatusCode::FORBIDDEN, "{headers:?} {body}");
    }
}

#[tokio::test]
async fn a_session_ends_with_the_sign_out_and_a_wrong_token_is_not_rescued_by_it() {
    let site = Site::start().await;
    let mut wrong = site.signed_in(get("/api/v1/clients"));
    wrong.headers_mut().insert(AUTHORIZATION, "Bearer rlk_wrong".parse().unwrap());
    assert_eq!(site.send(wrong).await.status(), StatusCode::UNAUTHORIZED);

    assert_eq!(site.send(site.signed_in(get("/api/v1/clients"))).await.status(), StatusCode::OK);
    let signed_out = site.send(site.signed_in(post("/logout", &format!("csrf={}", site.csrf)))).await;
    assert_eq!(signed_out.status(), StatusCode::SEE_OTHER);
    assert_eq!(site.send(site.signed_in(get("/api/v1/clients"))).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let site = Site::start().await;
    let response = site.send(get("/connections/conn_1?x=1")).await;
    assert_eq!(response.headers()[LOCATION], "/login?return_to=%2Fconnections%2Fconn_1%3Fx%3D1");
    let form = "email=olivia@northside.example&password=correct+horse+battery+staple&return_to=//evil.example";
    let signed_in = site.send(post("/login", form)).await;
    assert_eq!(signed_in.headers()[LOCATION], "/data-sources");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_the_same() {
    let site = Site::start().await;
    let mut answers = Vec::new();
    for email in ["olivia@northside.example", "nobody@northside.example"] {
        let response = site.send(post("/login", &format!("email={email}&password=wrong"))).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        answers.push(text(response).await.replace(email, "EMAIL"));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn the_welcome_link_works_once_and_looking_at_it_uses_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let config = Config { data_dir: folder.path().to_owned(), listen, ..Config::default() };
    let running = app::start(&config, Arc::new(system_time)).await.unwrap();
    let link = app::welcome_link(running.app()).await.unwrap().unwrap();
    let send = |request| router(running.app().clone()).oneshot(request);
    for _ in 0..2 {
        assert_eq!(send(get(link.path())).await.unwrap().status(), StatusCode::OK);
    }
    let short = "name=Olivia&email=olivia@northside.example&password=short";
    assert_eq!(send(post(link.path(), short)).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let good = "name=Olivia&email=olivia@northside.example&password=correct+horse+battery+staple";
    assert_eq!(send(post(link.path(), good)).await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(send(post(link.path(), good)).await.unwrap().status(), StatusCode::GONE);
    assert_eq!(send(get(link.path())).await.unwrap().status(), StatusCode::GONE);
    assert!(app::welcome_link(running.app()).await.unwrap().is_none());
}
