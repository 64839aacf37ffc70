//! The claim under which a run works: signs of life while it lasts, and proof of it with all that the run writes.

use relink_core::time::Timestamp;
use relink_store::Tx;
use relink_store::connections::{self, Connection};

use crate::engine::Engine;
use crate::run::RunError;

/// Signs of life within one claim: some may fail to reach the database.
const SIGNS: u32 = 3;

/// When a claim ends that is made or renewed now.
pub(crate) fn ends_at(engine: &Engine) -> Timestamp {
    engine.now().plus_ms(i64::try_from(engine.settings().claim.as_millis()).unwrap_or(i64::MAX))
}

/// Begins a transaction in which the run that claimed `connection` may write: nobody takes it away meanwhile.
pub(crate) async fn begin(engine: &Engine, connection: &Connection) -> Result<Tx, RunError> {
    let mut tx = engine.db().begin().await?;
    let (workspace, id, epoch) = (&connection.workspace_id, &connection.id, connection.claim_epoch);
    if connections::extend_claim(&mut tx, workspace, id, epoch, ends_at(engine)).await? {
        return Ok(tx);
    }
    tx.rollback().await?;
    Err(RunError::Lost)
}

/// Renews the claim on `connection` again and again; ends once it is lost.
pub(crate) async fn lost(engine: &Engine, connection: &Connection) {
    loop {
        tokio::time::sleep(engine.settings().claim / SIGNS).await;
        match renew(engine, connection).await {
            Ok(()) => {}
            Err(RunError::Lost) => return,
            Err(error) => tracing::warn!(connection.id = %connection.id, %error, "a claim could not be renewed"),
        }
    }
}

async fn renew(engine: &Engine, connection: &Connection) -> Result<(), RunError> {
    Ok(begin(engine, connection).await?.commit().await?)
}
