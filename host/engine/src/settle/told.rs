//! What a provider said by itself, and proved: access to one authorization ended, or came back.

use relink_core::decide::{Change, Scope, decide_told};
use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::time::Timestamp;
use relink_store::{StoreError, authorizations, breakages, connections};

use super::before;
use super::story::Story;
use crate::engine::Engine;
use crate::talk::Explained;

/// One signal about one authorization.
pub(crate) struct Told<'a> {
    pub(crate) workspace_id: &'a WorkspaceId,
    pub(crate) authorization_id: &'a AuthorizationId,
    /// The account that it is about; none = everything that hangs on the authorization.
    pub(crate) account: Option<&'a str>,
    /// Why access ended; none = something changed for the better.
    pub(crate) ended: Option<&'a Explained>,
    pub(crate) at: Timestamp,
}

/// Breaks what the provider ended, and has everything else looked at now.
///
/// What happened before a person last granted access is over. The connections are taken away from runs
/// in flight, which know less: data that one of them fetched before does not prove that access is there.
pub(crate) async fn settle_told(engine: &Engine, told: &Told<'_>) -> Result<(), StoreError> {
    let now = engine.now();
    let (workspace, id) = (told.workspace_id, told.authorization_id);
    let mut tx = engine.db().begin().await?;
    let authorization = authorizations::lock(&mut tx, workspace, id).await?;
    let Some(authorization) = authorization.filter(|found| found.removed_at.is_none()) else {
        return tx.rollback().await;
    };
    if told.ended.is_some() && authorization.authorized_at > told.at {
        tracing::debug!(authorization.id = %id, "a message tells of a time before the last reconnection");
        return tx.rollback().await;
    }
    let mut concerned = connections::list_of_authorization(&mut tx, workspace, id).await?;
    concerned.retain(|connection| told.account.is_none_or(|account| connection.account_id == account));
    connections::recall(&mut tx, workspace, (id, told.account), now).await?;
    if let Some(explained) = told.ended {
        for connection in &concerned {
            let before = before(&mut tx, connection, &authorization).await?;
            let decision = decide_told(&before, &explained.diagnosis, &engine.settings().policy, now);
            if matches!(decision.change, Change::Broken { .. }) {
                breakages::forget(&mut tx, workspace, id).await?;
            }
            let mut story = Story { engine, tx: &mut tx, authorization: &authorization, now };
            story.write(connection, &decision, Some(explained)).await?;
            // It is written once for all that hangs on the authorization.
            if matches!(decision.change, Change::Broken { scope: Scope::Authorization } | Change::Suspected { .. }) {
                break;
            }
        }
    }
    tx.commit().await?;
    engine.changed(workspace);
    engine.wake();
    Ok(())
}
