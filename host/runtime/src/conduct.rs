//! How a version of a plugin behaves: what its calls cost, and when its faults are too many.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use relink_core::time::Timestamp;

use crate::figures::Figures;
use crate::guest::Peak;
use crate::limits::Limits;

/// Faults must be at least one in so many calls.
const CALLS_PER_FAULT: u32 = 10;

/// Counts the calls and faults of one version, since it was loaded and within a window.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    counted: Mutex<Counted>,
    pub(crate) peak: Peak,
}

#[derive(Debug, Default)]
struct Counted {
    window: Window,
    figures: Figures,
}

#[derive(Debug, Default)]
struct Window {
    began_at: Timestamp,
    calls: u32,
    faults: u32,
}

impl Conduct {
    pub(crate) fn record_answer(&self, took: Duration, now: Timestamp, limits: &Limits) {
        self.record((took, 0), now, limits);
    }

    /// Records a fault, and says whether it is one too many.
    pub(crate) fn record_fault(&self, took: Duration, now: Timestamp, limits: &Limits) -> bool {
        self.record((took, 1), now, limits)
    }

    /// Whether there were faults within the window that the last call fell into.
    pub(crate) fn is_suspect(&self) -> bool {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).window.faults > 0
    }

    pub(crate) fn figures(&self) -> Figures {
        let mut figures = self.counted.lock().unwrap_or_else(PoisonError::into_inner).figures.clone();
        figures.note_memory(self.peak.bytes());
        figures
    }

    fn record(&self, (took, faults): (Duration, u32), now: Timestamp, limits: &Limits) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { window, figures } = &mut *counted;
        figures.record(took, faults);
        window.record(faults, now, limits)
    }
}

impl Window {
    fn record(&mut self, faults: u32, now: Timestamp, limits: &Limits) -> bool {
        let length_ms = i64::try_from(limits.fault_window.as_millis()).unwrap_or(i64::MAX);
        if now.since_ms(self.began_at) >= length_ms {
            *self = Self { began_at: now, calls: 0, faults: 0 };
        }
        self.calls = self.calls.saturating_add(1);
        self.faults = self.faults.saturating_add(faults);
        let is_common = self.faults.saturating_mul(CALLS_PER_FAULT) >= self.calls;
        faults > 0 && self.faults >= limits.faults_to_withdraw && is_common
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;
    const TOOK: Duration = Duration::from_micros(20);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + minute * MINUTE_MS)
    }

    #[test]
    fn the_fifth_fault_within_the_window_is_too_many() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        let verdicts: Vec<_> = (0..5).map(|minute| conduct.record_fault(TOOK, at(minute), &limits)).collect();
        assert_eq!(verdicts, [false, false, false, false, true]);
    }

    #[test]
    fn faults_of_a_past_window_are_forgiven() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        let too_many = (0..20).any(|n| conduct.record_fault(TOOK, at(n * 4), &limits));
        assert!(!too_many);
    }

    #[test]
    fn rare_faults_of_a_busy_plugin_are_forgiven() {
        let (conduct, limits) = (Conduct::default(), Limits::default());
        for _ in 0..1_000 {
            conduct.record_answer(TOOK, at(0), &limits);
        }
        assert!(!(0..20).any(|_| conduct.record_fault(TOOK, at(1), &limits)));
    }
}
