//! Calls at a steady rate, whatever becomes of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use relink_core::plugin::Failure;
use relink_runtime::{Calls, Registry};
use tokio::task::JoinHandle;

use super::host::Host;
use super::{FAILED, ORIGINAL};
use crate::classify::error::{CODE, RealError};
use crate::latency;
use crate::rounds::Sample;

/// 500 a second.
const EVERY: Duration = Duration::from_millis(2);
/// How long nothing changes, which is about how long a swap takes.
const WHILE_STEADY: Duration = Duration::from_secs(1);
/// After the swap, since what it leaves to be done belongs to it.
const AFTERWARDS: Duration = Duration::from_millis(100);

pub(super) struct Load<'a> {
    host: &'a Host,
    error: &'a RealError,
}

/// A call that was answered.
struct Answer {
    took: Duration,
    version: String,
}

impl<'a> Load<'a> {
    pub(super) fn new(host: &'a Host, error: &'a RealError) -> Self {
        Self { host, error }
    }

    pub(super) fn while_nothing_changes(&self) -> Result<Sample> {
        let (answers, failed) = self.during(|| {
            pause(WHILE_STEADY);
            Ok(())
        })?;
        Ok(sample(&answers, failed))
    }

    pub(super) fn while_it_becomes(&self, component: &[u8]) -> Result<Sample> {
        let (answers, failed) = self.during(|| {
            self.host.install(component)?;
            pause(AFTERWARDS);
            Ok(())
        })?;
        let old = answers.first().map(|answer| &answer.version);
        ensure!(answers.last().map(|answer| &answer.version) != old, "no call came to the new version");
        Ok(sample(&answers, failed))
    }

    /// Calls the plugin all the time while something is done; gives the answers and the number of failures.
    fn during(&self, something: impl FnOnce() -> Result<()>) -> Result<(Vec<Answer>, usize)> {
        let is_over = AtomicBool::new(false);
        let calls = thread::scope(|scope| {
            let caller = scope.spawn(|| self.call_until(&is_over));
            let done = something();
            is_over.store(true, Ordering::Relaxed);
            let calls = caller.join().expect("the caller does not panic");
            done.map(|()| calls)
        })?;
        let mut answers = Vec::with_capacity(calls.len());
        let mut failed = 0;
        for call in calls {
            match self.host.runtime.block_on(call)? {
                Some(answer) => answers.push(answer),
                None => failed += 1,
            }
        }
        Ok((answers, failed))
    }

    fn call_until(&self, is_over: &AtomicBool) -> Vec<JoinHandle<Option<Answer>>> {
        let mut calls = Vec::new();
        let mut due = Instant::now();
        while !is_over.load(Ordering::Relaxed) {
            pause(due.saturating_duration_since(Instant::now()));
            let (registry, queue) = (Arc::clone(&self.host.registry), self.host.calls.clone());
            calls.push(self.host.runtime.spawn(call(registry, queue, self.error.for_host(), due)));
            due += EVERY;
        }
        calls
    }
}

/// Calls whichever version is in service. None = it failed, or there was none.
async fn call(registry: Arc<Registry>, calls: Calls, failure: Failure, due: Instant) -> Option<Answer> {
    let plugin = registry.get(ORIGINAL)?;
    let diagnosis = calls.classify(&plugin, failure).await.ok()?;
    (diagnosis.code == CODE).then(|| Answer { took: due.elapsed(), version: plugin.version().to_owned() })
}

fn sample(answers: &[Answer], failed: usize) -> Sample {
    let mut times: Vec<Duration> = answers.iter().map(|answer| answer.took).collect();
    let mut sample = latency::percentiles(&mut times);
    sample.push((FAILED, failed as f64));
    sample
}

#[expect(clippy::disallowed_methods, reason = "calls are due at moments that no runtime is to shift")]
fn pause(time: Duration) {
    thread::sleep(time);
}
