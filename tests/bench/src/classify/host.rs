//! The host's own path: a plugin of the registry, called directly and through the queue of calls.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use relink_core::plugin::Failure;
use relink_core::reason::Diagnosis;
use relink_runtime::{Calls, Plugin};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::latency;
use crate::rounds::Sample;

pub(super) struct Host {
    runtime: Runtime,
    calls: Calls,
    plugin: Arc<Plugin>,
    _folder: TempDir,
}

impl Host {
    pub(super) fn open(component: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let registry = crate::guests::registry(folder.path())?;
        let plugin = registry.load_bytes(component)?;
        let runtime = Runtime::new().context("the async runtime cannot be started")?;
        Ok(Self { runtime, calls: Calls::new(registry), plugin, _folder: folder })
    }

    /// What one call costs the thread that makes it.
    pub(super) fn classify(&self, failure: Failure) -> Result<Diagnosis> {
        Ok(self.plugin.classify(failure)?)
    }

    /// What the plugin keeps mapped from its first call on, and what a call takes beside it.
    pub(super) fn memory(&self, name: &str) -> String {
        let megabytes = |bytes: usize| bytes as f64 / (1024.0 * 1024.0);
        let code = megabytes(self.plugin.code_size().unwrap_or_default());
        let call = megabytes(self.plugin.peak_memory());
        format!("{name}: {code:.1} MB of code mapped from the first call on, {call:.1} MB of memory in a call")
    }

    /// Times calls as the engine makes them: awaited on a task, one after another.
    pub(super) fn time_queued(
        &self,
        calls: usize,
        prepare: impl Fn() -> Failure,
        check: impl Fn(&Diagnosis) -> Result<()>,
    ) -> Result<Sample> {
        let failures: Vec<Failure> = (0..calls).map(|_| prepare()).collect();
        let (queue, plugin) = (self.calls.clone(), Arc::clone(&self.plugin));
        let task = self.runtime.spawn(async move {
            let mut times = Vec::with_capacity(calls);
            let mut last = None;
            for failure in failures {
                let began = Instant::now();
                last = Some(queue.classify(&plugin, failure).await?);
                times.push(began.elapsed());
            }
            Ok::<_, relink_runtime::Fault>((times, last))
        });
        let (mut times, last) = self.runtime.block_on(task)??;
        check(&last.context("no call was made")?)?;
        Ok(latency::percentiles(&mut times))
    }
}
