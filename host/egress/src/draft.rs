//! A request that passed the checks on what a plugin may say: method, headers, sizes. Still without
//! secrets.

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use relink_core::plugin::{Field, Request, TransportFailure};
use url::Url;

use crate::failure::blocked;
use crate::target::Target;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
const MAX_HEADERS: usize = 50;
const MAX_HEADER_BYTES: usize = 8 * 1024;
const MAX_BODY_BYTES: usize = 16 << 20;

/// Headers that belong to the host: they carry credentials, route the request, frame the message,
/// claim to come from a proxy, or have the answer cut in the middle of a secret, where it is not found.
const HOST_HEADERS: [&str; 20] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "if-range",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-real-ip",
];
const HOST_HEADER_PREFIXES: [&str; 2] = ["proxy-", "x-forwarded-"];

/// A request in the making.
pub(crate) struct Draft {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

impl Draft {
    /// What a plugin asked for, if it may ask for it.
    pub(crate) fn of_plugin(request: &Request, target: Target) -> Result<Self, TransportFailure> {
        let Some(method) = METHODS.iter().find(|method| method.as_str() == request.method) else {
            return Err(blocked("the method is not GET, HEAD, POST, PUT, PATCH or DELETE"));
        };
        if request.body.as_ref().is_some_and(|body| body.len() > MAX_BODY_BYTES) {
            return Err(blocked("the body of the request is too large"));
        }
        let mut draft = Self::new(method.clone(), target, request.body.clone());
        draft.add_headers(&request.headers)?;
        Ok(draft)
    }

    pub(crate) fn new(method: Method, target: Target, body: Option<Vec<u8>>) -> Self {
        let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip"))]);
        Self { method, url: target.url, host: target.host, headers, body }
    }

    /// Whether the body is of this media type, whatever its parameters.
    pub(crate) fn has_content_type(&self, expected: &str) -> bool {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = value.and_then(|value| value.split(';').next());
        media_type.is_some_and(|found| found.trim().eq_ignore_ascii_case(expected))
    }

    fn add_headers(&mut self, headers: &[Field]) -> Result<(), TransportFailure> {
        if headers.len() > MAX_HEADERS {
            return Err(blocked("the request has too many headers"));
        }
        for Field { name, value } in headers {
            let refused = |why| blocked(format!("header {name:?} {why}"));
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused("has no valid name"))?;
            if belongs_to_host(parsed.as_str()) {
                return Err(refused("belongs to the host"));
            }
            if value.len() > MAX_HEADER_BYTES {
                return Err(refused("is too long"));
            }
            let value = HeaderValue::from_str(value).map_err(|_| refused("has a forbidden character"))?;
            self.headers.append(parsed, value);
        }
        Ok(())
    }
}

fn belongs_to_host(name: &str) -> bool {
    HOST_HEADERS.contains(&name) || HOST_HEADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use relink_core::plugin::Delivery;

    use super::*;

    fn draft(method: &str, headers: &[(&str, &str)]) -> Result<Draft, TransportFailure> {
        let url = "https://api.example.com/".to_owned();
        let target = Target::parse(&url, &["api.example.com".to_owned()])?;
        let request = Request {
            method: method.to_owned(),
            url,
            headers: headers.iter().map(|(name, value)| Field::new(*name, *value)).collect(),
            body: None,
            credential: None,
            deliver: Delivery::Discard,
            timeout_ms: None,
            idempotent: true,
        };
        Draft::of_plugin(&request, target)
    }

    #[test]
    fn headers_of_the_host_are_refused() {
        let refused = [
            "Host",
            "Cookie",
            "Authorization",
            "AUTHORIZATION",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Upgrade",
            "Expect",
            "Proxy-Authorization",
            "Proxy-Connection",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "Forwarded",
            "Via",
            "Accept-Encoding",
            "Range",
            "If-Range",
            ":authority",
            "",
            "a b",
            "x\r\nhost",
            "x:y",
        ];
        for name in refused {
            assert!(draft("GET", &[(name, "x")]).is_err(), "{name:?}");
        }
    }

    #[test]
    fn values_that_could_end_a_header_are_refused() {
        for value in ["a\r\nHost: evil", "a\nb", "a\rb", "a\0b", &"x".repeat(MAX_HEADER_BYTES + 1)] {
            assert!(draft("GET", &[("x-a", value)]).is_err(), "{value:?}");
        }
        assert!(draft("GET", &[("x-a", "x"); MAX_HEADERS + 1]).is_err());
    }

    #[test]
    fn other_headers_pass() {
        let draft = draft("POST", &[("Accept", "application/json"), ("x-restli-protocol-version", "2.0.0")]);
        assert_eq!(draft.map(|draft| draft.headers.len()), Ok(3));
    }

    #[test]
    fn only_plain_methods_pass() {
        for method in ["CONNECT", "TRACE", "OPTIONS", "get", "GET / HTTP/1.1\r\n", ""] {
            assert!(draft(method, &[]).is_err(), "{method:?}");
        }
        assert!(draft("GET", &[]).is_ok());
    }
}
