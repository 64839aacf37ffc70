//! The only functions that write health. Each is one transaction that tells one story: what a run found, what a
//! provider said by itself, what a person's repair healed, or that a source came or went, with everything that
//! follows from it. Nothing is sent inside; mails and events leave after the commit.

mod repair;
mod sources;
mod story;
mod told;
mod wave;

use relink_core::backfill::pass_after;
use relink_core::decide::{Before, Change, Decision, Outcome, Scope, Suspicion, decide};
use relink_core::id::RunId;
use relink_core::reason::Reason;
use relink_core::time::Timestamp;
use relink_store::authorizations::{self, Authorization};
use relink_store::connections::{self, Connection, HELD_BACK};
use relink_store::{StoreError, Tx, runs};

use self::story::{Story, known};
use crate::engine::Engine;
use crate::run::Report;

pub(crate) use repair::{Grant, settle_reconnection, settle_secrets};
pub(crate) use sources::{settle_arrival, settle_departure};
pub(crate) use told::{Told, settle_told};
pub(crate) use wave::{settle_swap, settle_trust};

/// Writes what a run found. A run that lost its claim meanwhile changes nothing.
pub(crate) async fn settle_run(engine: &Engine, connection: &Connection, report: Report) -> Result<(), StoreError> {
    let now = engine.now();
    let workspace = &connection.workspace_id;
    let mut tx = engine.db().begin().await?;
    let authorization = authorizations::lock(&mut tx, workspace, &connection.authorization_id).await?;
    let current = connections::find(&mut tx, workspace, &connection.id).await?;
    let (Some(authorization), Some(current)) = (authorization, current) else {
        return tx.rollback().await;
    };
    let before = before(&mut tx, &current, &authorization).await?;
    let decision = decide_run(engine, &before, &authorization, &report, now);
    let pass_started_at =
        current.pass_started_at.and_then(|at| pass_after(at, &report.outcome, current.interval_ms, now));
    let current = Connection { pass_started_at, ..current };
    let subject = (&current, &authorization);
    let decision = wave::weigh(engine, &mut tx, subject, report.explained.as_ref(), decision).await?;
    let is_ours = write_connection(&mut tx, connection, &current, &decision, now).await?;
    if !is_ours {
        return tx.rollback().await;
    }
    let mut story = Story { engine, tx: &mut tx, authorization: &authorization, now };
    story.write(&current, &decision, report.explained.as_ref()).await?;
    runs::add(&mut tx, &run_line(connection, &report, now)).await?;
    tx.commit().await?;
    engine.changed(workspace);
    Ok(())
}

/// Decides; but a failure with tokens that were replaced meanwhile says nothing.
fn decide_run(
    engine: &Engine,
    before: &Before,
    authorization: &Authorization,
    report: &Report,
    now: Timestamp,
) -> Decision {
    let decision = decide(before, &report.outcome, &engine.settings().policy, now);
    let is_outdated = report.generation.is_some_and(|generation| generation != authorization.generation);
    let is_failure = matches!(decision.change, Change::Suspected { .. } | Change::Broken { .. } | Change::StillBroken);
    if is_outdated && is_failure {
        return Decision { change: Change::Unchanged, next_due_at: Some(now), ..decision };
    }
    decision
}

async fn before(tx: &mut Tx, connection: &Connection, authorization: &Authorization) -> Result<Before, StoreError> {
    Ok(Before {
        connection_id: connection.id.to_string(),
        interval_ms: connection.interval_ms,
        consecutive_failures: u32::try_from(connection.consecutive_failures).unwrap_or(u32::MAX),
        known: known(tx, connection).await?,
        authorization_suspicion: suspicion_of("authorizations", &authorization.id, authorization.suspicion.as_deref())?,
        connection_suspicion: suspicion_of("connections", &connection.id, connection.suspicion.as_deref())?,
    })
}

fn suspicion_of(table: &'static str, id: &impl ToString, json: Option<&str>) -> Result<Option<Suspicion>, StoreError> {
    json.map(serde_json::from_str).transpose().map_err(|source| StoreError::Corrupt {
        table,
        column: "suspicion",
        row: id.to_string(),
        source: source.into(),
    })
}

fn to_json(suspicion: &Suspicion) -> String {
    serde_json::to_string(suspicion).expect("a count and a moment are JSON")
}

async fn write_connection(
    tx: &mut Tx,
    claimed: &Connection,
    current: &Connection,
    decision: &Decision,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let suspicion = match &decision.change {
        Change::Suspected { scope: Scope::Connection, suspicion } => Some(to_json(suspicion)),
        Change::Proven | Change::Broken { .. } | Change::StillBroken => None,
        _ => current.suspicion.clone(),
    };
    let is_proven = decision.change == Change::Proven;
    let delay = match decision.change {
        Change::HeldBack => Some(HELD_BACK),
        _ => decision.delayed_by.map(Reason::code),
    };
    let update = connections::ConnectionUpdate {
        workspace_id: claimed.workspace_id.clone(),
        id: claimed.id.clone(),
        claim_epoch: claimed.claim_epoch,
        suspicion,
        delay_reason: delay.map(str::to_owned),
        delayed_since: delay.map(|_| current.delayed_since.unwrap_or(now)),
        consecutive_failures: i64::from(decision.consecutive_failures),
        next_due_at: decision.next_due_at,
        last_success_at: is_proven.then_some(now),
        last_run_at: now,
        pass_started_at: current.pass_started_at,
    };
    connections::update_after_run(tx, &update).await
}

fn run_line(connection: &Connection, report: &Report, now: Timestamp) -> runs::Run {
    let diagnosis = report.explained.as_ref().map(|explained| &explained.diagnosis);
    let outcome = match &report.outcome {
        Outcome::Fetched { is_complete: true, .. } => "fetched",
        Outcome::Fetched { is_complete: false, .. } => "fetched-in-part",
        Outcome::Waiting { .. } => "waiting",
        Outcome::Failed(_) => "failed",
        Outcome::PluginMisbehaved => "plugin-misbehaved",
    };
    runs::Run {
        workspace_id: connection.workspace_id.clone(),
        id: RunId::new(),
        connection_id: connection.id.clone(),
        started_at: report.started_at,
        finished_at: now,
        outcome: outcome.to_owned(),
        reason: diagnosis.map(|diagnosis| diagnosis.reason.code().to_owned()),
        code: diagnosis.map(|diagnosis| diagnosis.code.clone()),
        row_count: report.row_count,
        message: diagnosis.map(|diagnosis| diagnosis.message.clone()),
    }
}
