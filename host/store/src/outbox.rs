//! The outbox: messages that were decided together with what they tell, and are delivered later.

use relink_core::id::{IncidentId, OutboxId, WorkspaceId};
use relink_core::time::Timestamp;

use crate::claim::{claim_postgres, claim_sqlite};
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::query;
use crate::row::Row;

const TABLE: &str = "outbox";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub workspace_id: WorkspaceId,
    pub id: OutboxId,
    /// Such as `email` or `webhook`.
    pub kind: String,
    pub dedupe_key: String,
    /// The incident that it tells of; it is cancelled when that is over.
    pub incident_id: Option<IncidentId>,
    /// JSON for the code that delivers this kind.
    pub payload: String,
    pub created_at: Timestamp,
    /// None once it was delivered, cancelled or given up.
    pub next_attempt_at: Option<Timestamp>,
    pub attempts: i64,
    pub delivered_at: Option<Timestamp>,
    pub last_error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    pub workspace_id: &'a WorkspaceId,
    pub kind: &'a str,
    /// A second message with the same key is not added, even after the first was delivered.
    pub dedupe_key: &'a str,
    pub incident_id: Option<&'a IncidentId>,
    pub payload: &'a str,
    pub created_at: Timestamp,
    pub first_attempt_at: Timestamp,
}

const ADD: &str = "
    INSERT INTO outbox
        (workspace_id, id, kind, dedupe_key, incident_id, payload, created_at, next_attempt_at, attempts)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
    ON CONFLICT (workspace_id, dedupe_key) DO NOTHING";

/// Adds a message unless one with its key exists; says whether it did.
pub async fn add(tx: &mut Tx, message: &NewMessage<'_>) -> Result<bool> {
    let insert = query(TABLE, ADD)
        .bind(message.workspace_id)
        .bind(&OutboxId::new())
        .bind(message.kind)
        .bind(message.dedupe_key)
        .bind(message.incident_id)
        .bind(message.payload)
        .bind(message.created_at)
        .bind(message.first_attempt_at);
    insert.changes_a_row(tx).await
}

macro_rules! columns {
    () => {
        "outbox.workspace_id, outbox.id, kind, dedupe_key, incident_id, payload, created_at, next_attempt_at, attempts,
         delivered_at, last_error"
    };
}

const CLAIM_SQLITE: &str = claim_sqlite!("outbox", columns!());
const CLAIM_POSTGRES: &str = claim_postgres!("outbox", columns!());

/// Claims messages that are to be delivered, of all workspaces, oldest first.
///
/// Who claims one either says how it went before `until`, or another attempt is made then.
pub async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Message>> {
    let text = tx.choose(CLAIM_SQLITE, CLAIM_POSTGRES);
    let claim = query(TABLE, text).bind(now).bind(until).bind(limit as i64);
    let mut claimed = claim.fetch_all(tx, read).await?;
    claimed.sort_by(|a, b| (a.next_attempt_at, &a.id).cmp(&(b.next_attempt_at, &b.id)));
    Ok(claimed)
}

/// Whether a message was still wanted when it had been delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Wanted,
    /// It was called back while it was under way.
    Late,
}

const DELIVERED: &str = "
    UPDATE outbox SET delivered_at = $3, next_attempt_at = NULL, claimed_until = NULL, last_error = NULL
    WHERE workspace_id = $1 AND id = $2 AND delivered_at IS NULL AND next_attempt_at IS NOT NULL";

const DELIVERED_LATE: &str = "
    UPDATE outbox SET delivered_at = $3, claimed_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND delivered_at IS NULL AND next_attempt_at IS NULL";

/// Notes that a message was handed over; none if that was known already.
pub async fn delivered(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &OutboxId,
    now: Timestamp,
) -> Result<Option<Delivery>> {
    for (text, delivery) in [(DELIVERED, Delivery::Wanted), (DELIVERED_LATE, Delivery::Late)] {
        if query(TABLE, text).bind(workspace).bind(id).bind(now).changes_a_row(tx).await? {
            return Ok(Some(delivery));
        }
    }
    Ok(None)
}

const RETRY_AT: &str = "
    UPDATE outbox
    SET next_attempt_at = CASE WHEN next_attempt_at IS NULL THEN NULL ELSE $3 END, claimed_until = NULL, last_error = $4
    WHERE workspace_id = $1 AND id = $2 AND delivered_at IS NULL";

/// Notes a failed attempt. Without a next one the message is given up; a cancelled one stays cancelled.
pub async fn retry_at(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &OutboxId,
    next_attempt_at: Option<Timestamp>,
    error: &str,
) -> Result<bool> {
    query(TABLE, RETRY_AT).bind(workspace).bind(id).bind(next_attempt_at).bind(error).changes_a_row(tx).await
}

const CANCEL_FOR_INCIDENT: &str = "
    UPDATE outbox SET next_attempt_at = NULL, last_error = 'cancelled: the incident is over'
    WHERE workspace_id = $1 AND incident_id = $2 AND delivered_at IS NULL AND next_attempt_at IS NOT NULL";

/// Calls back what was not delivered yet; says how many messages.
pub async fn cancel_for_incident(tx: &mut Tx, workspace: &WorkspaceId, incident: &IncidentId) -> Result<u64> {
    query(TABLE, CANCEL_FOR_INCIDENT).bind(workspace).bind(incident).execute(tx).await
}

const FORGET: &str = "
    DELETE FROM outbox
    WHERE next_attempt_at IS NULL AND created_at < $1
      AND NOT EXISTS (SELECT i.id FROM incidents i
                      WHERE i.workspace_id = outbox.workspace_id AND i.id = outbox.incident_id
                        AND (i.resolved_at IS NULL OR i.resolved_at >= $1))";

/// Forgets messages of all workspaces that came before a moment and have had their end, and whose incident has;
/// says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    query(TABLE, FORGET).bind(before).execute(tx).await
}

const FIND_BY_KEY: &str = concat!("SELECT ", columns!(), " FROM outbox WHERE workspace_id = $1 AND dedupe_key = $2");

pub async fn find_by_key(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    dedupe_key: &str,
) -> Result<Option<Message>> {
    query(TABLE, FIND_BY_KEY).bind(workspace).bind(dedupe_key).fetch_optional(access, read).await
}

const NEXT_ATTEMPT_AT: &str = "
    SELECT MIN(next_attempt_at) AS next_attempt_at FROM outbox WHERE next_attempt_at IS NOT NULL";

/// When something is to be delivered next in any workspace.
pub async fn next_attempt_at(access: impl Into<Access<'_>>) -> Result<Option<Timestamp>> {
    let found = query(TABLE, NEXT_ATTEMPT_AT).fetch_optional(access, |row| row.get("next_attempt_at")).await?;
    Ok(found.flatten())
}

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        workspace_id: row.get("workspace_id")?,
        id: row.get("id")?,
        kind: row.get("kind")?,
        dedupe_key: row.get("dedupe_key")?,
        incident_id: row.get("incident_id")?,
        payload: row.get("payload")?,
        created_at: row.get("created_at")?,
        next_attempt_at: row.get("next_attempt_at")?,
        attempts: row.get("attempts")?,
        delivered_at: row.get("delivered_at")?,
        last_error: row.get("last_error")?,
    })
}
