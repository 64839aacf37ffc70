//! What is said when a request got no answer. Texts name the host at most, never a path, query or
//! secret.

use std::error::Error;
use std::io;

use relink_core::plugin::{TransportFailure, TransportKind};

use crate::resolver::LookupError;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing was sent: a rate budget is used up. The caller comes back later.
    #[error("the rate budget is used up for another {retry_after_ms} ms")]
    Throttled { retry_after_ms: u64 },
    #[error("the request got no answer: {}", .0.detail)]
    Failed(TransportFailure),
}

impl From<TransportFailure> for SendError {
    fn from(failure: TransportFailure) -> Self {
        Self::Failed(failure)
    }
}

pub(crate) fn failure(kind: TransportKind, detail: impl Into<String>) -> TransportFailure {
    TransportFailure { kind, detail: detail.into() }
}

/// The request was refused before anything was sent.
pub(crate) fn blocked(detail: impl Into<String>) -> TransportFailure {
    failure(TransportKind::Blocked, detail)
}

pub(crate) fn too_large(detail: impl Into<String>) -> TransportFailure {
    failure(TransportKind::TooLarge, detail)
}

pub(crate) fn timed_out(detail: impl Into<String>) -> TransportFailure {
    failure(TransportKind::Timeout, detail)
}

/// Says what went wrong between us and `host`. The client's own text would show the URL with its
/// query, so only the innermost cause is quoted: the words of the operating system or of TLS.
pub(crate) fn from_client(error: &reqwest::Error, host: &str) -> TransportFailure {
    let kind = kind_of(error);
    let cause = causes(error).last().filter(|cause| !cause.is::<reqwest::Error>());
    let cause = cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string);
    failure(kind, format!("{host}: {cause}"))
}

fn kind_of(error: &reqwest::Error) -> TransportKind {
    for cause in causes(error) {
        if let Some(lookup) = cause.downcast_ref::<LookupError>() {
            return lookup.kind();
        }
        if let Some(kind) = cause.downcast_ref::<io::Error>().and_then(kind_of_io) {
            return kind;
        }
    }
    match error {
        error if error.is_timeout() => TransportKind::Timeout,
        error if error.is_dns() => TransportKind::Dns,
        error if error.is_connect() => TransportKind::Connect,
        error if says_too_large(error) => TransportKind::TooLarge,
        error if error.is_body() || error.is_request() || error.is_decode() => TransportKind::Reset,
        _ => TransportKind::Other,
    }
}

fn kind_of_io(error: &io::Error) -> Option<TransportKind> {
    if is_tls(error) {
        return Some(TransportKind::Tls);
    }
    match error.kind() {
        io::ErrorKind::TimedOut => Some(TransportKind::Timeout),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            Some(TransportKind::Reset)
        }
        _ => None,
    }
}

/// The TLS layers put the error into one I/O error after the other, where `source` does not lead.
fn is_tls(error: &io::Error) -> bool {
    let Some(inner) = error.get_ref() else {
        return false;
    };
    inner.downcast_ref::<io::Error>().map_or_else(|| inner.is::<rustls::Error>(), is_tls)
}

/// hyper keeps its parse errors private; this text is the only sign of a head beyond its limits.
fn says_too_large(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string().contains("message head is too large"))
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let outermost: &'a (dyn Error + 'static) = error;
    std::iter::successors(Some(outermost), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}
