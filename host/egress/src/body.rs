//! Reads the body of an answer: within time and size, inflated, secrets taken out.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use relink_core::plugin::{TransportFailure, TransportKind};
use tokio::time::{Instant, timeout_at};

use crate::failure::{failure, from_client, timed_out};
use crate::inflate::Inflate;
use crate::redact::Redaction;

/// What a body must bring in each `stall_timeout` of waiting.
const LEAST_PROGRESS_BYTES: usize = 1024;

/// A body on its way in.
pub(crate) struct Body {
    response: reqwest::Response,
    host: String,
    /// Content-Encoding, then a file that is compressed itself.
    layers: [Inflate; 2],
    redaction: Redaction,
    progress: Progress,
    ended: bool,
}

/// Whether the body itself may be a gzip file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    Inflate,
    LeaveAlone,
}

impl Body {
    pub(crate) fn new(
        response: reqwest::Response,
        host: &str,
        files: Files,
        redaction: Redaction,
        stall_timeout: Duration,
    ) -> Result<Self, TransportFailure> {
        let encoded = encoding_layer(response.headers())?;
        let file = if files == Files::Inflate { Inflate::sniffing() } else { Inflate::plain() };
        Ok(Self {
            response,
            host: host.to_owned(),
            layers: [encoded, file],
            redaction,
            progress: Progress::new(stall_timeout),
            ended: false,
        })
    }

    /// The next bytes, about half a mebibyte at most; none at the end. A piece may be empty.
    pub(crate) async fn next(&mut self, deadline: Instant) -> Result<Option<Vec<u8>>, TransportFailure> {
        let mut piece = Vec::new();
        Ok(self.read_into(&mut piece, deadline).await?.then_some(piece))
    }

    /// Reads to the end or to `limit` bytes; says whether that was all.
    pub(crate) async fn read_up_to(
        &mut self,
        limit: usize,
        deadline: Instant,
    ) -> Result<(Vec<u8>, bool), TransportFailure> {
        let mut whole = Vec::new();
        while self.read_into(&mut whole, deadline).await? {
            if whole.len() > limit {
                whole.truncate(limit);
                return Ok((whole, false));
            }
        }
        Ok((whole, true))
    }

    /// Appends the next bytes, as [`Body::next`] gives them; false if there are none.
    async fn read_into(&mut self, output: &mut Vec<u8>, deadline: Instant) -> Result<bool, TransportFailure> {
        if self.ended {
            return Ok(false);
        }
        loop {
            if let Some(bytes) = self.layers[1].pull()? {
                self.redaction.push(&bytes, output);
                return Ok(true);
            }
            if let Some(bytes) = self.layers[0].pull()? {
                self.layers[1].push(bytes);
                continue;
            }
            let Some(bytes) = self.receive(deadline).await? else {
                self.finish(output)?;
                return Ok(true);
            };
            self.layers[0].push(bytes);
        }
    }

    async fn receive(&mut self, deadline: Instant) -> Result<Option<Bytes>, TransportFailure> {
        let asked_at = Instant::now();
        let until = deadline.min(asked_at + self.progress.patience());
        let Ok(received) = timeout_at(until, self.response.chunk()).await else {
            return Err(timed_out(format!("{}: the body came too slowly", self.host)));
        };
        let received = received.map_err(|error| from_client(&error, &self.host))?;
        self.progress.note(asked_at.elapsed(), received.as_ref().map_or(0, Bytes::len));
        Ok(received)
    }

    fn finish(&mut self, output: &mut Vec<u8>) -> Result<(), TransportFailure> {
        self.ended = true;
        let rest = self.layers[0].finish()?;
        self.layers[1].push(rest);
        while let Some(bytes) = self.layers[1].pull()? {
            self.redaction.push(&bytes, output);
        }
        self.redaction.push(&self.layers[1].finish()?, output);
        self.redaction.finish(output);
        Ok(())
    }
}

fn encoding_layer(headers: &HeaderMap) -> Result<Inflate, TransportFailure> {
    let encoding = headers.get(CONTENT_ENCODING).map_or(&b""[..], |value| value.as_bytes());
    match encoding.to_ascii_lowercase().as_slice() {
        b"" | b"identity" => Ok(Inflate::plain()),
        b"gzip" | b"x-gzip" => Ok(Inflate::gzip()),
        _ => Err(failure(TransportKind::Other, "the answer has an encoding that was not asked for")),
    }
}

/// Guards against a body that trickles: it counts only the time that we wait for the provider, so a
/// plugin that thinks long about a chunk costs the provider nothing.
struct Progress {
    window: Duration,
    waited: Duration,
    received: usize,
}

impl Progress {
    fn new(window: Duration) -> Self {
        Self { window, waited: Duration::ZERO, received: 0 }
    }

    fn patience(&self) -> Duration {
        self.window.saturating_sub(self.waited)
    }

    fn note(&mut self, waited: Duration, received: usize) {
        self.waited += waited;
        self.received += received;
        if self.received >= LEAST_PROGRESS_BYTES {
            *self = Self::new(self.window);
        }
    }
}
