//! Finds what is due and starts runs: bounded, claimed, and stopped by the shutdown token.

use std::sync::Arc;

use relink_store::connections::{self, Connection};
use relink_store::{Lease, StoreError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::claim;
use crate::engine::Engine;
use crate::run;

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    let slots = Arc::new(Semaphore::new(engine.settings().runs_at_once));
    while !shutdown.is_cancelled() {
        match start_due(&engine, &slots).await {
            Ok(()) => {}
            Err(error) => tracing::error!(%error, "due connections could not be claimed"),
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = engine.woken() => {}
            () = tokio::time::sleep(engine.settings().tick) => {}
        }
    }
}

/// Claims as many due connections as there are free slots and runs each on a task of its own.
async fn start_due(engine: &Engine, slots: &Arc<Semaphore>) -> Result<(), StoreError> {
    let free = slots.available_permits();
    if free == 0 {
        return Ok(());
    }
    for connection in claim_due(engine, free).await? {
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else { return Ok(()) };
        let task = engine.clone();
        engine.spawn(async move {
            if let Err(error) = run::run(&task, &connection).await {
                tracing::error!(connection.id = %connection.id, %error, "the outcome of a run was not stored; it is run again");
            }
            drop(slot);
            task.wake();
        });
    }
    Ok(())
}

async fn claim_due(engine: &Engine, limit: usize) -> Result<Vec<Connection>, StoreError> {
    let now = engine.now();
    let lease = Lease { owner: &engine.settings().node, now, until: claim::ends_at(engine) };
    let mut tx = engine.db().begin().await?;
    let claimed = connections::claim_due(&mut tx, &lease, limit).await?;
    tx.commit().await?;
    Ok(claimed)
}
