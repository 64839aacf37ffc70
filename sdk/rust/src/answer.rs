//! Reading what came back. Nothing here trusts the bytes: each method has an answer to any input.

use std::borrow::Cow;

use serde_json::Value;

use crate::retry_after;
use crate::{Failure, Field, Response};

impl Response {
    /// The body as a JSON document.
    ///
    /// ```
    /// use relink_sdk::Response;
    ///
    /// let answer = Response { status: 200, headers: vec![], body: b"{\"n\":1}".to_vec(), more: false };
    /// assert_eq!(answer.json().unwrap()["n"], 1);
    /// ```
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text; bytes that are no text become `�`.
    ///
    /// ```
    /// # use relink_sdk::Response;
    /// let answer = Response { status: 200, headers: vec![], body: b"ok".to_vec(), more: false };
    /// assert_eq!(answer.text(), "ok");
    /// ```
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The first header of this name, in whatever case it was written.
    ///
    /// ```
    /// # use relink_sdk::{Field, Response};
    /// let headers = vec![Field { name: "etag".into(), value: "7".into() }];
    /// let answer = Response { status: 200, headers, body: vec![], more: false };
    /// assert_eq!(answer.header("ETag"), Some("7"));
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The status says success.
    ///
    /// ```
    /// # use relink_sdk::Response;
    /// assert!(Response { status: 204, headers: vec![], body: vec![], more: false }.is_success());
    /// ```
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Failure {
    /// The body as a JSON document; an array of errors gives its first one.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Sync).answered(400, &[], "[{\"error\":\"no\"}]");
    /// assert_eq!(failure.json().unwrap()["error"], "no");
    /// ```
    pub fn json(&self) -> Option<Value> {
        let document: Value = serde_json::from_slice(&self.body).ok()?;
        match document {
            Value::Array(mut items) if items.first().is_some_and(Value::is_object) => Some(items.swap_remove(0)),
            other => Some(other),
        }
    }

    /// The body as text; bytes that are no text become `�`.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// assert_eq!(Failure::new(Phase::Sync).answered(401, &[], "unauthorized").text(), "unauthorized");
    /// ```
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The first header of this name, in whatever case it was written.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Sync).answered(429, &[("retry-after", "3")], "");
    /// assert_eq!(failure.header("Retry-After"), Some("3"));
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// A parameter of the query that came back on the redirect.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Authorize).redirected("error=access_denied&state=1");
    /// assert_eq!(failure.redirect_param("error").as_deref(), Some("access_denied"));
    /// ```
    pub fn redirect_param(&self, name: &str) -> Option<String> {
        form_value(self.redirect_query.as_deref()?.trim_start_matches(['?', '#']), name)
    }

    /// A top-level value of the body as text, be the body JSON or a form.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Exchange).answered(200, &[], "error=bad_code&x=1");
    /// assert_eq!(failure.body_param("error").as_deref(), Some("bad_code"));
    /// ```
    pub fn body_param(&self, name: &str) -> Option<String> {
        match self.json() {
            Some(document) => document.get(name).and_then(scalar),
            None if self.looks_like_form() => form_value(&self.text(), name),
            None => None,
        }
    }

    /// How long the provider wants to be left alone, in whichever of the usual ways it says so:
    /// seconds, a fraction of seconds, an HTTP or ISO date, a moment in a rate-limit header.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Sync).answered(429, &[("retry-after", "2.5")], "");
    /// assert_eq!(failure.retry_after_ms(), Some(2_500));
    /// ```
    pub fn retry_after_ms(&self) -> Option<u64> {
        retry_after::from_headers(self.status, &self.headers, self.now)
    }

    /// The body is a web page, whatever its content type says.
    ///
    /// ```
    /// # use relink_sdk::{Failure, Phase};
    /// let failure = Failure::new(Phase::Sync).answered(403, &[], "<!DOCTYPE html><title>Blocked");
    /// assert!(failure.is_html());
    /// ```
    pub fn is_html(&self) -> bool {
        let start: String = self.text().trim_start_matches('\u{feff}').trim_start().chars().take(15).collect();
        let start = start.to_ascii_lowercase();
        let declared = self.header("content-type").is_some_and(|kind| kind.contains("text/html"));
        ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
            || (declared && start.starts_with('<'))
    }

    fn looks_like_form(&self) -> bool {
        let text = self.text();
        text.contains('=') && !text.contains([' ', '<', '{', '\n'])
    }
}

pub(crate) fn header<'a>(headers: &'a [Field], name: &str) -> Option<&'a str> {
    headers.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.as_str())
}

fn form_value(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Texts, numbers and truth values as text: providers write the same code as `190` and `"190"`.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
