//! Invented numbers. The same account, day and series always give the same number, so a backfill can
//! be compared with a second one, and no two days look alike.

use jiff::{ToSpan, civil::Date};

use crate::clock::today;

/// How many days before today have data.
const HISTORY_DAYS: i32 = 400;

/// All days that have data.
pub(crate) fn history() -> Vec<Date> {
    days(Date::MIN, today())
}

/// The days of a window that have data; the window's ends are included.
pub(crate) fn days(since: Date, until: Date) -> Vec<Date> {
    let first = today().saturating_sub(HISTORY_DAYS.days());
    let since = since.max(first);
    let until = until.min(today());
    since.series(1.day()).take_while(|day| *day <= until).collect()
}

/// A number around `base` (between about half and one and a half of it) with a weekly rhythm.
pub(crate) fn number(series: &str, day: Date, base: u64) -> u64 {
    let noise = mix(hash(series) ^ mix(u64::from(day.day_of_year().unsigned_abs()) ^ year_bits(day))) % 1000;
    let weekday = u64::from(day.weekday().to_monday_one_offset().unsigned_abs());
    let rhythm = if weekday >= 6 { 650 } else { 900 + weekday * 20 };
    base * (500 + noise) / 1000 * rhythm / 1000
}

/// A number that depends on the series alone.
pub(crate) fn fixed(series: &str, below: u64) -> u64 {
    mix(hash(series)) % below
}

fn year_bits(day: Date) -> u64 {
    u64::from(day.year().unsigned_abs()) << 32
}

/// FNV-1a: stable across releases of the standard library, which its own hasher is not.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of splitmix64.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_day_has_the_same_number_and_another_day_another() {
        let day = today();
        assert_eq!(number("a", day, 1000), number("a", day, 1000));
        assert_ne!(number("a", day, 100_000), number("b", day, 100_000));
        assert_ne!(number("a", day, 100_000), number("a", day.saturating_sub(7.days()), 100_000));
    }

    #[test]
    fn there_is_no_data_before_the_history_nor_after_today() {
        let days = days(today().saturating_sub(1000.days()), today().saturating_add(10.days()));
        assert_eq!(days.len(), 401);
        assert_eq!(days.last(), Some(&today()));
    }
}
