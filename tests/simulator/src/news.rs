//! What providers say by themselves about a person, in their documented wire formats, signed.

mod google;

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Provider, world::world};

pub(crate) use google::key_set;

/// Where an app wants to be told, and with what that is signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Webhook {
    /// The address that the operator entered at the provider.
    pub url: String,
    /// Of the app that is told.
    pub client_id: String,
    /// What Meta and X sign with: the app secret, the API secret key.
    pub secret: String,
}

/// What happened to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The app was removed, or all its tokens were revoked.
    Revoked,
    /// The provider disabled the account.
    Disabled,
    /// The provider enabled the account again.
    Enabled,
}

/// A message as it is posted.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

/// The letter about `login`, if the provider writes one.
pub(crate) fn letter(provider: Provider, webhook: &Webhook, login: &str, news: News, now: i64) -> Option<Letter> {
    let subject = world().subject(provider, login);
    let (headers, body) = match (provider, news) {
        (Provider::Meta, News::Revoked) => deauthorized(webhook, &subject, now),
        (Provider::X, News::Revoked) => user_event(webhook, &subject, now),
        (Provider::Google, news) => google::event_token(webhook, &subject, news, now),
        _ => return None,
    };
    Some(Letter { url: webhook.url.clone(), headers, body })
}

/// What X asks of a webhook before it sends anything, and what it wants to hear:
/// <https://docs.x.com/x-api/webhooks/quickstart>.
pub(crate) fn challenge(webhook: &Webhook, token: &str) -> (String, serde_json::Value) {
    let expected = json!({ "response_token": format!("sha256={}", STANDARD.encode(mac(webhook, token))) });
    (format!("{}?crc_token={token}", webhook.url), expected)
}

type Posted = (Vec<(&'static str, String)>, String);

fn typed(content_type: &str) -> Vec<(&'static str, String)> {
    vec![("content-type", content_type.to_owned())]
}

/// <https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback>
fn deauthorized(webhook: &Webhook, subject: &str, now: i64) -> Posted {
    let payload = json!({ "user_id": subject, "algorithm": "HMAC-SHA256", "issued_at": now / 1000 });
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    let signature = URL_SAFE_NO_PAD.encode(mac(webhook, &payload));
    let field = format!("{signature}.{payload}");
    let body = format!("signed_request={}", utf8_percent_encode(&field, NON_ALPHANUMERIC));
    (typed("application/x-www-form-urlencoded"), body)
}

/// <https://docs.x.com/x-api/enterprise-gnip-2.0/fundamentals/account-activity>
fn user_event(webhook: &Webhook, subject: &str, now: i64) -> Posted {
    let at = Timestamp::from_millisecond(now).unwrap_or_default();
    let revoke = json!({
        "date_time": format!("{at:.0}"),
        "target": { "app_id": "13090192" },
        "source": { "user_id": subject },
    });
    let body = json!({ "user_event": { "revoke": revoke } }).to_string();
    let mut headers = typed("application/json");
    headers.push(("x-twitter-webhooks-signature", format!("sha256={}", STANDARD.encode(mac(webhook, &body)))));
    (headers, body)
}

fn mac(webhook: &Webhook, text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, webhook.secret.as_bytes()), text.as_bytes())
}
