//! The only functions that write health. Each is one transaction that tells one story: what a run
//! found, what a provider said by itself, or what a person's repair healed, with everything that follows from it. Nothing is sent
//! inside; mails and events leave after the commit.

mod repair;
mod told;
mod wave;

use relink_core::backfill::pass_after;
use relink_core::decide::{Before, Change, Decision, Outcome, Scope, Suspicion, decide};
use relink_core::id::{AuditId, RunId};
use relink_core::reason::Reason;
use relink_core::time::Timestamp;
use relink_store::authorizations::{self, Authorization};
use relink_store::connections::{self, Connection, HELD_BACK};
use relink_store::incidents::{Incident, IncidentFilter, NewIncident, Resolution, Scope as IncidentScope};
use relink_store::{StoreError, Tx, Visible, audit, incidents, runs};

pub(crate) use repair::{Grant, settle_reconnection, settle_secrets};
pub(crate) use told::{Told, settle_told};
pub(crate) use wave::{settle_swap, settle_trust};

use crate::engine::Engine;
use crate::notify;
use crate::run::Report;
use crate::talk::Explained;

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
    let decision = decide_run(engine, &current, &authorization, &report, now);
    let pass_started_at =
        current.pass_started_at.and_then(|at| pass_after(at, &report.outcome, current.interval_ms, now));
    let current = Connection { pass_started_at, ..current };
    let subject = (&current, &authorization);
    let decision = wave::weigh(engine, &mut tx, subject, report.explained.as_ref(), decision).await?;
    let is_ours = write_connection(&mut tx, connection, &current, &decision, now).await?;
    if !is_ours {
        return tx.rollback().await;
    }
    write_health(engine, &mut tx, &current, &authorization, &decision, report.explained.as_ref(), now).await?;
    runs::add(&mut tx, &run_line(connection, &report, now)).await?;
    tx.commit().await?;
    engine.changed(workspace);
    Ok(())
}

/// Decides; but a failure with tokens that were replaced meanwhile says nothing.
fn decide_run(
    engine: &Engine,
    connection: &Connection,
    authorization: &Authorization,
    report: &Report,
    now: Timestamp,
) -> Decision {
    let before = before(connection, authorization);
    let decision = decide(&before, &report.outcome, &engine.settings().policy, now);
    let is_outdated = report.generation.is_some_and(|generation| generation != authorization.generation);
    let is_failure = matches!(decision.change, Change::Suspected { .. } | Change::Broken { .. });
    if is_outdated && is_failure {
        return Decision { change: Change::Unchanged, next_due_at: Some(now), ..decision };
    }
    decision
}

fn before(connection: &Connection, authorization: &Authorization) -> Before {
    Before {
        connection_id: connection.id.to_string(),
        interval_ms: connection.interval_ms,
        consecutive_failures: u32::try_from(connection.consecutive_failures).unwrap_or(u32::MAX),
        is_broken: connection.incident_id.is_some(),
        authorization_suspicion: suspicion_of(authorization.suspicion.as_deref()),
        connection_suspicion: suspicion_of(connection.suspicion.as_deref()),
    }
}

fn suspicion_of(json: Option<&str>) -> Option<Suspicion> {
    serde_json::from_str(json?).ok()
}

