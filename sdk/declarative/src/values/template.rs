//! A text with placeholders: `/accounts/{account}/stats?from={since}`. Braces that are meant are doubled.
//!
//! What may stand in one is decided here, once: nothing secret has a name.

use std::mem;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error};

use super::Scalar;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Value(Source, Form),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Account,
    Setting(String),
    Today,
    Since,
    Until,
    /// The day behind the last one, for providers that do not count the end in.
    DayAfterUntil,
    /// The ids of a batch, where a dataset asks for each item of a list.
    Each,
}

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    /// `20260501`
    Compact,
    /// Seconds since 1970 at the start of the day, UTC.
    Unix,
    UnixMs,
}

impl Template {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(source, _) => Some(source),
            Piece::Text(_) => None,
        })
    }
}

impl Source {
    pub(crate) fn is_day_of_window(&self) -> bool {
        matches!(self, Self::Since | Self::Until | Self::DayAfterUntil)
    }
}

/// Numbers and truth values are texts here, so that a parameter can be written as `limit = 100`.
impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer)?.0.parse().map_err(Error::custom)
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let (brace, behind) = rest[at..].split_at(1);
            if let Some(behind) = behind.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            let Some((name, after)) = behind.split_once('}').filter(|_| brace == "{") else {
                return Err(format!("`{text}` has a brace without the other: double it if it is meant, as in {{{{"));
            };
            push_text(&mut pieces, mem::take(&mut plain));
            pieces.push(placeholder(name)?);
            rest = after;
        }
        plain.push_str(rest);
        push_text(&mut pieces, plain);
        Ok(Self { text: text.to_owned(), pieces })
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

fn placeholder(text: &str) -> Result<Piece, String> {
    let (name, form) = text.split_once(':').map_or((text, None), |(name, form)| (name, Some(form)));
    let source = match name {
        "account" => Source::Account,
        "today" => Source::Today,
        "since" => Source::Since,
        "until" => Source::Until,
        "day-after-until" => Source::DayAfterUntil,
        "each" => Source::Each,
        _ => match name.strip_prefix("settings.") {
            Some(setting) if !setting.is_empty() => Source::Setting(setting.to_owned()),
            _ => return Err(unknown(name)),
        },
    };
    let form = match form {
        None => Form::Plain,
        Some(_) if matches!(source, Source::Account | Source::Each | Source::Setting(_)) => {
            return Err(format!("`{text}` is no day, so it has no other form"));
        }
        Some("compact") => Form::Compact,
        Some("unix") => Form::Unix,
        Some("unix-ms") => Form::UnixMs,
        Some(other) => return Err(format!("`{other}` is no form of a day: write one of compact, unix, unix-ms")),
    };
    Ok(Piece::Value(source, form))
}

fn unknown(name: &str) -> String {
    format!(
        "`{{{name}}}` stands for nothing here: write one of account, since, until, day-after-until, today, \
         each, settings.NAME; a secret has its place below [auth] and nowhere else"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_placeholders_alternate() {
        let template: Template = "/a/{account}?from={since:unix}".parse().unwrap();
        let expected = [
            Piece::Text("/a/".to_owned()),
            Piece::Value(Source::Account, Form::Plain),
            Piece::Text("?from=".to_owned()),
            Piece::Value(Source::Since, Form::Unix),
        ];
        assert_eq!(template.pieces(), expected);
    }

    #[test]
    fn braces_that_are_meant_are_doubled() {
        let template: Template = "query {{ me {{ id }} }}".parse().unwrap();
        assert_eq!(template.pieces(), [Piece::Text("query { me { id } }".to_owned())]);
    }

    #[test]
    fn what_stands_for_nothing_is_refused_with_what_does() {
        for (text, part) in [
            ("{access_token}", "a secret has its place below [auth]"),
            ("{api_key}", "account, since, until"),
            ("{settings.}", "settings.NAME"),
            ("{since", "a brace without the other"),
            ("since}", "a brace without the other"),
            ("{since:roman}", "compact, unix, unix-ms"),
            ("{account:unix}", "is no day"),
            ("{each:compact}", "is no day"),
        ] {
            let error = text.parse::<Template>().unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
