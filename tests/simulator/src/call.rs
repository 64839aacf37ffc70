//! One request as the providers see it: read whole, the real host name apart from the path.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::clock;

/// Requests of plugins are small; whoever sends more has a bug.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// One request.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: String,
    /// Without the host, decoded, starting with a slash.
    pub(crate) path: String,
    pub(crate) query: Params,
    pub(crate) form: Params,
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
    /// Unix milliseconds at which it came in.
    pub(crate) now: i64,
}

/// Decoded parameters in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of this name that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Call {
    /// Reads the body and splits `/{host}/{path}`.
    pub(crate) async fn read(request: Request<Body>) -> Result<Self, axum::Error> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MAX_BODY_BYTES).await?.to_vec();
        let (host, path) = parts.uri.path().trim_start_matches('/').split_once('/').unwrap_or_default();
        let is_form = header_text(&parts.headers, "content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        Ok(Self {
            method: parts.method,
            host: host.to_owned(),
            path: format!("/{}", percent_decode_str(path).decode_utf8_lossy()),
            query: Params::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            form: if is_form { Params::parse(&body) } else { Params::default() },
            headers: parts.headers,
            body,
            now: clock::now(),
        })
    }

    /// The path without its slashes and without leading version segments such as `v21` or `v24.0`.
    pub(crate) fn route(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).skip_while(|segment| is_version(segment)).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.headers, name)
    }

    /// A parameter from the form or else the query: Meta takes both everywhere.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.form.get(name).or_else(|| self.query.get(name))
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ").map(str::trim)
    }

    /// User name and password of HTTP basic authentication, decoded as RFC 6749 section 2.3.1 says.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some((decode_form_value(user), decode_form_value(password)))
    }

    /// The body as JSON; an empty body reads as an empty object.
    pub(crate) fn json(&self) -> Option<Value> {
        if self.body.is_empty() {
            return Some(Value::Object(serde_json::Map::new()));
        }
        serde_json::from_slice(&self.body).ok()
    }
}

fn decode_form_value(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or(segment);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.len() <= 8
        && (segment.starts_with('v') || digits.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_are_told_from_ids_and_words() {
        for version in ["v21", "v24.0", "v1beta", "v3", "2"] {
            assert!(is_version(version), "{version}");
        }
        for other in ["customers", "880010002000300", "act_1", "videos", "10220000000000001"] {
            assert!(!is_version(other), "{other}");
        }
    }
}
