//! How long single calls take: the middle, and the slow end.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::rounds::Sample;

pub(crate) const P50: &str = "p50 µs";
pub(crate) const P99: &str = "p99 µs";

/// Times `calls` calls one by one. What a call needs is made before its clock starts.
pub(crate) fn time_calls<T>(
    calls: usize,
    mut prepare: impl FnMut() -> T,
    mut call: impl FnMut(T) -> Result<()>,
) -> Result<Sample> {
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let input = prepare();
        let began = Instant::now();
        call(input)?;
        times.push(began.elapsed());
    }
    Ok(percentiles(&mut times))
}

pub(crate) fn percentiles(times: &mut [Duration]) -> Sample {
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    [(P50, 0.50), (P99, 0.99)].map(|(label, share)| (label, at(share).as_secs_f64() * 1e6)).into()
}
