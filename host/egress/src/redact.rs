//! Takes secrets out of what goes back to a plugin or into a log.
//!
//! A secret is found in every spelling that a provider may echo it in (see `variants`), whatever
//! the case, and also where it lies across the border of two chunks.

mod variants;

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

const REDACTED: &[u8] = b"[redacted]";

/// Only the start of each variant is searched for, then the rest is compared: this keeps the
/// automaton so small that it can be built for each request, even for tokens of several kilobytes.
const SEARCHED_BYTES: usize = 12;

/// Knows the secrets of one request in all their spellings.
#[derive(Clone)]
pub(crate) struct Redactor(Option<Arc<Search>>);

struct Search {
    starts: AhoCorasick,
    /// Longest first, so that the whole of a value goes where one secret begins another.
    variants: Vec<Vec<u8>>,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let unique: BTreeSet<_> = secrets.into_iter().flat_map(variants::of).collect();
        let mut variants: Vec<_> = unique.into_iter().collect();
        if variants.is_empty() {
            return Self(None);
        }
        variants.sort_by_key(|variant| std::cmp::Reverse(variant.len()));
        let starts = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(variants.iter().map(|variant| &variant[..variant.len().min(SEARCHED_BYTES)]))
            .expect("a few hundred short patterns are within the limits of the automaton");
        Self(Some(Arc::new(Search { starts, variants })))
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
    fn first_in(&self, input: &[u8], mut from: usize) -> Option<(usize, usize)> {
        loop {
            let start = from + self.starts.find(&input[from..])?.start();
            if let Some(length) = self.longest_at(&input[start..]) {
                return Some((start, start + length));
            }
            from = start + 1;
        }
    }

    fn longest_at(&self, input: &[u8]) -> Option<usize> {
        let begins =
            |variant: &&Vec<u8>| input.get(..variant.len()).is_some_and(|start| start.eq_ignore_ascii_case(variant));
        self.variants.iter().find(begins).map(Vec::len)
    }
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
        let longest = search.variants[0].len();
        let decided = (self.held.len() + 1).saturating_sub(longest);
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
mod tests {
    use super::*;

    const TOKEN: &str = "ya29.a0/Canary+Token==";

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let redactor = Redactor::new([TOKEN]);
        let spellings = [
            TOKEN.to_owned(),
            TOKEN.to_uppercase(),
            "ya29.a0%2FCanary%2BToken%3D%3D".to_owned(),
            "ya29.a0%2fcanary%2btoken%3d%3d".to_owned(),
            "ya29%2Ea0%2FCanary%2BToken%3D%3D".to_owned(),
            "ya29.a0\\/Canary+Token==".to_owned(),
            "ya29.a0/Canary+Token\\u003d\\u003d".to_owned(),
            "ya29.a0\\u002FCanary\\u002BToken\\u003D\\u003D".to_owned(),
            "ya29.a0&#x2F;Canary+Token&#x3D;&#x3D;".to_owned(),
            hex(TOKEN),
            hex(TOKEN).to_uppercase(),
        ];
        for spelling in spellings {
            assert_eq!(redactor.text(&format!("<{spelling}>")), "<[redacted]>", "{spelling}");
        }
    }

    fn hex(text: &str) -> String {
        format!("{:02x?}", text.as_bytes()).replace(['[', ']', ',', ' '], "")
    }

    #[test]
    fn a_secret_is_found_inside_base64_at_every_alignment() {
        use base64::Engine;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let redactor = Redactor::new(["canary-password"]);
        for before in ["", "u:", "user:", "someone:", "someone@example.com:"] {
            let pair = format!("{before}canary-password");
            for encoded in [STANDARD.encode(&pair), URL_SAFE_NO_PAD.encode(&pair)] {
                assert!(redactor.text(&format!("Basic {encoded}")).contains("[redacted]"), "{before}");
            }
        }
    }

    #[test]
    fn chunk_borders_hide_nothing() {
        let redactor = Redactor::new([TOKEN, "ya29.a0", "second-secret"]);
        let body = format!("{{\"a\":\"{TOKEN}\",\"b\":\"ya29.a0\",\"c\":\"second-secretsecond-secret\"}}");
        let expected = "{\"a\":\"[redacted]\",\"b\":\"[redacted]\",\"c\":\"[redacted][redacted]\"}";
        for size in 1..body.len() {
            let mut stream = redactor.stream();
            let mut output = Vec::new();
            body.as_bytes().chunks(size).for_each(|chunk| stream.push(chunk, &mut output));
            stream.finish(&mut output);
            assert_eq!(String::from_utf8(output).unwrap(), expected, "chunks of {size}");
        }
    }

    #[test]
    fn what_only_begins_like_a_secret_stays() {
        let redactor = Redactor::new(["canary-token-with-a-long-tail", "canary-tok3n"]);
        for text in ["canary-token-with-a-long-tai", "canary-tok", "canary-token-with-a-long-Xail, canary"] {
            assert_eq!(redactor.text(text), text);
        }
    }

    #[test]
    fn nothing_is_redacted_without_secrets_or_for_one_that_is_too_short() {
        assert_eq!(Redactor::new([]).text("anything"), "anything");
        assert_eq!(Redactor::new(["", "x", "abc"]).text("abc xyz"), "abc xyz");
    }
}
