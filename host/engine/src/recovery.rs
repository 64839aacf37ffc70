//! What a start finds left over: claims of this node's earlier life, and refreshes that were begun
//! and whose answer was never stored.

use relink_store::{StoreError, authorizations, connections};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::tokens;

/// How often intents that another node left behind are looked for.
const LOOK: std::time::Duration = std::time::Duration::from_secs(30);

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(error) = finish_refreshes(&engine).await {
            tracing::error!(%error, "unfinished refreshes could not be looked for");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// A node has one process: what it had claimed before it started, nobody works on.
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
    for authorization in authorizations::orphan_intents(engine.db(), engine.now()).await? {
        let (workspace, id) = (&authorization.workspace_id, &authorization.id);
        match tokens::renewed(engine, workspace, id, authorization.generation).await {
            Ok(_) => tracing::warn!(authorization.id = %id, "an interrupted refresh was repeated"),
            Err(error) => {
                tracing::warn!(authorization.id = %id, %error, "an interrupted refresh could not be repeated");
            }
        }
    }
    Ok(())
}
