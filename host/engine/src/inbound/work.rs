//! Works on messages that were entered, in the order in which they came, until each is done.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use relink_core::schedule::next_retry;
use relink_runtime::Fault;
use relink_store::StoreError;
use relink_store::inbound_messages::{self, InboundMessage};
use relink_store::seal::SealError;
use tokio_util::sync::CancellationToken;

use super::{receive, signal};
use crate::engine::Engine;

/// What another node entered is found at the latest then.
const TICK: Duration = Duration::from_secs(1);
const BATCH: usize = 50;
const CLAIM_MS: i64 = 120_000;
const RETRY_FIRST_MS: i64 = 1_000;
const RETRY_MOST_MS: i64 = 600_000;
/// About half a day: time enough to put a plugin right.
const MAX_ATTEMPTS: i64 = 80;

/// Why a message could not be worked on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Postponed {
    #[error("the plugin is not loaded")]
    NoPlugin,
    #[error("the plugin failed: {0}")]
    Plugin(#[from] Fault),
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn run(engine: Engine, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(error) = work_on_due(&engine).await {
            tracing::error!(%error, "messages of providers could not be claimed");
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = engine.message_came().notified() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Plugins do not wait for each other. Messages of one plugin do: the later may undo the earlier.
async fn work_on_due(engine: &Engine) -> Result<(), StoreError> {
    let now = engine.now();
    let mut tx = engine.db().begin().await?;
    let claimed = inbound_messages::claim(&mut tx, now, now.plus_ms(CLAIM_MS), BATCH).await?;
    tx.commit().await?;
    let mut by_plugin: BTreeMap<String, Vec<InboundMessage>> = BTreeMap::new();
    for message in claimed {
        by_plugin.entry(message.plugin_id.clone()).or_default().push(message);
    }
    let each = by_plugin.into_values().map(async |messages| {
        for message in messages {
            if let Err(error) = work_on(engine, &message).await {
                tracing::error!(message.id = %message.id, %error, "what came of a message was not stored; it is read again");
            }
        }
    });
    join_all(each).await;
    Ok(())
}

async fn work_on(engine: &Engine, message: &InboundMessage) -> Result<(), StoreError> {
    let (workspace, id) = (&message.workspace_id, &message.id);
    let read = read(engine, message).await;
    let mut tx = engine.db().begin().await?;
    match read {
        Ok(()) => {
            inbound_messages::finish(&mut tx, workspace, id).await?;
        }
        Err(Postponed::Store(error)) => return Err(error),
        Err(problem) if message.attempts >= MAX_ATTEMPTS => {
            tracing::error!(message.id = %id, plugin.name = message.plugin_id, %problem, "a message of a provider is given up");
            inbound_messages::finish(&mut tx, workspace, id).await?;
        }
        Err(problem) => {
            tracing::warn!(message.id = %id, plugin.name = message.plugin_id, attempts = message.attempts, %problem, "a message of a provider has to wait");
            let attempt = u32::try_from(message.attempts).unwrap_or(u32::MAX);
            let at = next_retry(id.as_str(), engine.now(), attempt, RETRY_FIRST_MS, RETRY_MOST_MS);
            inbound_messages::retry_at(&mut tx, workspace, id, at).await?;
        }
    }
    tx.commit().await
}

/// Asks the plugin what the message means, and does it. May be repeated: what broke is broken once.
async fn read(engine: &Engine, waiting: &InboundMessage) -> Result<(), Postponed> {
    let plugin = engine.registry().get(&waiting.plugin_id).ok_or(Postponed::NoPlugin)?;
    let message = receive::open(engine.sealer(), waiting)?;
    for signal in engine.calls().receive(&plugin, message.clone()).await? {
        signal::follow(engine, &plugin, (&waiting.workspace_id, &message), &signal).await?;
    }
    Ok(())
}
