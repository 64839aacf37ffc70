//! Moments and days. A moment is Unix milliseconds, a day is a civil date; nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

/// A moment in Unix milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn as_ms(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_ms(seconds.saturating_mul(1_000))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The UTC day in which this moment lies.
    pub fn day(self) -> Day {
        Day(self.to_jiff().to_zoned(TimeZone::UTC).date())
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the millisecond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.to_jiff())
    }
}

/// A calendar day, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Says that a text is not a day.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a day of the form YYYY-MM-DD")]
pub struct ParseDayError(String);

impl Day {
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.clamp(-4_000_000, 4_000_000).days()))
    }

    /// Days from `earlier` to this one; negative if `earlier` is later.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).get_days().into()
    }

    /// Midnight UTC at the start of the day.
    pub fn start(self) -> Timestamp {
        let midnight = self.0.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        Timestamp(midnight.map_or(i64::MAX, jiff::Timestamp::as_millisecond))
    }

    /// All days from this one to `last`, both included; none if `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (0..=last.days_since(self)).map(move |offset| self.plus_days(offset))
    }
}

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        let well_formed = text.len() == 10 && text.is_ascii();
        match text.parse() {
            Ok(date) if well_formed => Ok(Self(date)),
            _ => Err(ParseDayError(text.chars().take(32).collect())),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Writes a span in the largest unit that fits: "3 days", "2 hours", "5 minutes", "a moment".
pub fn in_words(ms: i64) -> String {
    let span = SignedDuration::from_millis(ms.saturating_abs());
    let (amount, unit) = match span.as_secs() {
        172_800.. => (span.as_hours() / 24, "day"),
        7_200.. => (span.as_hours(), "hour"),
        60.. => (span.as_mins(), "minute"),
        _ => return "a moment".to_owned(),
    };
    let plural = if amount == 1 { "" } else { "s" };
    format!("{amount} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_across_months_and_leap_years() {
        let start: Day = "2028-02-27".parse().unwrap();
        let days: Vec<_> = start.through("2028-03-01".parse().unwrap()).map(|day| day.to_string()).collect();
        assert_eq!(days, ["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"]);
        assert_eq!(start.through(start.plus_days(-1)).count(), 0);
        assert_eq!("2029-01-01".parse::<Day>().unwrap().days_since(start), 309);
    }

    #[test]
    fn only_plain_days_are_read() {
        for text in ["2026-1-1", "20260101", "2026-02-30", "2026-01-01T00:00:00", "", "'; --"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn extreme_moments_are_shown_and_not_panicked_about() {
        assert_eq!(Timestamp::from_ms(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert!(!Timestamp::from_ms(i64::MAX).to_string().is_empty());
        assert!(!Timestamp::from_ms(i64::MIN).day().to_string().is_empty());
    }

    #[test]
    fn spans_read_as_words() {
        let cases = [(0, "a moment"), (61_000, "1 minute"), (7_200_000, "2 hours"), (259_200_000, "3 days")];
        for (ms, expected) in cases {
            assert_eq!(in_words(ms), expected);
        }
    }
}
