//! What the calls of a plugin cost: how many there were, how long they took, how many failed.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Calls take microseconds, and the longest are ended after seconds.
const LONGEST_US: u64 = 60_000_000;
/// Two digits are right within a hundredth, and take up to 20 KiB: as much as the longest call asks for.
const DIGITS: u8 = 2;

/// What the calls of a plugin have cost since this process started.
#[derive(Clone, Debug)]
pub struct Figures {
    times: Histogram<u64>,
    faults: u64,
    peak_memory: usize,
}

impl Default for Figures {
    fn default() -> Self {
        let times = Histogram::new(DIGITS).expect("so many digits can be had");
        Self { times, faults: 0, peak_memory: 0 }
    }
}

impl Figures {
    pub fn calls(&self) -> u64 {
        self.times.len()
    }

    /// Calls that the plugin is to blame for: traps, deadlines, too much memory, unusable answers.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// The time within which this share of the calls ended, from 0 to 1; none before the first call.
    pub fn within(&self, share: f64) -> Option<Duration> {
        let is_known = self.calls() > 0;
        is_known.then(|| Duration::from_micros(self.times.value_at_quantile(share)))
    }

    /// How long all calls took together.
    pub fn total(&self) -> Duration {
        let each = self.times.iter_recorded();
        Duration::from_micros(each.map(|step| step.value_iterated_to() * step.count_at_value()).sum())
    }

    /// The most linear memory that one call has asked for, in bytes.
    pub fn peak_memory(&self) -> usize {
        self.peak_memory
    }

    /// Takes in what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.times.add(&other.times).expect("no time is longer than can be counted");
        self.faults += other.faults;
        self.note_memory(other.peak_memory);
    }

    pub(crate) fn record(&mut self, took: Duration, faults: u32) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_US).clamp(1, LONGEST_US);
        self.times.record(micros).expect("no time is longer than can be counted");
        self.faults += u64::from(faults);
    }

    pub(crate) fn note_memory(&mut self, bytes: usize) {
        self.peak_memory = self.peak_memory.max(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times_us: impl IntoIterator<Item = u64>) -> Figures {
        let mut figures = Figures::default();
        for micros in times_us {
            figures.record(Duration::from_micros(micros), 0);
        }
        figures
    }

    #[test]
    fn times_are_right_within_a_hundredth() {
        let figures = of((1..=1_000).map(|number| number * 10));
        for (share, expected_us) in [(0.5, 5_000), (0.99, 9_900), (1.0, 10_000)] {
            let found = figures.within(share).unwrap().as_micros();
            assert!(found.abs_diff(expected_us) <= expected_us / 100, "{share}: {found}");
        }
        assert_eq!(Figures::default().within(0.5), None);
    }

    #[test]
    fn a_call_beyond_the_bounds_counts_as_the_longest() {
        let figures = of([0, u64::MAX]);
        assert_eq!(figures.calls(), 2);
        assert!(figures.within(1.0).unwrap() >= Duration::from_micros(LONGEST_US));
    }

    #[test]
    fn figures_of_two_versions_add_up() {
        let mut sum = of([10; 3]);
        let mut other = of([1_000; 1]);
        other.record(Duration::from_millis(1), 1);
        other.note_memory(4_096);
        sum.add(&other);
        assert_eq!((sum.calls(), sum.faults(), sum.peak_memory()), (5, 1, 4_096));
        assert_eq!(sum.within(0.5), Some(Duration::from_micros(10)));
    }
}
