use super::*;

/// Of 2026-03-10, in the evening.
const NOW: Timestamp = Timestamp::from_ms(1_773_172_800_000);
const HOUR_MS: i64 = 3_600_000;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Noon of a day.
fn noon(text: &str) -> Known {
    Known::Fetched(day(text).start().plus_ms(12 * HOUR_MS))
}

fn daily(max_window_days: Option<u32>, restate_days: u32, history_days: Option<u32>) -> Daily {
    Daily { day_field: "date".to_owned(), max_window_days, restate_days, history_days }
}

fn windows(expected: &[(&str, &str)]) -> Vec<Window> {
    expected.iter().map(|(since, until)| Window { since: day(since), until: day(until) }).collect()
}

/// The days from 2026-03-01 on that are known, and the pass that begins now.
struct Case {
    known: BTreeMap<Option<Day>, Known>,
    under_way: Vec<Window>,
    pass_started_at: Timestamp,
}

impl Case {
    fn new(known: &[(&str, Known)]) -> Self {
        let known = known.iter().map(|(on, known)| (Some(day(on)), *known)).collect();
        Self { known, under_way: Vec::new(), pass_started_at: NOW }
    }

    /// All days, fetched at noon of a day.
    fn fetched_on(on: &str) -> Self {
        let known = day("2026-03-01").through(day("2026-03-10")).map(|day| (Some(day), noon(on))).collect();
        Self { known, ..Self::new(&[]) }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger { known: &self.known, wanted_from: day("2026-03-01"), today: NOW.day() }
    }

    fn plan(&self, mode: &SyncMode) -> Vec<Slice> {
        let pass = Pass { started_at: self.pass_started_at, now: NOW, under_way: &self.under_way };
        plan("spend", mode, &self.ledger(), pass)
    }

    #[track_caller]
    fn check(&self, daily: Daily, expected: &[(&str, &str)]) {
        let planned: Vec<_> = self.plan(&SyncMode::Daily(daily)).iter().filter_map(|slice| slice.window).collect();
        assert_eq!(planned, windows(expected));
    }
}

#[test]
fn the_tests_are_told_on_an_evening() {
    assert_eq!(NOW, day("2026-03-10").start().plus_ms(20 * HOUR_MS));
}

#[test]
fn a_new_connection_gets_everything_in_one_window() {
    Case::new(&[]).check(daily(None, 0, None), &[("2026-03-01", "2026-03-10")]);
}

#[test]
fn windows_respect_the_provider_limit_newest_first() {
    let expected = [("2026-03-07", "2026-03-10"), ("2026-03-03", "2026-03-06"), ("2026-03-01", "2026-03-02")];
    Case::new(&[]).check(daily(Some(4), 0, None), &expected);
}

#[test]
fn a_plan_has_all_that_is_missing_however_small_its_windows() {
    let case = Case::new(&[]);
    let ledger = Ledger { wanted_from: day("2024-03-11"), ..case.ledger() };
    let pass = Pass { started_at: NOW, now: NOW, under_way: &[] };
    assert_eq!(plan("spend", &SyncMode::Daily(daily(Some(1), 0, None)), &ledger, pass).len(), 730);
}

#[test]
fn a_gap_in_the_middle_is_filled() {
    let mut case = Case::fetched_on("2026-03-30");
    for on in ["2026-03-04", "2026-03-05"] {
        case.known.remove(&Some(day(on)));
    }
    case.pass_started_at = day("2026-03-30").start();
    case.check(daily(None, 0, None), &[("2026-03-04", "2026-03-05")]);
}

#[test]
fn a_day_is_final_once_it_was_asked_for_when_it_was_over_everywhere_and_restated_no_more() {
    // The morning of the 10th is the evening of the 9th in the west.
    Case::fetched_on("2026-03-10").check(daily(None, 0, None), &[("2026-03-09", "2026-03-10")]);
    Case::fetched_on("2026-03-10").check(daily(None, 1, None), &[("2026-03-09", "2026-03-10")]);
    Case::fetched_on("2026-03-10").check(daily(None, 3, None), &[("2026-03-07", "2026-03-10")]);
    // An outage changes nothing about what was known before it.
    Case::fetched_on("2026-03-06").check(daily(None, 3, None), &[("2026-03-03", "2026-03-10")]);
}

#[test]
fn an_answer_that_comes_after_midnight_is_of_the_day_before() {
    let asked_at = day("2026-03-05").start().plus_ms(-1);
    let case = Case::new(&[("2026-03-01", Known::Lost), ("2026-03-04", Known::Fetched(asked_at))]);
    case.check(daily(None, 0, None), &[("2026-03-02", "2026-03-10")]);
}

