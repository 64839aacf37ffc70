//! What a start finds left over: claims of this node's earlier life, and refreshes that were begun
//! and whose answer was never stored.

use futures::StreamExt;
use futures::stream;
use relink_store::authorizations::Authorization;
use relink_store::{StoreError, authorizations, connections};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::tokens;

/// After how many looks of the scheduler intents that another node left behind are looked for.
const LOOK_TICKS: u32 = 30;
/// How many refreshes are repeated at the same time: a provider that hangs must not hold up the others, whose
/// old token is accepted for a short while only.
const AT_ONCE: usize = 16;

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    let pause = engine.settings().tick * LOOK_TICKS;
    while !shutdown.is_cancelled() {
        // A refresh that is under way goes on to its end on a task of its own.
        if let Some(Err(error)) = shutdown.run_until_cancelled(finish_refreshes(&engine)).await {
            tracing::error!(%error, "unfinished refreshes could not be looked for");
        }
        let _ = shutdown.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
}

/// A node is one process: what it had claimed before it started, nobody works on.
pub(crate) async fn release_own_claims(engine: &Engine) -> Result<(), StoreError> {
    let node = &engine.settings().node;
    let mut tx = engine.db().begin().await?;
    connections::release_claims(&mut tx, node).await?;
    authorizations::release_leases_of(&mut tx, node).await?;
    tx.commit().await
}

/// Repeats each refresh whose answer was lost, once: if the provider rotated, the old token may
/// still be within its grace; if not, there is nothing left to lose.
async fn finish_refreshes(engine: &Engine) -> Result<(), StoreError> {
    let orphans = authorizations::orphan_intents(engine.db(), engine.now()).await?;
    stream::iter(orphans).for_each_concurrent(AT_ONCE, |authorization| finish_refresh(engine, authorization)).await;
    Ok(())
}

async fn finish_refresh(engine: &Engine, Authorization { workspace_id, id, generation, .. }: Authorization) {
    match tokens::renewed(engine, &workspace_id, &id, generation).await {
        Ok(_) => tracing::warn!(authorization.id = %id, "an interrupted refresh was repeated"),
        Err(error) => tracing::warn!(authorization.id = %id, %error, "an interrupted refresh could not be repeated"),
    }
}
