//! Puts values in the place of placeholders.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use relink_sdk::{Context, Slice, day_plus};
use serde_json::{Map, Value};

use crate::plugin::Plugin;
use crate::requests::is_absolute;
use crate::settings;
use crate::values::{Form, Piece, Source, Template};

/// What RFC 3986 lets stand in any part of an address.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What placeholders stand for during one call.
pub(crate) struct Values<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) context: &'a Context,
    pub(crate) slice: Option<&'a Slice>,
    /// The ids for which the request of a dataset asks, of a list that was fetched before.
    pub(crate) each: Option<&'a str>,
}

impl Values<'_> {
    /// A text for a header, a parameter or a field: whoever sends it encodes it.
    pub(crate) fn text(&self, template: &Template) -> Result<String, String> {
        self.joined(template, |value, _| value)
    }

    /// An absolute address. A value in it cannot become more than one segment, except that a setting at its
    /// very beginning may hold a whole `https://host`, as some token answers bring it; the host still lets no
    /// request go elsewhere than to the hosts of the table.
    pub(crate) fn address(&self, target: &Template) -> Result<String, String> {
        let encode = |value: String, place: usize| match place {
            0 => value.trim_end_matches('/').to_owned(),
            _ => utf8_percent_encode(&value, ENCODED).to_string(),
        };
        let path = self.joined(target, encode)?;
        match &self.plugin.base {
            Some(base) if !is_absolute(target) => Ok(self.joined(base, encode)? + &path),
            _ => Ok(path),
        }
    }

    /// A document whose texts are filled. A text that is nothing but a moment becomes a number.
    pub(crate) fn document(&self, document: &Value) -> Result<Value, String> {
        Ok(match document {
            Value::String(text) => {
                let template: Template = text.parse()?;
                let filled = self.text(&template)?;
                match template.pieces() {
                    [Piece::Value(_, Form::Unix | Form::UnixMs)] => {
                        filled.parse::<i64>().map_or(filled.into(), Value::from)
                    }
                    _ => filled.into(),
                }
            }
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.document(item)).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let filled = members.iter().map(|(name, value)| Ok((name.clone(), self.document(value)?)));
                Value::Object(filled.collect::<Result<Map<_, _>, String>>()?)
            }
            other => other.clone(),
        })
    }

    fn joined(&self, template: &Template, encode: impl Fn(String, usize) -> String) -> Result<String, String> {
        let filled = template.pieces().iter().enumerate().map(|(place, piece)| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Value(source, form) => Ok(encode(in_form(self.value(source)?, *form)?, place)),
        });
        filled.collect()
    }

    fn value(&self, source: &Source) -> Result<String, String> {
        let (since, until) = self.slice.map(Slice::days).unwrap_or_default();
        match source {
            Source::Account => Ok(self.context.account().to_owned()),
            Source::Today => Ok(self.context.today()),
            Source::Since => Ok(since.to_owned()),
            Source::Until => Ok(until.to_owned()),
            Source::DayAfterUntil => day_plus(until, 1).ok_or_else(|| format!("{until:?} is no day")),
            Source::Each => self.each.map(str::to_owned).ok_or_else(|| "there is no list here".to_owned()),
            Source::Setting(name) => settings::value(&self.plugin.settings, name, self.context)
                .ok_or_else(|| format!("the setting {name:?} has no value")),
        }
    }
}

fn in_form(value: String, form: Form) -> Result<String, String> {
    match form {
        Form::Plain => Ok(value),
        Form::Compact => Ok(value.replace('-', "")),
        Form::Unix => Ok(start_of(&value)?.as_second().to_string()),
        Form::UnixMs => Ok(start_of(&value)?.as_millisecond().to_string()),
    }
}

fn start_of(day: &str) -> Result<Timestamp, String> {
    let date: Date = day.parse().map_err(|_| format!("{day:?} is no day"))?;
    date.to_zoned(TimeZone::UTC).map(|start| start.timestamp()).map_err(|_| format!("{day:?} is out of range"))
}

#[cfg(test)]
mod tests;
