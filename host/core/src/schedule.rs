//! When something is done next: spread by a hash so that nothing herds, and slower after failures.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::time::Timestamp;

/// The share of a span by which a due time is spread.
const JITTER_SHARE: u64 = 10;

/// The next regular run: one interval from now, spread by up to a tenth by the hash of `id`.
pub fn next_regular(id: &str, now: Timestamp, interval_ms: i64) -> Timestamp {
    now.plus_ms(interval_ms.saturating_add(jitter(id, now, interval_ms)))
}

/// A retry after the `attempt`th failure in a row: doubling from `first_ms`, at most `most_ms`, spread.
pub fn next_retry(id: &str, now: Timestamp, attempt: u32, first_ms: i64, most_ms: i64) -> Timestamp {
    let doublings = attempt.saturating_sub(1).min(30);
    let delay = first_ms.saturating_mul(1 << doublings).min(most_ms);
    now.plus_ms(delay.saturating_add(jitter(id, now, delay)))
}

fn jitter(id: &str, now: Timestamp, span_ms: i64) -> i64 {
    let mut hasher = DefaultHasher::new();
    (id, now.as_ms()).hash(&mut hasher);
    let most = span_ms.unsigned_abs() / JITTER_SHARE;
    i64::try_from(hasher.finish() % (most + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    #[test]
    fn regular_runs_are_spread_over_a_tenth_of_the_interval() {
        for index in 0..100 {
            let delay = next_regular(&format!("conn_{index}"), NOW, 60_000).since_ms(NOW);
            assert!((60_000..=66_000).contains(&delay), "{delay}");
        }
    }

    #[test]
    fn retries_double_up_to_their_limit() {
        let delay = |attempt| next_retry("conn_1", NOW, attempt, 1_000, 60_000).since_ms(NOW);
        assert!((1_000..=1_100).contains(&delay(1)));
        assert!((4_000..=4_400).contains(&delay(3)));
        assert!((60_000..=66_000).contains(&delay(u32::MAX)));
    }
}