async fn write_connection(
    tx: &mut Tx,
    claimed: &Connection,
    current: &Connection,
    decision: &Decision,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let suspicion = match &decision.change {
        Change::Suspected { scope: Scope::Connection, suspicion } => serde_json::to_string(suspicion).ok(),
        Change::Proven | Change::Broken { .. } => None,
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

async fn write_health(
    engine: &Engine,
    tx: &mut Tx,
    connection: &Connection,
    authorization: &Authorization,
    decision: &Decision,
    explained: Option<&Explained>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    match (&decision.change, explained) {
        (Change::Suspected { scope: Scope::Authorization | Scope::App, suspicion }, _) => {
            let suspicion = serde_json::to_string(suspicion).ok();
            authorizations::set_suspicion(tx, workspace, id, suspicion.as_deref()).await?;
        }
        (Change::Broken { scope }, Some(explained)) => {
            break_down(engine, tx, connection, authorization, *scope, explained, decision.next_due_at, now).await?;
        }
        (Change::OperatorIncident, Some(explained)) => {
            let (incident, is_new) = open_incident(tx, connection, IncidentScope::App, explained, now).await?;
            if is_new {
                notify::tell_operators(engine, tx, &incident, now).await?;
            }
        }
        (Change::Proven, _) => prove(engine, tx, connection, authorization, now).await?,
        _ => {}
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one private step of the story, with all that it tells")]
async fn break_down(
    engine: &Engine,
    tx: &mut Tx,
    connection: &Connection,
    authorization: &Authorization,
    scope: Scope,
    explained: &Explained,
    next_due_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if connection.incident_id.is_some() {
        return Ok(());
    }
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    let scope = match scope {
        Scope::Connection => IncidentScope::Connection,
        Scope::Authorization | Scope::App => IncidentScope::Authorization,
    };
    let (incident, is_new) = open_incident(tx, connection, scope, explained, now).await?;
    if scope == IncidentScope::Authorization {
        authorizations::set_suspicion(tx, workspace, id, None).await?;
        authorizations::set_incident(tx, workspace, id, Some(&incident.id)).await?;
        connections::break_by_authorization(tx, workspace, id, &incident.id, next_due_at).await?;
    } else {
        connections::break_one(tx, workspace, &connection.id, &incident.id, next_due_at).await?;
    }
    if is_new {
        notify::tell_people(engine, tx, &incident, authorization, now).await?;
        write_audit(tx, &incident, "incident.opened", now).await?;
    }
    Ok(())
}

/// Data came: whatever was suspected is forgotten, whatever was broken has recovered.
async fn prove(
    engine: &Engine,
    tx: &mut Tx,
    connection: &Connection,
    authorization: &Authorization,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    if authorization.suspicion.is_some() {
        authorizations::set_suspicion(tx, workspace, id, None).await?;
    }
    for app in open_app_incidents(tx, connection).await? {
        incidents::resolve(tx, workspace, &app.id, (Resolution::Recovered, None), now).await?;
        notify::take_back(engine, tx, &app, now).await?;
    }
    let Some(incident_id) = &connection.incident_id else { return Ok(()) };
    if authorization.incident_id.as_ref() == Some(incident_id) {
        authorizations::set_incident(tx, workspace, id, None).await?;
        connections::heal_by_authorization(tx, workspace, id, now, &[]).await?;
    } else {
        connections::heal_one(tx, workspace, &connection.id, now).await?;
    }
    incidents::resolve(tx, workspace, incident_id, (Resolution::Recovered, None), now).await?;
    match incidents::find(&mut *tx, workspace, incident_id).await? {
        Some(incident) => notify::take_back(engine, tx, &incident, now).await,
        None => Ok(()),
    }
}

/// More open incidents of one app than can be.
const MAX_OPEN: usize = 100;

async fn open_app_incidents(tx: &mut Tx, connection: &Connection) -> Result<Vec<Incident>, StoreError> {
    let filter = IncidentFilter {
        only_open: true,
        plugin_id: Some(connection.plugin_id.clone()),
        limit: MAX_OPEN,
        ..IncidentFilter::default()
    };
    let open = incidents::list(&mut *tx, &connection.workspace_id, &Visible::All, &filter).await?;
    Ok(open.items.into_iter().filter(|incident| incident.scope == IncidentScope::App).collect())
}

/// Opens an incident, or finds the one that is open for the same trouble already.
async fn open_incident(
    tx: &mut Tx,
    connection: &Connection,
    scope: IncidentScope,
    explained: &Explained,
    now: Timestamp,
) -> Result<(Incident, bool), StoreError> {
    let new = NewIncident {
        workspace_id: &connection.workspace_id,
        scope,
        plugin_id: &connection.plugin_id,
        authorization_id: (scope != IncidentScope::App).then_some(&connection.authorization_id),
        connection_id: (scope == IncidentScope::Connection).then_some(&connection.id),
        diagnosis: &explained.diagnosis,
        provider_answer: explained.provider_answer.as_deref(),
        opened_at: now,
    };
    incidents::open(tx, &new).await
}

async fn write_audit(tx: &mut Tx, incident: &Incident, action: &str, now: Timestamp) -> Result<(), StoreError> {
    let line = audit::AuditLine {
        workspace_id: incident.workspace_id.clone(),
        id: AuditId::new(),
        at: now,
        user_id: None,
        action: action.to_owned(),
        target: incident.id.to_string(),
        detail: Some(incident.code.clone()),
    };
    audit::add(tx, &line).await
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
