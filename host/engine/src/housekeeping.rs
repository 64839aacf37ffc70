//! Forgets what nobody needs any more: mails that were sent, flows that ended, links that ran out, messages of
//! providers that were worked on. Each table would otherwise grow for ever, with addresses and secrets in it.

use std::time::Duration;

use relink_store::{StoreError, inbound_messages, one_time_links, outbox, reconnections};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// As long as somebody may still ask what became of it, or a provider may send it again.
const REMEMBERED_MS: i64 = 90 * 86_400_000;
const EVERY: Duration = Duration::from_hours(1);

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(error) = forget_old(&engine).await {
            tracing::error!(%error, "what is old could not be forgotten");
        }
        let _ = shutdown.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

async fn forget_old(engine: &Engine) -> Result<(), StoreError> {
    let before = engine.now().plus_ms(-REMEMBERED_MS);
    let mut tx = engine.db().begin().await?;
    inbound_messages::forget(&mut tx, before).await?;
    outbox::forget(&mut tx, before).await?;
    reconnections::forget(&mut tx, before).await?;
    one_time_links::forget(&mut tx, before).await?;
    tx.commit().await
}
