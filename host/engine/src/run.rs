//! One sync of one connection, read in order: fresh token, plugin ⇄ provider, outcome, settle.
//!
//! A run may be killed and repeated at any moment. It holds no transaction while it talks, and what
//! it fetched is stored page by page together with the position to go on from.

use std::collections::BTreeSet;
use std::sync::Arc;

use relink_core::decide::Outcome;
use relink_core::plugin::{Dataset, Found, Operation, Slice};
use relink_core::reason::{Blast, Diagnosis, Remedy};
use relink_core::time::Timestamp;
use relink_runtime::Fault;
use relink_store::StoreError;
use relink_store::authorizations::Authorization;
use relink_store::connections::Connection;

use crate::diagnose;
use crate::engine::Engine;
use crate::ledger::{self, BadRows};
use crate::settle;
use crate::talk::{self, Advance, Explained, Party, Talk};
use crate::tokens::{self, Fresh, TokenError};

/// How long one run works before it lets others of the queue go first.
const RUN_BUDGET_MS: i64 = 60_000;

/// How a run ended, and what it saw.
pub(crate) struct Report {
    pub(crate) outcome: Outcome,
    pub(crate) explained: Option<Explained>,
    /// Generation of the tokens that the run used; a newer one makes its failure void.
    pub(crate) generation: Option<i64>,
    pub(crate) row_count: i64,
    pub(crate) started_at: Timestamp,
}

/// Trouble of the host, not of the provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Runs `connection`, which the caller has claimed, and settles the outcome.
pub(crate) async fn run(engine: &Engine, connection: &Connection) -> Result<(), StoreError> {
    let mut report = Report {
        outcome: Outcome::Fetched { is_complete: true },
        explained: None,
        generation: None,
        row_count: 0,
        started_at: engine.now(),
    };
    if let Err(error) = sync(engine, connection, &mut report).await {
        report.fail(match error {
            RunError::Token(TokenError::Refused(explained)) => explained,
            RunError::Store(StoreError::Unavailable { .. }) => return Ok(()),
            error => {
                tracing::error!(connection.id = %connection.id, %error, "a run failed in the host");
                diagnose::host_trouble("The host could not run this data source.")
            }
        });
    }
    settle::settle_run(engine, connection, report).await
}

async fn sync(engine: &Engine, connection: &Connection, report: &mut Report) -> Result<(), RunError> {
    let fresh = match tokens::fresh(engine, &connection.workspace_id, &connection.authorization_id).await {
        Ok(fresh) => fresh,
        Err(refused @ TokenError::Refused(_)) => {
            report.generation = ledger::generation_of(engine, connection).await?;
            return Err(refused.into());
        }
        Err(error) => return Err(error.into()),
    };
    let fresh = if is_first_doubt(&fresh, connection) { confirm(engine, fresh).await? } else { fresh };
    report.generation = Some(fresh.authorization.generation);
    let must_prove = connection.incident_id.is_some() || fresh.authorization.suspicion.is_some();
    let mut party = party(engine, connection, &fresh).map_err(TokenError::from)?;

    if must_prove
        && let Err(explained) = talk::ask(engine, &mut party, Operation::Probe).await
        && explained.diagnosis.remedy != Remedy::Refresh
    {
        report.fail(explained);
        return Ok(());
    }
    let plugin = Arc::clone(&party.plugin);
    let mut refused = BTreeSet::new();
    for (dataset, slice) in ledger::plan(engine, connection, &plugin).await? {
        if refused.contains(&dataset.name) {
            continue;
        }
        if report.is_over_budget(engine.now()) {
            report.pause(Outcome::Fetched { is_complete: false });
            return Ok(());
        }
        match fetch_slice(engine, connection, &mut party, (dataset, &slice), report).await? {
            End::Complete => {}
            End::DatasetRefused => {
                refused.insert(&dataset.name);
            }
            End::RunOver => return Ok(()),
        }
    }
    Ok(())
}

/// What the end of a slice means for the run; why it failed is in the report.
enum End {
    Complete,
    /// Nothing more of this dataset, which must not hold up the others.
    DatasetRefused,
    RunOver,
}

/// Suspected, but not yet broken.
fn is_first_doubt(fresh: &Fresh, connection: &Connection) -> bool {
    fresh.authorization.suspicion.is_some() && connection.incident_id.is_none() && !fresh.just_refreshed
}

/// Lets the token endpoint confirm or dispel the suspicion: it knows best whether a grant is alive.
async fn confirm(engine: &Engine, fresh: Fresh) -> Result<Fresh, TokenError> {
    if !tokens::can_refresh(engine, &fresh.authorization) {
        return Ok(fresh);
    }
    let Authorization { workspace_id, id, generation, .. } = &fresh.authorization;
    tokens::renewed(engine, workspace_id, id, *generation).await
}

