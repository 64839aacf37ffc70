//! How many requests may be under way to one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::failure::SendError;

/// Hosts after which idle ones are looked for.
const FIRST_SWEEP: usize = 1024;

/// What a caller is told who found no free slot: long enough for some requests to end.
const RETRY_AFTER_MS: u64 = 1_000;

pub(crate) struct Slots {
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Slots {
    pub(crate) fn new(per_host: usize) -> Self {
        Self { per_host: per_host.max(1), hosts: Mutex::default() }
    }

    /// Takes a slot of `host`, waiting for one no longer than `patience`.
    pub(crate) async fn enter(&self, host: &str, patience: Duration) -> Result<OwnedSemaphorePermit, SendError> {
        let entered = timeout(patience, self.semaphore(host).acquire_owned()).await;
        let permit = entered.map_err(|_| SendError::Throttled { retry_after_ms: RETRY_AFTER_MS })?;
        Ok(permit.expect("the semaphores of the hosts are never closed"))
    }

    fn semaphore(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= FIRST_SWEEP {
            hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
        }
        let new = || Arc::new(Semaphore::new(self.per_host));
        hosts.entry(host.to_owned()).or_insert_with(new).clone()
    }
}
