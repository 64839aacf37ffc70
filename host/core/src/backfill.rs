//! Which days to fetch next, from the ledger of days that are there.
//!
//! A gap is not stored: it is what the ledger lacks. So a reconnect needs no resume code, a day can
//! neither be forgotten nor fetched for nothing, and a failed or killed run changes no plan.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::decide::Outcome;
use crate::plugin::{Daily, Slice, SyncMode, Window};
use crate::time::{Day, Timestamp};

/// A day ends in the west when the next one of UTC has begun, whose end is then waited for.
const LEAST_RESTATED_DAYS: u32 = 1;

/// What is known of a day, or of a dataset that is fetched as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is stored, as the provider had it when its fetch began.
    Fetched(Timestamp),
    /// The provider no longer has it.
    Lost,
}

/// What is known of one dataset of one connection.
pub struct Ledger<'a> {
    /// By day; the one without a day is the dataset as a whole.
    pub known: &'a BTreeMap<Option<Day>, Known>,
    /// The day from which the customer wants data.
    pub wanted_from: Day,
    pub today: Day,
}

/// One walk over everything that a connection has, in as many runs as that takes.
#[derive(Clone, Copy)]
pub struct Pass<'a> {
    pub started_at: Timestamp,
    pub now: Timestamp,
    /// Windows of the dataset that an earlier run began, and in which it can be gone on.
    pub under_way: &'a [Window],
}

impl Pass<'_> {
    /// What was fetched after now was fetched before the clock was set back.
    fn has_fetched(&self, at: Timestamp) -> bool {
        self.started_at <= at && at <= self.now
    }
}

/// When the pass began with which the next run goes on; none if that begins a new one.
///
/// A pass that only lacks the time comes to its end, however long that takes. One that fails is begun anew once
/// it is due again, so that whatever cannot be had does not keep the rest from being fetched.
pub fn pass_after(started_at: Timestamp, outcome: &Outcome, interval_ms: i64, now: Timestamp) -> Option<Timestamp> {
    let age_ms = now.since_ms(started_at);
    let goes_on = match outcome {
        Outcome::Fetched { is_complete, .. } => !is_complete,
        Outcome::Waiting { .. } => true,
        Outcome::Failed(_) | Outcome::PluginMisbehaved => age_ms < interval_ms,
    };
    (goes_on && age_ms >= 0).then_some(started_at)
}

/// Plans the slices of one dataset, newest first: today's numbers matter before last year's.
///
/// What still changes at the provider is planned once in each pass although it is there, and days that the
/// provider no longer keeps are never planned.
pub fn plan(dataset: &str, mode: &SyncMode, ledger: &Ledger<'_>, pass: Pass<'_>) -> Vec<Slice> {
    let slice = |window| Slice { dataset: dataset.to_owned(), window };
    match mode {
        SyncMode::Full => match ledger.known.get(&None) {
            Some(Known::Fetched(at)) if pass.has_fetched(*at) => Vec::new(),
            _ => vec![slice(None)],
        },
        SyncMode::Daily(daily) => {
            let windows = windows_of(wanted_days(daily, ledger, pass), pass.under_way, daily.max_window_days);
            windows.into_iter().map(|window| slice(Some(window))).collect()
        }
    }
}

/// The days that are wanted and of which nothing is known, oldest first.
pub fn missing(daily: &Daily, ledger: &Ledger<'_>) -> Vec<Day> {
    let first = first_available(daily, ledger);
    first.through(ledger.today).filter(|day| !ledger.known.contains_key(&Some(*day))).collect()
}

/// The days that are wanted but that the provider no longer keeps, oldest first.
pub fn unrecoverable(daily: &Daily, ledger: &Ledger<'_>) -> Vec<Day> {
    let last = first_available(daily, ledger).plus_days(-1);
    ledger.wanted_from.through(last).filter(|day| !ledger.known.contains_key(&Some(*day))).collect()
}

fn wanted_days(daily: &Daily, ledger: &Ledger<'_>, pass: Pass<'_>) -> BTreeSet<Day> {
    let is_wanted = |day: &Day| match ledger.known.get(&Some(*day)) {
        None => true,
        Some(Known::Lost) => false,
        Some(Known::Fetched(at)) => !is_final(*day, *at, daily) && !pass.has_fetched(*at),
    };
    first_available(daily, ledger).through(ledger.today).filter(is_wanted).collect()
}

/// Whether the provider had stopped changing the day when its fetch began.
fn is_final(day: Day, fetched_at: Timestamp, daily: &Daily) -> bool {
    fetched_at.day().days_since(day) > i64::from(daily.restate_days.max(LEAST_RESTATED_DAYS))
}

fn first_available(daily: &Daily, ledger: &Ledger<'_>) -> Day {
    match daily.history_days {
        Some(kept) => ledger.wanted_from.max(ledger.today.plus_days(1 - i64::from(kept.max(1)))),
        None => ledger.wanted_from,
    }
}

/// Joins neighbouring days into windows of at most `max_days`, newest window first. A window that is under way
/// stays as it is while a day of it is wanted: midnight moves the others.
fn windows_of(mut days: BTreeSet<Day>, under_way: &[Window], max_days: Option<u32>) -> Vec<Window> {
    let max_days = i64::from(max_days.unwrap_or(u32::MAX).max(1));
    let length = |window: &Window| window.until.days_since(window.since) + 1;
    let mut kept: Vec<Window> = Vec::new();
    for window in under_way.iter().filter(|window| length(window) <= max_days) {
        let wanted = days.len();
        days.retain(|day| !(window.since..=window.until).contains(day));
        if days.len() < wanted {
            kept.push(*window);
        }
    }
    let mut windows: Vec<Window> = Vec::new();
    for day in days.into_iter().rev() {
        match windows.last_mut() {
            Some(open) if open.since == day.plus_days(1) && length(open) < max_days => open.since = day,
            _ => windows.push(Window { since: day, until: day }),
        }
    }
    windows.append(&mut kept);
    windows.sort_by_key(|window| Reverse(window.until));
    windows
}

#[cfg(test)]
mod tests;