/// Fetches one slice, unless it fails or has to wait, as the report then says.
async fn fetch_slice(
    engine: &Engine,
    connection: &Connection,
    party: &mut Party,
    (dataset, slice): (&Dataset, &Slice),
    report: &mut Report,
) -> Result<End, RunError> {
    let mut page = ledger::Page::open(engine, connection, party, (dataset, slice)).await?;
    let mut talk = match page.position() {
        Some(position) => Talk::resume(engine, party, slice.dataset.clone(), position),
        None => Talk::start(engine, party, Operation::Sync(slice.clone())),
    };
    let mut is_renewed = false;
    loop {
        match talk.advance().await {
            Advance::Going(found) => {
                match page.keep(engine, found, talk.position()).await? {
                    Ok(rows) => report.row_count += rows,
                    Err(bad) => {
                        page.drop_position(engine).await?;
                        report.misbehaved(&bad.into());
                        return Ok(End::RunOver);
                    }
                }
                if report.is_over_budget(engine.now()) && page.is_kept_up_to(talk.position()) {
                    report.pause(Outcome::Fetched { is_complete: false });
                    return Ok(End::RunOver);
                }
            }
            Advance::Done(found) => {
                match page.complete(engine, found).await? {
                    Ok(rows) => report.row_count += rows,
                    Err(bad) => {
                        page.drop_position(engine).await?;
                        report.misbehaved(&bad.into());
                        return Ok(End::RunOver);
                    }
                }
                return Ok(End::Complete);
            }
            Advance::Waiting(until) => {
                page.keep_position(engine, talk.position()).await?;
                report.pause(Outcome::Waiting { until });
                return Ok(End::RunOver);
            }
            Advance::Stale(_) if !is_renewed => {
                is_renewed = true;
                let stale = report.generation.unwrap_or_default();
                let (workspace, id) = (&connection.workspace_id, &connection.authorization_id);
                let fresh = tokens::renewed(engine, workspace, id, stale).await?;
                report.generation = Some(fresh.authorization.generation);
                let renewed = self::party(engine, connection, &fresh).map_err(TokenError::from)?;
                talk.retry_with(renewed.credentials, renewed.facts);
            }
            Advance::Stale(diagnosis) => {
                page.drop_position(engine).await?;
                report.fail(diagnose::refused_although_fresh(diagnosis));
                return Ok(End::RunOver);
            }
            Advance::Failed(explained) => {
                if !explained.diagnosis.is_retryable() {
                    page.drop_position(engine).await?;
                }
                let end = if is_of_the_request(&explained.diagnosis) { End::DatasetRefused } else { End::RunOver };
                report.fail(explained);
                return Ok(end);
            }
            Advance::Misbehaved(fault) => {
                page.drop_position(engine).await?;
                report.misbehaved(&fault);
                return Ok(End::RunOver);
            }
        }
    }
}

/// The provider refused what was asked, not who asked, and asking again would change nothing.
fn is_of_the_request(diagnosis: &Diagnosis) -> bool {
    diagnosis.blast == Blast::Request && !diagnosis.is_retryable()
}

/// The plugin, secrets and settings with which `connection` talks.
fn party(engine: &Engine, connection: &Connection, fresh: &Fresh) -> Result<Party, crate::engine::MissingPlugin> {
    let authorization = &fresh.authorization;
    let (plugin, method) = engine.plugin(&authorization.plugin_id, &authorization.auth_method)?;
    let requested = method.oauth2().map(|oauth2| oauth2.scopes.iter().map(|scope| scope.name.clone()).collect());
    let failures = u32::try_from(connection.consecutive_failures).unwrap_or(u32::MAX).saturating_add(1);
    Ok(Party {
        credentials: fresh.secrets.with_app_secrets(&engine.settings().app_secrets, plugin.id(), &method.id),
        config: ledger::merged_config(&authorization.config, &connection.config),
        account: Some(connection.account_id.clone()),
        facts: tokens::facts(fresh, requested.unwrap_or_default(), failures, engine.now()),
        authorization: authorization.id.to_string(),
        connection: connection.id.to_string(),
        plugin,
        method,
    })
}

impl Report {
    fn fail(&mut self, explained: Explained) {
        self.outcome = Outcome::Failed(explained.diagnosis.clone());
        self.explained = Some(explained);
    }

    fn misbehaved(&mut self, fault: &Fault) {
        let explained = diagnose::plugin_misbehaved(fault);
        tracing::warn!(fault = %fault, "a plugin misbehaved");
        self.outcome = Outcome::PluginMisbehaved;
        self.explained = Some(explained);
    }

    /// Goes on later; but what failed before must not be forgotten over it.
    fn pause(&mut self, outcome: Outcome) {
        if !matches!(self.outcome, Outcome::Failed(_)) {
            self.outcome = outcome;
        }
    }

    fn is_over_budget(&self, now: Timestamp) -> bool {
        now.since_ms(self.started_at) > RUN_BUDGET_MS
    }
}

impl From<BadRows> for Fault {
    fn from(bad: BadRows) -> Self {
        Fault::BadOutput { what: bad.to_string() }
    }
}

/// Rows among what a plugin found; the rest belongs to other operations.
pub(crate) fn rows_of(found: Vec<Found>) -> impl Iterator<Item = (String, String)> {
    found.into_iter().filter_map(|found| match found {
        Found::Rows { dataset, rows } => Some((dataset, rows)),
        Found::Identity(_) | Found::Account(_) => None,
    })
}
