//! When one plugin calls the sign-ins of many people broken at the same time, its word alone is not
//! enough: it may read wrongly, or lie, and everybody would be told to reconnect for nothing.
//!
//! Such breakages are held back until other reports of the same plugin, an operator or a bounded time
//! speak for them. Pure, as every decision: what was counted and what the time is are arguments.

use super::{Change, Decision};
use crate::time::Timestamp;

/// How long breakages of a plugin are taken at its word once an operator, or the end of the hold, spoke
/// for them: every connection comes to its turn within a day.
const BELIEVED_MS: i64 = 86_400_000;

/// What makes a wave, and how long it is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WavePolicy {
    /// So many broken authorizations among twice as many that reported last are a wave; 0 = there are none.
    pub authorizations: u32,
    /// Older reports do not count.
    pub window_ms: i64,
    /// The longest that a breakage is held back.
    pub hold_ms: i64,
    /// The pause between two authorizations that are looked at during a wave.
    pub probe_ms: i64,
}

impl Default for WavePolicy {
    fn default() -> Self {
        Self { authorizations: 5, window_ms: 3_600_000, hold_ms: 4 * 3_600_000, probe_ms: 60_000 }
    }
}

impl WavePolicy {
    /// How many of the last reports are looked at.
    pub fn reports(&self) -> u32 {
        self.authorizations.saturating_mul(2)
    }
}

/// How many authorizations of one plugin reported, each counted once by its last outcome, and how many of
/// these the plugin called broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    pub reporting: u32,
    pub failing: u32,
}

impl Reports {
    /// None if nobody reported.
    pub fn failure_ratio(self) -> Option<f64> {
        (self.reporting > 0).then(|| f64::from(self.failing) / f64::from(self.reporting))
    }

    /// Whether the last [`WavePolicy::reports`] make a wave.
    pub fn are_a_wave(self, policy: &WavePolicy) -> bool {
        policy.authorizations > 0 && self.failing >= policy.authorizations
    }
}

/// Whether a wave is over: too few are still called broken, or most of what reported since it began works,
/// so that the plugin does not call everybody broken.
pub fn is_over(in_window: Reports, since_opened: Reports, policy: &WavePolicy) -> bool {
    let most_work = since_opened.failing.saturating_mul(2) < since_opened.reporting;
    in_window.failing < policy.authorizations || (most_work && since_opened.reporting >= policy.reports())
}

/// What a host remembers of the wave of one plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wave {
    pub opened_at: Option<Timestamp>,
    /// Until when the plugin is taken at its word.
    pub believed_until: Option<Timestamp>,
    /// The last time at which something that is held back will be looked at.
    pub next_probe_at: Timestamp,
}

impl Wave {
    pub fn open(&mut self, now: Timestamp) {
        *self = Self { opened_at: Some(now), believed_until: None, next_probe_at: now };
    }

    pub fn close(&mut self) {
        *self = Self::default();
    }

    pub fn believe(&mut self, now: Timestamp) {
        *self = Self { believed_until: Some(now.plus_ms(BELIEVED_MS)), ..Self::default() };
    }

    pub fn is_believed(&self, now: Timestamp) -> bool {
        self.believed_until.is_some_and(|until| until > now)
    }

    /// When what it holds back is believed at the latest; none if it is not open.
    pub fn ends_at(&self, policy: &WavePolicy) -> Option<Timestamp> {
        self.opened_at.map(|opened| opened.plus_ms(policy.hold_ms))
    }

    /// Takes the next time to look at something: one authorization after the other, and all when the hold ends.
    pub fn take_probe(&mut self, policy: &WavePolicy, now: Timestamp) -> Timestamp {
        let next = self.next_probe_at.max(now).plus_ms(policy.probe_ms);
        self.next_probe_at = self.ends_at(policy).map_or(next, |end| next.min(end));
        self.next_probe_at
    }
}

