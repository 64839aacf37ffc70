//! How a version of a plugin behaves: when its faults are too many.

use std::sync::{Mutex, PoisonError};

use relink_core::time::Timestamp;

use crate::limits::Limits;

/// Faults must be at least one in so many calls.
const CALLS_PER_FAULT: u32 = 10;

/// Counts the calls and faults of one version within a window.
#[derive(Debug, Default)]
pub(crate) struct Conduct(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began_at: Timestamp,
    calls: u32,
    faults: u32,
}

impl Conduct {
    pub(crate) fn record_answer(&self, now: Timestamp, limits: &Limits) {
        self.record(now, limits, 0);
    }

    /// Records a fault, and says whether it is one too many.
    pub(crate) fn record_fault(&self, now: Timestamp, limits: &Limits) -> bool {
        self.record(now, limits, 1)
    }

    fn record(&self, now: Timestamp, limits: &Limits, faults: u32) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let length_ms = i64::try_from(limits.fault_window.as_millis()).unwrap_or(i64::MAX);
        if now.since_ms(window.began_at) >= length_ms {
            *window = Window { began_at: now, calls: 0, faults: 0 };
        }
        window.calls = window.calls.saturating_add(1);
        window.faults = window.faults.saturating_add(faults);
        let is_common = window.faults.saturating_mul(CALLS_PER_FAULT) >= window.calls;
        faults > 0 && window.faults >= limits.faults_to_withdraw && is_common
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + minute * MINUTE_MS)
    }

    #[test]
    fn the_fifth_fault_within_the_window_is_too_many() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        let verdicts: Vec<_> = (0..5).map(|minute| conduct.record_fault(at(minute), &limits)).collect();
        assert_eq!(verdicts, [false, false, false, false, true]);
    }

    #[test]
    fn faults_of_a_past_window_are_forgiven() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        let too_many = (0..20).any(|n| conduct.record_fault(at(n * 4), &limits));
        assert!(!too_many);
    }

    #[test]
    fn rare_faults_of_a_busy_plugin_are_forgiven() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        for _ in 0..1_000 {
            conduct.record_answer(at(0), &limits);
        }
        assert!(!(0..20).any(|_| conduct.record_fault(at(1), &limits)));
    }
}
