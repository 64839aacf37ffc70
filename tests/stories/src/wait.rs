//! Waiting for what comes by itself: looked for again and again until a deadline, never slept for.

use std::time::{Duration, Instant};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(40);
/// A pace at which the server, told to be fast, has done everything that it was going to do.
pub const SOON: Duration = Duration::from_secs(20);

/// Looks until there is something.
///
/// # Panics
/// If there is nothing after [`SOON`].
#[track_caller]
pub fn eventually<T>(what: impl Into<String>, mut look: impl AsyncFnMut() -> Option<T>) -> impl Future<Output = T> {
    let (what, place) = (what.into(), std::panic::Location::caller());
    async move {
        let until = Instant::now() + SOON;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(Instant::now() < until, "{place}: waited in vain until {what}");
            tokio::time::sleep(LOOK).await;
        }
    }
}
