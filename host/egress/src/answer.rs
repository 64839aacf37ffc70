//! The answer of a provider, whole or in parts.

use std::time::Duration;

use relink_core::plugin::{Delivery, Framing, Response, TransportFailure};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::body::{Body, Files};
use crate::config::EgressConfig;
use crate::failure::too_large;
use crate::framing::Cutter;
use crate::redact::Redactor;
use crate::response_head;

/// What is kept of the body of an error: enough to classify it. An error is never `too-large`,
/// since that would hide its status.
pub(crate) const MAX_ERROR_BODY: usize = 64 * 1024;

/// An answer without anything secret in it. It holds the connection open while there is more.
pub struct Answer {
    /// The whole answer, or its first part.
    pub response: Response,
    rest: Option<Parts>,
}

/// How an answer is to be received.
pub(crate) struct Receive<'a> {
    pub(crate) host: &'a str,
    pub(crate) delivery: &'a Delivery,
    pub(crate) redactor: &'a Redactor,
    pub(crate) config: &'a EgressConfig,
    /// Until when the answer, or its first part, must be there.
    pub(crate) deadline: Instant,
    /// How long each further part may take.
    pub(crate) part_timeout: Duration,
    /// The share of the host's connections that the answer takes up.
    pub(crate) permit: OwnedSemaphorePermit,
}

impl Answer {
    pub(crate) async fn receive(response: reqwest::Response, how: Receive<'_>) -> Result<Self, TransportFailure> {
        let mut head = response_head::read(&response, how.redactor)?;
        let is_success = response.status().is_success();
        let body = |files| Body::new(response, how.host, files, how.redactor.stream(), how.config.stall_timeout);
        match how.delivery {
            Delivery::Discard => {}
            Delivery::Chunks { framing, max_bytes } if is_success => {
                let files = if *framing == Framing::Raw { Files::LeaveAlone } else { Files::Inflate };
                let max_bytes = how.config.max_body.min(*max_bytes as usize);
                let parts = Parts {
                    body: body(files)?,
                    cutter: Cutter::new(framing, max_bytes)?,
                    bytes_left: how.config.max_download,
                    ahead: None,
                    end: None,
                    timeout: how.part_timeout,
                    _permit: how.permit,
                };
                return parts.begin(head, how.deadline).await;
            }
            Delivery::Whole(max_bytes) if is_success => {
                let max_bytes = how.config.max_body.min(*max_bytes as usize);
                let (whole, is_all) = body(Files::LeaveAlone)?.read_up_to(max_bytes, how.deadline).await?;
                if !is_all {
                    return Err(too_large(format!("the body has more than {max_bytes} bytes")));
                }
                head.body = whole;
            }
            Delivery::Whole(_) | Delivery::Chunks { .. } => {
                (head.body, _) = body(Files::LeaveAlone)?.read_up_to(MAX_ERROR_BODY, how.deadline).await?;
            }
        }
        Ok(Self { response: head, rest: None })
    }

    /// The next part, with the same status and headers; none if the last one was not followed by
    /// more.
    pub async fn next_part(&mut self) -> Result<Option<Response>, TransportFailure> {
        let Some(mut parts) = self.rest.take() else {
            return Ok(None);
        };
        let Some(body) = parts.ahead.take() else {
            return Ok(None);
        };
        let body = body?;
        parts.look_ahead().await;
        let more = parts.ahead.is_some();
        self.rest = more.then_some(parts);
        let Response { status, headers, .. } = &self.response;
        Ok(Some(Response { status: *status, headers: headers.clone(), body, more }))
    }
}

/// A download under way. It is always one part ahead, to know whether there is more.
struct Parts {
    body: Body,
    cutter: Cutter,
    bytes_left: u64,
    /// The next part, or how the download failed after the part before it.
    ahead: Option<Result<Vec<u8>, TransportFailure>>,
    /// How the body ended, once it has.
    end: Option<Result<(), TransportFailure>>,
    timeout: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Parts {
    async fn begin(mut self, mut head: Response, deadline: Instant) -> Result<Answer, TransportFailure> {
        head.body = self.next(deadline).await?.unwrap_or_default();
        self.look_ahead().await;
        head.more = self.ahead.is_some();
        Ok(Answer { rest: head.more.then_some(self), response: head })
    }

    async fn look_ahead(&mut self) {
        self.ahead = self.next(Instant::now() + self.timeout).await.transpose();
    }

    async fn next(&mut self, deadline: Instant) -> Result<Option<Vec<u8>>, TransportFailure> {
        loop {
            if let Some(chunk) = self.cutter.take() {
                return Ok(Some(chunk));
            }
            match &self.end {
                Some(Ok(())) => return Ok(None),
                Some(Err(failure)) => return Err(failure.clone()),
                None => self.go_on(deadline).await,
            }
        }
    }

    /// Cuts the next piece of the body. After a failure, what was complete before it comes first.
    async fn go_on(&mut self, deadline: Instant) {
        self.end = match self.feed(deadline).await {
            Ok(Fed::Piece) => None,
            Ok(Fed::Last) => Some(Ok(())),
            Err(failure) => {
                self.cutter.give_up();
                Some(Err(failure))
            }
        };
    }

    async fn feed(&mut self, deadline: Instant) -> Result<Fed, TransportFailure> {
        let bytes = if self.cutter.is_done() { None } else { self.body.next(deadline).await? };
        let Some(bytes) = bytes else {
            self.cutter.finish()?;
            return Ok(Fed::Last);
        };
        let Some(left) = self.bytes_left.checked_sub(bytes.len() as u64) else {
            return Err(too_large("the download is larger than the host allows"));
        };
        self.bytes_left = left;
        self.cutter.push(&bytes)?;
        Ok(Fed::Piece)
    }
}

enum Fed {
    Piece,
    Last,
}
