//! Failures that make no sense, to see that `classify` has an answer to anything.

use crate::{Failure, Phase, TransportKind};

/// Pieces from which noise is made: what confuses readers of JSON, forms, dates and texts.
const PIECES: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "1e999",
    "-0",
    "\\u0000",
    "\"error\"",
    "invalid_grant",
    "\u{0130}",
    "é",
    "\u{1F980}",
    "<html>",
    "%",
    "&",
    "=",
    "\r\n",
    "\u{feff}",
    "9999999999999999999999",
    "Retry",
];

/// Failures of every phase and many statuses, with bodies and headers that make no sense. The same
/// ones at each call, so that a failing test fails again.
pub(super) fn failures() -> impl Iterator<Item = Failure> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    (0..500).map(move |_| {
        let phase = random.pick(Phase::ALL);
        let status = random.below(700) as u16;
        let wait = random.text();
        let headers = [("retry-after", wait.as_str()), ("www-authenticate", "Bearer error=")];
        let body = if random.below(2) == 0 { random.text().into_bytes() } else { random.bytes() };
        let mut failure = Failure::new(phase).answered(status, &headers, body);
        match random.below(4) {
            0 => failure.status = None,
            1 => failure = failure.unanswered(random.pick(TransportKind::ALL)),
            2 => failure.redirect_query = Some(random.text()),
            _ => failure.account = Some(random.text()),
        }
        failure
    })
}

/// Xorshift: noise needs to be repeatable, and no more.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn text(&mut self) -> String {
        (0..self.below(12)).map(|_| self.pick(&PIECES)).collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(64)).map(|_| self.below(256) as u8).collect()
    }
}
