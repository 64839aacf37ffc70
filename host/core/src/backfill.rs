//! Which days to fetch next, from the ledger of days that are there.
//!
//! A gap is not stored: it is what the ledger lacks. So a reconnect needs no resume code, a day can
//! neither be forgotten nor fetched for nothing, and a failed or killed run changes no plan.

use std::collections::BTreeSet;

use crate::plugin::{Daily, Slice, SyncMode, Window};
use crate::time::Day;

/// Slices that a plan holds at most; what is left is planned by the next run.
const MAX_SLICES: usize = 64;

/// What is known of one dataset of one connection.
pub struct Ledger<'a> {
    /// Days that are stored, or lost for good.
    pub covered: &'a BTreeSet<Day>,
    /// The day from which the customer wants data.
    pub wanted_from: Day,
    pub today: Day,
}

/// Plans the slices of one dataset, newest first: today's numbers matter before last year's.
///
/// Days that the provider restates are planned again although they are covered, and days that it no
/// longer keeps are never planned.
pub fn plan(dataset: &str, mode: &SyncMode, ledger: &Ledger<'_>) -> Vec<Slice> {
    let SyncMode::Daily(daily) = mode else {
        return vec![Slice { dataset: dataset.to_owned(), window: None }];
    };
    let wanted: Vec<Day> = wanted_days(daily, ledger).collect();
    let windows = windows_of(&wanted, daily.max_window_days);
    windows.into_iter().map(|window| Slice { dataset: dataset.to_owned(), window: Some(window) }).collect()
}

/// The days that are wanted and not there, oldest first.
pub fn missing(daily: &Daily, ledger: &Ledger<'_>) -> Vec<Day> {
    let first = first_available(daily, ledger);
    first.through(ledger.today).filter(|day| !ledger.covered.contains(day)).collect()
}

/// The days that are wanted but that the provider no longer keeps, oldest first.
pub fn unrecoverable(daily: &Daily, ledger: &Ledger<'_>) -> Vec<Day> {
    let last = first_available(daily, ledger).plus_days(-1);
    ledger.wanted_from.through(last).filter(|day| !ledger.covered.contains(day)).collect()
}

fn wanted_days(daily: &Daily, ledger: &Ledger<'_>) -> impl Iterator<Item = Day> {
    let restated_from = ledger.today.plus_days(-i64::from(daily.restate_days));
    let first = first_available(daily, ledger);
    first.through(ledger.today).filter(move |day| *day >= restated_from || !ledger.covered.contains(day))
}

fn first_available(daily: &Daily, ledger: &Ledger<'_>) -> Day {
    match daily.history_days {
        Some(kept) => ledger.wanted_from.max(ledger.today.plus_days(1 - i64::from(kept.max(1)))),
        None => ledger.wanted_from,
    }
}

/// Joins neighbouring days into windows of at most `max_days`, newest window first.
fn windows_of(days: &[Day], max_days: Option<u32>) -> Vec<Window> {
    let max_days = i64::from(max_days.unwrap_or(u32::MAX).max(1));
    let mut windows: Vec<Window> = Vec::new();
    for day in days.iter().rev() {
        let is_full = windows.len() == MAX_SLICES;
        match windows.last_mut() {
            Some(open) if open.since == day.plus_days(1) && open.until.days_since(*day) < max_days => open.since = *day,
            _ if is_full => break,
            _ => windows.push(Window { since: *day, until: *day }),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn check(covered: &[&str], daily: &Daily, expected: &[(&str, &str)]) {
        let covered = covered.iter().map(|text| day(text)).collect();
        let ledger = Ledger { covered: &covered, wanted_from: day("2026-03-01"), today: day("2026-03-10") };
        let planned = plan("spend", &SyncMode::Daily(daily.clone()), &ledger);
        let windows: Vec<_> = planned.iter().filter_map(|slice| slice.window).collect();
        let expected: Vec<_> =
            expected.iter().map(|(since, until)| Window { since: day(since), until: day(until) }).collect();
        assert_eq!(windows, expected);
    }

    fn daily(max_window_days: Option<u32>, restate_days: u32, history_days: Option<u32>) -> Daily {
        Daily { day_field: "date".to_owned(), max_window_days, restate_days, history_days }
    }

    #[test]
    fn a_new_connection_gets_everything_in_one_window() {
        check(&[], &daily(None, 0, None), &[("2026-03-01", "2026-03-10")]);
    }

    #[test]
    fn windows_respect_the_provider_limit_newest_first() {
        let expected = [("2026-03-07", "2026-03-10"), ("2026-03-03", "2026-03-06"), ("2026-03-01", "2026-03-02")];
        check(&[], &daily(Some(4), 0, None), &expected);
    }

    #[test]
    fn a_gap_in_the_middle_is_filled_and_today_is_read_again() {
        let covered =
            ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"];
        check(&covered, &daily(None, 0, None), &[("2026-03-10", "2026-03-10"), ("2026-03-04", "2026-03-06")]);
    }

    #[test]
    fn restated_days_are_read_again() {
        let covered: Vec<String> = day("2026-03-01").through(day("2026-03-10")).map(|day| day.to_string()).collect();
        let covered: Vec<&str> = covered.iter().map(String::as_str).collect();
        check(&covered, &daily(None, 3, None), &[("2026-03-07", "2026-03-10")]);
    }

    #[test]
    fn days_that_the_provider_dropped_are_not_asked_for_but_named() {
        check(&[], &daily(None, 0, Some(7)), &[("2026-03-04", "2026-03-10")]);
        let ledger = Ledger { covered: &BTreeSet::new(), wanted_from: day("2026-03-01"), today: day("2026-03-10") };
        assert_eq!(unrecoverable(&daily(None, 0, Some(7)), &ledger).len(), 3);
        assert_eq!(missing(&daily(None, 0, Some(7)), &ledger).len(), 7);
    }

    #[test]
    fn a_dataset_without_days_is_one_slice() {
        let ledger = Ledger { covered: &BTreeSet::new(), wanted_from: day("2026-03-01"), today: day("2026-03-10") };
        assert_eq!(plan("people", &SyncMode::Full, &ledger), [Slice { dataset: "people".to_owned(), window: None }]);
    }
}
