//! Status and headers of an answer, as a plugin may see them.

use http::HeaderMap;
use relink_core::plugin::{Field, Response, TransportFailure};

use crate::failure::too_large;
use crate::redact::Redactor;

const MAX_HEADERS: usize = 128;
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Cookies are a credential; the others describe a transfer that the host has already undone.
const DROPPED: [&str; 7] = [
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "set-cookie",
    "set-cookie2",
    "transfer-encoding",
];

/// An answer without its body.
pub(crate) fn read(response: &reqwest::Response, redactor: &Redactor) -> Result<Response, TransportFailure> {
    Ok(Response {
        status: response.status().as_u16(),
        headers: visible_headers(response.headers(), redactor)?,
        body: Vec::new(),
        more: false,
    })
}

fn visible_headers(headers: &HeaderMap, redactor: &Redactor) -> Result<Vec<Field>, TransportFailure> {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES {
        return Err(too_large("the answer has too many headers"));
    }
    let visible = headers
        .iter()
        .filter(|(name, _)| !DROPPED.contains(&name.as_str()) && !redactor.finds_any(name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(&redactor.bytes(value.as_bytes())).into_owned();
            Field { name: name.as_str().to_owned(), value }
        });
    Ok(visible.collect())
}
