//! Moments as a person reads them.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;
use relink_core::time::{Timestamp, in_words};

/// A moment on a page: a `<time>` element in UTC, which a script turns into the reader's own zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    machine: String,
    text: String,
}

impl When {
    /// Says a moment as briefly as `now` allows: "14:02 UTC", "Nov 18, 14:02 UTC", "Nov 18, 2025".
    pub(crate) fn at(moment: Timestamp, now: Timestamp) -> Self {
        let (then, today) = (civil(moment), civil(now));
        let format = if then.date() == today.date() {
            "%H:%M UTC"
        } else if then.year() == today.year() {
            "%b %-d, %H:%M UTC"
        } else {
            "%b %-d, %Y"
        };
        Self { machine: moment.to_string(), text: then.strftime(format).to_string() }
    }

    /// Says how far away a moment is: "in 12 minutes", "3 days ago", "now".
    pub(crate) fn from_now(moment: Timestamp, now: Timestamp) -> Self {
        let distance = moment.since_ms(now);
        let text = match distance {
            60_000.. => format!("in {}", in_words(distance)),
            -59_999..60_000 => "now".to_owned(),
            _ => format!("{} ago", in_words(distance)),
        };
        Self { machine: moment.to_string(), text }
    }
}

/// Says a day in a sentence: "Nov 18", or "Nov 18, 2025" in another year than `now`.
pub(crate) fn day(moment: Timestamp, now: Timestamp) -> String {
    let (then, today) = (civil(moment), civil(now));
    let format = if then.year() == today.year() { "%b %-d" } else { "%b %-d, %Y" };
    then.strftime(format).to_string()
}

fn civil(moment: Timestamp) -> jiff::Zoned {
    let timestamp = jiff::Timestamp::from_millisecond(moment.as_ms()).unwrap_or_default();
    timestamp.to_zoned(TimeZone::UTC)
}

impl HtmlSafe for When {}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, text } = self;
        let zoned = if text.contains(',') || text.contains(':') { " data-zoned" } else { "" };
        write!(f, r#"<time datetime="{machine}"{zoned}>{text}</time>"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(moment: &str, now: &str, expected: &str) {
        let (moment, now) = (parse(moment), parse(now));
        assert_eq!(When::at(moment, now).text, expected);
    }

    fn parse(text: &str) -> Timestamp {
        Timestamp::from_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_moment_is_as_brief_as_possible() {
        check("2026-11-21T09:21:00Z", "2026-11-21T23:00:00Z", "09:21 UTC");
        check("2026-11-18T14:02:00Z", "2026-11-21T23:00:00Z", "Nov 18, 14:02 UTC");
        check("2025-11-18T14:02:00Z", "2026-11-21T23:00:00Z", "Nov 18, 2025");
    }

    #[test]
    fn a_distance_is_said_in_words() {
        let now = parse("2026-11-21T12:00:00Z");
        let cases = [(720_000, "in 12 minutes"), (10_000, "now"), (-259_200_000, "3 days ago")];
        for (distance, expected) in cases {
            assert_eq!(When::from_now(now.plus_ms(distance), now).text, expected);
        }
    }
}
