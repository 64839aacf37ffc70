//! Troubles of the network and of whole providers: they hit a request before the provider looks at it.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::HeaderValue,
    response::Response,
};
use futures::stream;
use serde_json::{Map, Value, json};

use crate::{
    Provider, ahrefs,
    answer::{self, empty},
    call::{Call, Params},
    copper,
    fault::Fault,
    google, linkedin,
    listener::Switch,
    meta,
    traffic::Endpoint,
    x,
};

const CHUNK_BYTES: usize = 64 * 1024;

/// The answer that the weather gives, or none if the request goes on to the provider.
pub(crate) async fn meet(
    fault: &Fault,
    provider: Provider,
    endpoint: Endpoint,
    call: &Call,
    switch: &Switch,
) -> Option<Response> {
    match *fault {
        Fault::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            None
        }
        Fault::Hang => std::future::pending().await,
        Fault::ConnectionReset => {
            switch.reset_connection();
            Some(empty(500))
        }
        Fault::HtmlPage { status } => Some(answer::html(status, proxy_page(status))),
        Fault::Echo { status } => Some(answer::json(status, &echo(call))),
        Fault::HugeBody { bytes } => Some(huge_body(bytes)),
        Fault::RateLimited { retry_after_s } => Some(rate_limited(provider, endpoint, call, retry_after_s)),
        Fault::Outage { status } => Some(outage(provider, endpoint, call, status)),
        Fault::Gone { ref path } => call.path.contains(path).then(|| answer::json(404, &json!({"error": "not_found"}))),
        _ => None,
    }
}

fn rate_limited(provider: Provider, endpoint: Endpoint, call: &Call, retry_after_s: u64) -> Response {
    match provider {
        Provider::Google => google::errors::rate_limited(endpoint, call, retry_after_s),
        Provider::Meta => meta::errors::rate_limited(call, retry_after_s),
        Provider::LinkedIn => linkedin::errors::rate_limited(),
        Provider::X => x::errors::rate_limited(call.now, retry_after_s),
        Provider::Ahrefs => ahrefs::rate_limited(),
        Provider::Copper => copper::rate_limited(),
    }
}

fn outage(provider: Provider, endpoint: Endpoint, call: &Call, status: u16) -> Response {
    match provider {
        Provider::Google => google::errors::outage(endpoint, call, status),
        Provider::Meta => meta::errors::outage(status),
        Provider::LinkedIn => linkedin::errors::outage(status),
        Provider::X => x::errors::outage(status),
        Provider::Ahrefs => ahrefs::outage(status),
        Provider::Copper => answer::html(status, proxy_page(status)),
    }
}

fn proxy_page(status: u16) -> String {
    format!(
        "<html>\r\n<head><title>{status} Error</title></head>\r\n<body>\r\n\
         <center><h1>{status} The server could not process the request</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}

/// The request, as a gateway shows it to those who look for a fault.
fn echo(call: &Call) -> Value {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Map<_, _> = call.headers.iter().map(|(name, value)| (name.to_string(), text(value).into())).collect();
    let parameters = |given: &Params| given.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>();
    json!({ "message": "The request was not understood.", "request": {
        "path": call.path, "query": parameters(&call.query), "form": parameters(&call.form), "headers": headers,
    } })
}

/// JSON that begins like an answer and goes on until `bytes`, one shared chunk at a time.
fn huge_body(bytes: u64) -> Response {
    let chunk = Bytes::from(vec![b'a'; CHUNK_BYTES]);
    let start = Bytes::from_static(b"{\"data\":\"");
    let body = stream::unfold((0_u64, start), move |(sent, next)| {
        let chunk = chunk.clone();
        async move {
            let left = bytes.saturating_sub(sent);
            if left == 0 {
                return None;
            }
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(next.len());
            let piece = next.slice(..length);
            Some((Ok::<_, Infallible>(piece), (sent + length as u64, chunk)))
        }
    });
    answer::header(Response::new(Body::from_stream(body)), "content-type", "application/json")
}