#[test]
fn what_was_fetched_in_this_pass_is_left_to_the_next_one() {
    let mut case = Case::fetched_on("2026-03-09");
    case.check(daily(None, 30, None), &[("2026-03-01", "2026-03-10")]);
    case.pass_started_at = NOW.plus_ms(-HOUR_MS);
    for on in ["2026-03-04", "2026-03-05", "2026-03-10"] {
        case.known.insert(Some(day(on)), Known::Fetched(NOW.plus_ms(-HOUR_MS)));
    }
    case.check(daily(None, 30, None), &[("2026-03-06", "2026-03-09"), ("2026-03-01", "2026-03-03")]);
}

#[test]
fn what_was_fetched_before_the_clock_was_set_back_is_fetched_again() {
    let known = Known::Fetched(NOW.plus_ms(HOUR_MS));
    Case::new(&[("2026-03-10", known)]).check(daily(None, 0, None), &[("2026-03-01", "2026-03-10")]);
}

#[test]
fn a_window_that_is_under_way_at_midnight_stays_as_it_is() {
    let mut case = Case::fetched_on("2026-03-09");
    case.under_way = windows(&[("2026-03-06", "2026-03-09")]);
    let expected = [("2026-03-10", "2026-03-10"), ("2026-03-06", "2026-03-09"), ("2026-03-04", "2026-03-05")];
    case.check(daily(Some(4), 5, None), &expected);
}

#[test]
fn a_window_that_is_under_way_is_given_up_if_no_day_of_it_is_wanted_or_it_is_too_long() {
    let mut case = Case::fetched_on("2026-03-10");
    case.under_way = windows(&[("2026-03-01", "2026-03-08")]);
    case.check(daily(None, 0, None), &[("2026-03-09", "2026-03-10")]);
    case.check(daily(Some(7), 7, None), &[("2026-03-04", "2026-03-10"), ("2026-03-03", "2026-03-03")]);
}

#[test]
fn days_that_the_provider_dropped_are_not_asked_for_but_named() {
    let case = Case::new(&[]);
    case.check(daily(None, 0, Some(7)), &[("2026-03-04", "2026-03-10")]);
    assert_eq!(unrecoverable(&daily(None, 0, Some(7)), &case.ledger()).len(), 3);
    assert_eq!(missing(&daily(None, 0, Some(7)), &case.ledger()).len(), 7);
}

#[test]
fn a_day_that_was_fetched_while_it_changed_is_neither_missing_nor_lost() {
    let case = Case::fetched_on("2026-03-10");
    assert_eq!(unrecoverable(&daily(None, 30, Some(7)), &case.ledger()), []);
    assert_eq!(missing(&daily(None, 30, Some(7)), &case.ledger()), []);
}

#[test]
fn a_dataset_without_days_is_one_slice_of_each_pass() {
    let whole = [Slice { dataset: "spend".to_owned(), window: None }];
    let mut case = Case::new(&[]);
    assert_eq!(case.plan(&SyncMode::Full), whole);
    case.known.insert(None, Known::Fetched(NOW.plus_ms(-1)));
    assert_eq!(case.plan(&SyncMode::Full), whole);
    case.pass_started_at = NOW.plus_ms(-HOUR_MS);
    assert_eq!(case.plan(&SyncMode::Full), []);
}

#[test]
fn a_pass_ends_with_its_last_slice_or_once_it_is_due_again_and_fails() {
    let in_part = Outcome::Fetched { is_complete: false, is_answered: true };
    let complete = Outcome::Fetched { is_complete: true, is_answered: true };
    let cases = [
        (&complete, 0, false),
        (&in_part, 9 * HOUR_MS, true),
        (&Outcome::Waiting { until: NOW }, 9 * HOUR_MS, true),
        (&Outcome::PluginMisbehaved, 5 * HOUR_MS, true),
        (&Outcome::PluginMisbehaved, 6 * HOUR_MS, false),
        // The clock was set back.
        (&in_part, -1, false),
    ];
    for (outcome, age_ms, goes_on) in cases {
        let started_at = NOW.plus_ms(-age_ms);
        let expected = goes_on.then_some(started_at);
        assert_eq!(pass_after(started_at, outcome, 6 * HOUR_MS, NOW), expected, "{outcome:?} after {age_ms} ms");
    }
}
