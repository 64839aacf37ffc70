//! Takes secrets out of what goes back to a plugin or into a log.
//!
//! A secret is found in every spelling that a provider may echo it in (see `variants`), whatever
//! the case, and also where it lies across the border of two chunks.

mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

const REDACTED: &[u8] = b"[redacted]";

/// What begins with so many bytes of a secret is taken for it and goes, as far as it goes on like the
/// secret. So the automaton stays so small that it can be built for each request, even for tokens of
/// several kilobytes, and nothing that a provider repeats makes it look at the same bytes over and
/// over.
const TELLING_BYTES: usize = 64;

/// Knows the secrets of one request in all their spellings.
#[derive(Clone)]
pub(crate) struct Redactor(Option<Arc<Search>>);

struct Search {
    /// The first bytes of each spelling.
    starts: AhoCorasick,
    /// How the spellings of each start go on, in lower case.
    rests: Vec<Vec<Vec<u8>>>,
    /// The length of the longest spelling.
    longest: usize,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let variants: BTreeSet<_> = secrets.into_iter().flat_map(variants::of).collect();
        let Some(longest) = variants.iter().map(Vec::len).max() else {
            return Self(None);
        };
        let mut by_start: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for variant in &variants {
            let (start, rest) = variant.split_at(variant.len().min(TELLING_BYTES));
            by_start.entry(start).or_default().push(rest.to_vec());
        }
        let starts = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(by_start.keys())
            .expect("a few hundred short patterns are within the limits of the automaton");
        Self(Some(Arc::new(Search { starts, rests: by_start.into_values().collect(), longest })))
    }

    pub(crate) fn bytes(&self, input: &[u8]) -> Vec<u8> {
        let mut output = Vec::with_capacity(input.len());
        let mut stream = self.stream();
        stream.push(input, &mut output);
        stream.finish(&mut output);
        output
    }

    pub(crate) fn text(&self, input: &str) -> String {
        String::from_utf8_lossy(&self.bytes(input.as_bytes())).into_owned()
    }

    pub(crate) fn finds_any(&self, input: &str) -> bool {
        self.0.as_ref().is_some_and(|search| search.first_in(input.as_bytes(), 0).is_some())
    }

    pub(crate) fn stream(&self) -> Redaction {
        Redaction { redactor: self.clone(), held: Vec::new() }
    }
}

impl Search {
    /// Where the first secret from `from` on begins and ends.
    fn first_in(&self, input: &[u8], from: usize) -> Option<(usize, usize)> {
        let start = self.starts.find(Input::new(input).range(from..))?;
        let after = &input[start.end()..];
        let rests = self.rests[start.pattern()].iter();
        let alike = rests.map(|rest| alike(rest, after)).max().unwrap_or_default();
        Some((start.start(), start.end() + alike))
    }
}

/// How far `input` goes on like `rest`, which is in lower case.
fn alike(rest: &[u8], input: &[u8]) -> usize {
    rest.iter().zip(input).take_while(|(expected, byte)| **expected == byte.to_ascii_lowercase()).count()
}

/// Redacts a body that comes in pieces. It holds back as many bytes as a secret could need to be
/// complete.
pub(crate) struct Redaction {
    redactor: Redactor,
    held: Vec<u8>,
}

impl Redaction {
    pub(crate) fn push(&mut self, input: &[u8], output: &mut Vec<u8>) {
        let Some(search) = self.redactor.0.clone() else {
            output.extend_from_slice(input);
            return;
        };
        self.held.extend_from_slice(input);
        let decided = (self.held.len() + 1).saturating_sub(search.longest);
        self.release(&search, decided, output);
    }

    pub(crate) fn finish(&mut self, output: &mut Vec<u8>) {
        if let Some(search) = self.redactor.0.clone() {
            self.release(&search, self.held.len(), output);
        }
    }

    /// Gives out what begins before `decided`: there is enough after it to know the longest secret
    /// that begins there.
    fn release(&mut self, search: &Search, decided: usize, output: &mut Vec<u8>) {
        let mut done = 0;
        while let Some((start, end)) = search.first_in(&self.held, done).filter(|(start, _)| *start < decided) {
            output.extend_from_slice(&self.held[done..start]);
            output.extend_from_slice(REDACTED);
            done = end;
        }
        if done < decided {
            output.extend_from_slice(&self.held[done..decided]);
            done = decided;
        }
        self.held.drain(..done);
    }
}

#[cfg(test)]
mod tests;
