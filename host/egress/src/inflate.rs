//! Undoes gzip a little at a time, so that a bomb is noticed before it has burst.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use relink_core::plugin::{TransportFailure, TransportKind};

use crate::failure::failure;

/// Compressed bytes that are inflated at once. Deflate expands at most 1032 times, so one step
/// yields at most about half a mebibyte, after which the caller can stop.
const STEP_BYTES: usize = 512;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// One layer of a body that may be compressed.
pub(crate) struct Inflate {
    state: State,
    pending: Bytes,
}

enum State {
    Plain,
    Gzip {
        decoder: Box<MultiGzDecoder<Vec<u8>>>,
        fed: bool,
    },
    /// Report files often are gzip without any header that says so.
    Sniffing(Vec<u8>),
}

impl Inflate {
    pub(crate) fn plain() -> Self {
        Self { state: State::Plain, pending: Bytes::new() }
    }

    pub(crate) fn gzip() -> Self {
        Self { state: gzip_state(), pending: Bytes::new() }
    }

    pub(crate) fn sniffing() -> Self {
        Self { state: State::Sniffing(Vec::new()), pending: Bytes::new() }
    }

    /// Takes the next bytes; all that was taken before must have been pulled.
    pub(crate) fn push(&mut self, input: Bytes) {
        debug_assert!(self.pending.is_empty(), "the layer is fed before it was emptied");
        self.pending = input;
    }

    /// The next inflated bytes, or none if more input is needed.
    pub(crate) fn pull(&mut self) -> Result<Option<Bytes>, TransportFailure> {
        if self.pending.is_empty() {
            return Ok(None);
        }
        if let State::Sniffing(start) = &mut self.state {
            start.extend_from_slice(&std::mem::take(&mut self.pending));
            if start.len() < GZIP_MAGIC.len() {
                return Ok(None);
            }
            self.pending = Bytes::from(std::mem::take(start));
            self.state = if self.pending.starts_with(&GZIP_MAGIC) { gzip_state() } else { State::Plain };
        }
        match &mut self.state {
            State::Gzip { decoder, fed } => {
                let step = self.pending.split_to(self.pending.len().min(STEP_BYTES));
                *fed = true;
                decoder.write_all(&step).map_err(|_| malformed())?;
                Ok(Some(Bytes::from(std::mem::take(decoder.get_mut()))))
            }
            State::Plain | State::Sniffing(_) => Ok(Some(std::mem::take(&mut self.pending))),
        }
    }

    /// What is left when the input is over.
    pub(crate) fn finish(&mut self) -> Result<Bytes, TransportFailure> {
        match &mut self.state {
            State::Plain | State::Gzip { fed: false, .. } => Ok(Bytes::new()),
            State::Sniffing(start) => Ok(Bytes::from(std::mem::take(start))),
            State::Gzip { decoder, .. } => {
                decoder
                    .try_finish()
                    .map_err(|_| failure(TransportKind::Reset, "the compressed answer ended too early"))?;
                Ok(Bytes::from(std::mem::take(decoder.get_mut())))
            }
        }
    }
}

fn gzip_state() -> State {
    State::Gzip { decoder: Box::new(MultiGzDecoder::new(Vec::new())), fed: false }
}

fn malformed() -> TransportFailure {
    failure(TransportKind::Other, "the answer is not the gzip that it claims to be")
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(mut layer: Inflate, input: &[u8], size: usize) -> Result<Vec<u8>, TransportFailure> {
        let mut output = Vec::new();
        for chunk in input.chunks(size) {
            layer.push(Bytes::copy_from_slice(chunk));
            while let Some(bytes) = layer.pull()? {
                output.extend_from_slice(&bytes);
            }
        }
        output.extend_from_slice(&layer.finish()?);
        Ok(output)
    }

    #[test]
    fn gzip_is_undone_however_it_is_cut() {
        let text = "row\n".repeat(5_000).into_bytes();
        for size in [1, 7, 511, 512, 513, 100_000] {
            assert_eq!(inflate(Inflate::gzip(), &gzip(&text), size), Ok(text.clone()));
            assert_eq!(inflate(Inflate::sniffing(), &gzip(&text), size), Ok(text.clone()));
            assert_eq!(inflate(Inflate::sniffing(), &text, size), Ok(text.clone()));
            assert_eq!(inflate(Inflate::plain(), &text, size), Ok(text.clone()));
        }
    }

    #[test]
    fn several_members_are_one_body() {
        let two = [gzip(b"a"), gzip(b"b")].concat();
        assert_eq!(inflate(Inflate::gzip(), &two, 3), Ok(b"ab".to_vec()));
    }

    #[test]
    fn short_and_empty_bodies_pass() {
        for layer in [Inflate::gzip, Inflate::sniffing, Inflate::plain] {
            assert_eq!(inflate(layer(), b"", 1), Ok(Vec::new()));
        }
        assert_eq!(inflate(Inflate::sniffing(), b"\x1f", 1), Ok(b"\x1f".to_vec()));
    }

    #[test]
    fn broken_gzip_is_a_failure_and_not_data() {
        let whole = gzip(b"some text that is long enough");
        let cut = inflate(Inflate::gzip(), &whole[..whole.len() - 9], 100);
        assert_eq!(cut.map_err(|failure| failure.kind), Err(TransportKind::Reset));
        let wrong = inflate(Inflate::gzip(), b"<html>not gzip at all</html>", 100);
        assert_eq!(wrong.map_err(|failure| failure.kind), Err(TransportKind::Other));
    }

    #[test]
    fn a_bomb_yields_little_at_each_step() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let mut layer = Inflate::gzip();
        layer.push(Bytes::from(bomb));
        while let Some(bytes) = layer.pull().unwrap() {
            assert!(bytes.len() <= 1 << 20, "{} bytes in one step", bytes.len());
        }
    }
}
