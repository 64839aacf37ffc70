//! A clock that runs like the real one, from a moment of the test's choice, and jumps when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use relink_core::time::Timestamp;
use relink_server::app::system_time;

/// The server lives so long before today, so that a jump ahead does not leave the days for which the
/// simulated providers have data.
const HEAD_START: Duration = Duration::from_hours(24 * 100);

/// Clones show the same time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        let clock = Self(Arc::default());
        clock.0.store(-ms(HEAD_START), Ordering::SeqCst);
        clock
    }

    pub fn now(&self) -> Timestamp {
        system_time().plus_ms(self.0.load(Ordering::SeqCst))
    }

    /// Lets this much time pass at once.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(ms(span), Ordering::SeqCst);
    }

    /// Sets the clock back, as an operator or a time server may.
    pub fn go_back(&self, span: Duration) {
        self.0.fetch_sub(ms(span), Ordering::SeqCst);
    }

    pub fn advance_days(&self, days: u64) {
        self.advance(Duration::from_hours(24 * days));
    }
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).expect("tests do not last for ages")
}
