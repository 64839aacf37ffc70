//! Notes in the audit trail what was done, beside the deed and in its transaction.

use relink_core::id::{AuditId, UserId, WorkspaceId};
use relink_core::time::Timestamp;
use relink_store::audit::{self, AuditLine};
use relink_store::{StoreError, Tx};

/// Something that was done to `target`.
pub(crate) struct Deed<'a> {
    /// None if the host did it by itself.
    pub(crate) by: Option<&'a UserId>,
    pub(crate) action: &'a str,
    pub(crate) target: &'a str,
    pub(crate) detail: Option<&'a str>,
}

pub(crate) async fn note(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    deed: &Deed<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = AuditLine {
        workspace_id: workspace.clone(),
        id: AuditId::new(),
        at: now,
        user_id: deed.by.cloned(),
        action: deed.action.to_owned(),
        target: deed.target.to_owned(),
        detail: deed.detail.map(str::to_owned),
    };
    audit::add(tx, &line).await
}
