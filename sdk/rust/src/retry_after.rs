//! How long to wait, in all the forms in which providers say it.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::Field;

/// Headers that carry the reset of a limit, the most authoritative first. Some providers send them
/// with every answer, so they say to wait only where the limit is what failed.
const RESETS: [&str; 6] = [
    "x-rate-limit-reset",
    "x-ratelimit-reset",
    "x-ratelimit-reset-after",
    "ratelimit-reset",
    "x-rate-limit-time-reset-ms",
    "x-ratelimit-reset-ms",
];

/// Numbers from here on cannot be a number of seconds to wait; they are moments.
const FIRST_EPOCH_SECOND: f64 = 1_000_000_000.0;
const FIRST_EPOCH_MS: f64 = 1_000_000_000_000.0;

/// Finds a wait in the headers of an answer, in milliseconds from `now`.
pub(crate) fn from_headers(status: Option<u16>, headers: &[Field], now: u64) -> Option<u64> {
    let asked = value_of(headers, "retry-after").and_then(|value| parse(value, Unit::Seconds, now));
    asked.or_else(|| is_limited(status, headers).then(|| from_resets(headers, now)).flatten())
}

fn from_resets(headers: &[Field], now: u64) -> Option<u64> {
    RESETS.iter().find_map(|name| {
        let unit = if name.ends_with("-ms") { Unit::Milliseconds } else { Unit::Seconds };
        parse(value_of(headers, name)?, unit, now)
    })
}

/// Some providers answer a used-up limit with 403 instead of 429 (RFC 6585).
fn is_limited(status: Option<u16>, headers: &[Field]) -> bool {
    let remaining = ["x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining"];
    let is_used_up = remaining.iter().any(|name| value_of(headers, name) == Some("0"));
    matches!(status, Some(403 | 429)) || is_used_up
}

fn value_of<'a>(headers: &'a [Field], name: &str) -> Option<&'a str> {
    headers.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.trim())
}

/// The unit of a number that says how long to wait.
///
/// ```
/// use relink_sdk::Unit;
///
/// assert_ne!(Unit::Seconds, Unit::Minutes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// As in `Retry-After: 30`.
    Seconds,
    /// As in `x-rate-limit-time-reset-ms: 15000`.
    Milliseconds,
    /// As in Meta's `estimated_time_to_regain_access`.
    Minutes,
}

/// Reads one value: a number, a number with a unit letter, or a date.
pub(crate) fn parse(text: &str, unit: Unit, now: u64) -> Option<u64> {
    let text = text.trim();
    let (digits, unit) = match text.strip_suffix("ms") {
        Some(digits) => (digits, Unit::Milliseconds),
        None => match text.strip_suffix('s') {
            Some(digits) => (digits, Unit::Seconds),
            None => (text, unit),
        },
    };
    match digits.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Some(wait_of_number(number, unit, now)),
        Ok(_) => None,
        Err(_) => moment(text).map(|at_ms| at_ms.saturating_sub(now)),
    }
}

fn wait_of_number(number: f64, unit: Unit, now: u64) -> u64 {
    if number >= FIRST_EPOCH_MS {
        return (number as u64).saturating_sub(now);
    }
    if number >= FIRST_EPOCH_SECOND {
        return ((number * 1000.0) as u64).saturating_sub(now);
    }
    let factor = match unit {
        Unit::Milliseconds => 1.0,
        Unit::Seconds => 1000.0,
        Unit::Minutes => 60_000.0,
    };
    (number * factor).round() as u64
}

/// A date as RFC 9110 or ISO 8601 write it, in unix milliseconds.
fn moment(text: &str) -> Option<u64> {
    let http_date = || rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    let at: Timestamp = text.parse().ok().or_else(http_date)?;
    u64::try_from(at.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn check(name: &str, value: &str, expected_ms: Option<u64>) {
        let headers = [Field { name: name.to_owned(), value: value.to_owned() }];
        assert_eq!(from_headers(Some(429), &headers, NOW), expected_ms, "{name}: {value}");
    }

    #[test]
    fn a_reset_says_to_wait_only_where_the_limit_is_what_failed() {
        let field = |name: &str, value: &str| Field { name: name.to_owned(), value: value.to_owned() };
        let some_left = [field("x-rate-limit-reset", "1700000060"), field("x-rate-limit-remaining", "7")];
        let none_left = [field("x-rate-limit-reset", "1700000060"), field("x-rate-limit-remaining", "0")];
        assert_eq!(from_headers(Some(503), &some_left, NOW), None);
        assert_eq!(from_headers(Some(429), &some_left, NOW), Some(60_000));
        assert_eq!(from_headers(Some(200), &none_left, NOW), Some(60_000));
        assert_eq!(from_headers(Some(503), &[field("retry-after", "5")], NOW), Some(5_000));
    }

    #[test]
    fn every_form_of_a_wait_is_read() {
        check("Retry-After", "30", Some(30_000));
        check("retry-after", "2.0", Some(2_000));
        check("retry-after", "0", Some(0));
        check("retry-after", "30s", Some(30_000));
        check("retry-after", "Tue, 14 Nov 2023 22:14:20 GMT", Some(60_000));
        check("retry-after", "2023-11-14T22:14:20Z", Some(60_000));
        check("x-rate-limit-reset", "1700000060", Some(60_000));
        check("x-ratelimit-reset", "60", Some(60_000));
        check("x-rate-limit-time-reset-ms", "15000", Some(15_000));
        check("retry-after", "1700000060000", Some(60_000));
    }

    #[test]
    fn nonsense_and_the_past_are_no_wait() {
        check("retry-after", "soon", None);
        check("retry-after", "-5", None);
        check("retry-after", "NaN", None);
        check("retry-after", "1e999", None);
        check("x-rate-limit-reset", "1600000000", Some(0));
        check("x-other", "30", None);
    }
}
