//! What all tests need: a simulator, a client that follows no redirect, and a person who consents.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use relink_simulator::Simulator;
use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9/oauth/callback";
pub(crate) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-section-4";

pub(crate) struct Browser {
    pub(crate) sim: Simulator,
    pub(crate) http: Client,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let sim = Simulator::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { sim, http: client() }
    }

    /// The address under which a provider's own address is simulated.
    pub(crate) fn url(&self, real: &str) -> String {
        format!("{}/{}", self.sim.base_url(), real.strip_prefix("https://").unwrap())
    }

    pub(crate) fn get(&self, real: &str) -> RequestBuilder {
        self.http.get(self.url(real))
    }

    pub(crate) fn post(&self, real: &str) -> RequestBuilder {
        self.http.post(self.url(real))
    }

    /// Shows the consent page, which must be one, and answers it; the result is the redirect.
    pub(crate) async fn consent(&self, authorize: &str, form: &[(&str, &str)]) -> Url {
        let page = self.get(authorize).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains(r#"id="consent-form""#));
        let answer = self.post(authorize).form(form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
    }
}

pub(crate) fn client() -> Client {
    // The client is built without a provider of its own; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

/// Sends and reads status and JSON.
pub(crate) async fn send(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, body)
}

/// Sends what must succeed.
pub(crate) async fn ok(request: RequestBuilder) -> Value {
    let (status, body) = send(request).await;
    assert_eq!(status, 200, "{body}");
    body
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub(crate) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

#[expect(clippy::disallowed_methods, reason = "the simulator's days are real ones")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A day so many days before today, as text.
pub(crate) fn days_ago(days: i64) -> String {
    now().to_zoned(TimeZone::UTC).date().saturating_sub(days.days()).to_string()
}
