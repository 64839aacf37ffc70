//! Messages that providers sent by themselves: each is entered once, before the provider is thanked, and
//! worked on until it is done.

use relink_core::id::{MessageId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::claim::{claim_postgres, claim_sqlite};
use crate::db::Tx;
use crate::error::Result;
use crate::query::query;
use crate::row::Row;
use crate::seal::Place;

const TABLE: &str = "inbound_messages";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundMessage {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub plugin_id: String,
    /// The message, sealed for [`sealed_place`]; empty once it was worked on.
    pub sealed: Vec<u8>,
    pub received_at: Timestamp,
    pub attempts: i64,
}

/// Where a message is sealed for.
pub fn sealed_place(workspace: &WorkspaceId, id: &MessageId) -> Place {
    Place::new(workspace, TABLE, id.as_str(), "sealed")
}

#[derive(Clone, Debug)]
pub struct NewInboundMessage<'a> {
    pub workspace_id: &'a WorkspaceId,
    pub id: &'a MessageId,
    pub plugin_id: &'a str,
    /// Of what was signed. The same message is entered once, however often it is sent.
    pub digest: &'a [u8],
    pub sealed: &'a [u8],
    pub received_at: Timestamp,
}

const ADD: &str = "
    INSERT INTO inbound_messages
        (workspace_id, id, plugin_id, digest, sealed, received_at, next_attempt_at, attempts)
    VALUES ($1, $2, $3, $4, $5, $6, $6, 0)
    ON CONFLICT (workspace_id, plugin_id, digest) DO NOTHING";

/// Enters a message unless it is known; says whether it was new.
pub async fn add(tx: &mut Tx, new: &NewInboundMessage<'_>) -> Result<bool> {
    let insert = query(TABLE, ADD)
        .bind(new.workspace_id)
        .bind(new.id)
        .bind(new.plugin_id)
        .bind(new.digest)
        .bind(new.sealed)
        .bind(new.received_at);
    insert.changes_a_row(tx).await
}

macro_rules! columns {
    () => {
        "inbound_messages.workspace_id, inbound_messages.id, plugin_id, sealed, received_at, attempts"
    };
}

const CLAIM_SQLITE: &str = claim_sqlite!("inbound_messages", columns!());
const CLAIM_POSTGRES: &str = claim_postgres!("inbound_messages", columns!());

/// Claims messages that are to be worked on, of all workspaces, in the order in which they came.
///
/// Who claims one either says how it went before `until`, or another attempt is made then.
pub async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<InboundMessage>> {
    let text = tx.choose(CLAIM_SQLITE, CLAIM_POSTGRES);
    let claim = query(TABLE, text).bind(now).bind(until).bind(limit as i64);
    let mut claimed = claim.fetch_all(tx, read).await?;
    claimed.sort_by(|a, b| (a.received_at, &a.id).cmp(&(b.received_at, &b.id)));
    Ok(claimed)
}

const FINISH: &str = "
    UPDATE inbound_messages SET next_attempt_at = NULL, claimed_until = NULL, sealed = $3
    WHERE workspace_id = $1 AND id = $2";

/// Nothing is left to be done; the message itself is wiped.
pub async fn finish(tx: &mut Tx, workspace: &WorkspaceId, id: &MessageId) -> Result<bool> {
    const NOTHING: &[u8] = &[];
    query(TABLE, FINISH).bind(workspace).bind(id).bind(NOTHING).changes_a_row(tx).await
}

const RETRY_AT: &str = "
    UPDATE inbound_messages SET next_attempt_at = $3, claimed_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND next_attempt_at IS NOT NULL";

pub async fn retry_at(tx: &mut Tx, workspace: &WorkspaceId, id: &MessageId, at: Timestamp) -> Result<bool> {
    query(TABLE, RETRY_AT).bind(workspace).bind(id).bind(at).changes_a_row(tx).await
}

const FORGET: &str = "DELETE FROM inbound_messages WHERE received_at < $1 AND next_attempt_at IS NULL";

/// Forgets messages of all workspaces that are done and came before a moment; says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    query(TABLE, FORGET).bind(before).execute(tx).await
}

fn read(row: &Row) -> Result<InboundMessage> {
    Ok(InboundMessage {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        plugin_id: row.get("plugin_id")?,
        sealed: row.get("sealed")?,
        received_at: row.get("received_at")?,
        attempts: row.get("attempts")?,
    })
}
