//! The only reader of the clock. Lifetimes and days are real ones here: the simulator stands for
//! services outside, whose clocks a test cannot turn either. Faults put tokens past their time.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Unix milliseconds.
pub(crate) fn now() -> i64 {
    timestamp().as_millisecond()
}

/// Today by UTC. A provider's day boundary is of no interest to those who use this double.
pub(crate) fn today() -> Date {
    timestamp().to_zoned(TimeZone::UTC).date()
}

#[expect(clippy::disallowed_methods, reason = "the simulator is an edge of its own, see above")]
fn timestamp() -> Timestamp {
    Timestamp::now()
}