/// What is remembered of the plugin's word about one authorization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakage {
    pub held_since: Option<Timestamp>,
    /// It was held back once, and its wave is over: what is still broken is believed.
    pub is_released: bool,
}

impl Breakage {
    /// Whether it is believed whatever the others report.
    pub fn is_believed(&self, policy: &WavePolicy, now: Timestamp) -> bool {
        self.is_released || self.held_since.is_some_and(|since| now.since_ms(since) >= policy.hold_ms)
    }
}

impl Decision {
    /// The same, but nothing is broken yet: it is looked at again at `until`.
    #[must_use]
    pub fn held_back(self, until: Timestamp) -> Self {
        Self { change: Change::HeldBack, next_due_at: Some(until), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);
    const MINUTE: i64 = 60_000;

    fn reports(failing: u32, reporting: u32) -> Reports {
        Reports { reporting, failing }
    }

    #[test]
    fn five_of_the_last_ten_are_a_wave_and_fewer_never_are() {
        for (failing, reporting, expected) in
            [(1, 1, false), (3, 3, false), (4, 4, false), (4, 10, false), (5, 5, true), (5, 10, true), (10, 10, true)]
        {
            let latest = reports(failing, reporting);
            assert_eq!(latest.are_a_wave(&WavePolicy::default()), expected, "{failing} of {reporting}");
        }
        let off = WavePolicy { authorizations: 0, ..WavePolicy::default() };
        assert!(!reports(10, 10).are_a_wave(&off));
    }

    #[test]
    fn a_wave_is_over_when_few_are_broken_or_most_of_many_work() {
        let cases = [
            (reports(4, 400), reports(4, 4), true),
            (reports(20, 20), reports(20, 20), false),
            (reports(5, 400), reports(1, 3), false),
            (reports(5, 400), reports(5, 10), false),
            (reports(5, 400), reports(5, 11), true),
            (reports(60, 100), reports(60, 100), false),
        ];
        for (in_window, since_opened, expected) in cases {
            let over = is_over(in_window, since_opened, &WavePolicy::default());
            assert_eq!(over, expected, "{in_window:?}, {since_opened:?} since it opened");
        }
    }

    #[test]
    fn what_is_held_back_is_looked_at_one_after_the_other_and_all_of_it_in_the_end() {
        let policy = WavePolicy { hold_ms: 3 * MINUTE, ..WavePolicy::default() };
        let mut wave = Wave::default();
        wave.open(NOW);
        let probes: Vec<i64> = (0..4).map(|_| wave.take_probe(&policy, NOW).since_ms(NOW) / MINUTE).collect();
        assert_eq!(probes, [1, 2, 3, 3]);
        let later = NOW.plus_ms(MINUTE);
        wave.open(NOW);
        assert_eq!(wave.take_probe(&policy, later), later.plus_ms(MINUTE));
    }

    #[test]
    fn the_hold_is_bounded_for_the_wave_and_for_each_authorization() {
        let policy = WavePolicy::default();
        let mut wave = Wave::default();
        assert_eq!(wave.ends_at(&policy), None);
        wave.open(NOW);
        assert_eq!(wave.ends_at(&policy), Some(NOW.plus_ms(policy.hold_ms)));
        wave.believe(NOW);
        assert!(wave.is_believed(NOW.plus_ms(BELIEVED_MS - 1)) && !wave.is_believed(NOW.plus_ms(BELIEVED_MS)));
        let held = Breakage { held_since: Some(NOW), is_released: false };
        assert!(!held.is_believed(&policy, NOW.plus_ms(policy.hold_ms - 1)));
        assert!(held.is_believed(&policy, NOW.plus_ms(policy.hold_ms)));
        assert!(Breakage { is_released: true, ..held }.is_believed(&policy, NOW));
    }

    #[test]
    fn the_ratio_is_unknown_while_nobody_reports() {
        assert_eq!(Reports::default().failure_ratio(), None);
        assert_eq!(reports(5, 10).failure_ratio(), Some(0.5));
    }
}
