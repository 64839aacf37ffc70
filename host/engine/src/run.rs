//! One sync of one connection, read in order: fresh token, plugin ⇄ provider, outcome, settle.
//!
//! A run may be killed and repeated at any moment. It holds no transaction while it talks, and what
//! it fetched is stored page by page together with the position to go on from.

use std::collections::BTreeSet;
use std::sync::Arc;

use relink_core::decide::Outcome;
use relink_core::plugin::{Dataset, Operation, Slice};
use relink_core::reason::{Blast, Reason, Remedy};
use relink_core::time::Timestamp;
use relink_runtime::Fault;
use relink_store::StoreError;
use relink_store::authorizations::Authorization;
use relink_store::connections::Connection;

use crate::claim;
use crate::diagnose;
use crate::engine::Engine;
use crate::ledger;
use crate::rows::BadRows;
use crate::settle;
use crate::talk::{Advance, Explained, Party, Talk};
use crate::tokens::{self, Fresh, Known, TokenError};

/// How long one run works before it lets others of the queue go first.
const RUN_BUDGET_MS: i64 = 60_000;

/// A run that went no further.
const NOTHING_YET: Outcome = Outcome::Fetched { is_complete: false, is_answered: false };

/// How a run ended, and what it saw.
pub(crate) struct Report {
    pub(crate) outcome: Outcome,
    pub(crate) explained: Option<Explained>,
    /// Generation of the tokens that the run used; a newer one makes its failure void.
    pub(crate) generation: Option<i64>,
    pub(crate) row_count: i64,
    pub(crate) started_at: Timestamp,
    /// Counts from the first slice on: a token endpoint that takes its time takes it from nobody's data.
    budget_ends_at: Timestamp,
    /// Whether the provider gave an answer that the plugin could use.
    is_answered: bool,
    set_aside: SetAside,
}

/// Datasets that were refused while others of the connection go on, and how the first of them was.
#[derive(Default)]
struct SetAside {
    datasets: BTreeSet<String>,
    first: Option<(Outcome, Option<Explained>)>,
}

/// Trouble of the host, not of the provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the connection was taken away from the run")]
    Lost,
}

/// Runs `connection`, which the caller has claimed, and settles the outcome.
pub(crate) async fn run(engine: &Engine, connection: &Connection) -> Result<(), StoreError> {
    let mut report = Report {
        outcome: NOTHING_YET,
        explained: None,
        generation: None,
        row_count: 0,
        started_at: engine.now(),
        budget_ends_at: engine.now(),
        is_answered: false,
        set_aside: SetAside::default(),
    };
    let synced = tokio::select! {
        synced = sync(engine, connection, &mut report) => synced,
        () = claim::lost(engine, connection) => Err(RunError::Lost),
    };
    if let Err(error) = synced {
        report.fail(match error {
            RunError::Token(TokenError::Refused(explained)) => explained,
            // Whoever has the connection now runs it anew.
            RunError::Lost | RunError::Store(StoreError::Unavailable { .. }) => return Ok(()),
            error => {
                tracing::error!(connection.id = %connection.id, %error, "a run failed in the host");
                diagnose::host_trouble("The host could not run this data source.")
            }
        });
    }
    report.tell_of_what_was_set_aside();
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
    let mut party = party(engine, connection, &fresh).await?;

    let plugin = Arc::clone(&party.plugin);
    let plan = ledger::plan(engine, connection, &plugin).await?;
    let nothing_is_left = plan.is_empty();
    // What was fetched by an earlier run says nothing about now.
    if must_prove || nothing_is_left {
        let mut probe = Talk::start(engine, &mut party, Operation::Probe);
        match probe.finish().await {
            Err(explained) if explained.diagnosis.remedy != Remedy::Refresh => {
                report.fail(explained);
                return Ok(());
            }
            _ => report.is_answered = nothing_is_left && probe.is_answered(),
        }
    }
    report.budget_ends_at = engine.now().plus_ms(RUN_BUDGET_MS);
    for (dataset, slice) in plan {
        if report.set_aside.datasets.contains(&dataset.name) {
            continue;
        }
        if report.is_over_budget(engine.now()) {
            report.end_in_part();
            return Ok(());
        }
        let goes_on = fetch_slice(engine, connection, &mut party, (dataset, &slice), report).await?;
        if !goes_on && !report.set_aside(&dataset.name) {
            return Ok(());
        }
    }
    report.end_complete();
    Ok(())
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

/// Fetches one slice; false if the dataset ends with it, for the reason that the report then holds.
async fn fetch_slice(
    engine: &Engine,
    connection: &Connection,
    party: &mut Party,
    (dataset, slice): (&Dataset, &Slice),
    report: &mut Report,
) -> Result<bool, RunError> {
    let mut page = ledger::Page::open(engine, connection, party, (dataset, slice)).await?;
    let mut talk = match page.position() {
        Some(position) => Talk::resume(engine, party, slice.dataset.clone(), position),
        None => Talk::start(engine, party, Operation::Sync(slice.clone())),
    };
    let mut is_renewed = false;
    loop {
        let advance = talk.advance().await;
        report.is_answered |= talk.is_answered();
        match advance {
            Advance::Going(found) => {
                match page.keep(engine, found, talk.position()).await? {
                    Ok(rows) => report.row_count += rows,
                    Err(bad) => {
                        page.drop_position(engine).await?;
                        return Ok(report.misbehaved(&bad.into()));
                    }
                }
                if report.is_over_budget(engine.now()) && talk.position().pending.outlasts_a_run() {
                    page.keep_position(engine, talk.position()).await?;
                    report.end_in_part();
                    return Ok(false);
                }
            }
            Advance::Done(found) => {
                match page.complete(engine, found).await? {
                    Ok(rows) => report.row_count += rows,
                    Err(bad) => {
                        page.drop_position(engine).await?;
                        return Ok(report.misbehaved(&bad.into()));
                    }
                }
                return Ok(true);
            }
            Advance::Waiting(until) => {
                page.keep_position(engine, talk.position()).await?;
                report.outcome = Outcome::Waiting { until };
                return Ok(false);
            }
            Advance::Stale(_) if !is_renewed => {
                is_renewed = true;
                let stale = report.generation.unwrap_or_default();
                let (workspace, id) = (&connection.workspace_id, &connection.authorization_id);
                let fresh = tokens::renewed(engine, workspace, id, stale).await?;
                report.generation = Some(fresh.authorization.generation);
                let renewed = self::party(engine, connection, &fresh).await?;
                talk.retry_with(renewed.credentials, renewed.facts);
            }
            Advance::Stale(diagnosis) => {
                page.drop_position(engine).await?;
                report.fail(diagnose::refused_although_fresh(diagnosis));
                return Ok(false);
            }
            Advance::Failed(explained) => {
                if !explained.diagnosis.is_retryable() {
                    page.drop_position(engine).await?;
                }
                report.fail(explained);
                return Ok(false);
            }
            Advance::Misbehaved(fault) => {
                page.drop_position(engine).await?;
                return Ok(report.misbehaved(&fault));
            }
        }
    }
}

/// The plugin, secrets and settings with which `connection` talks.
async fn party(engine: &Engine, connection: &Connection, fresh: &Fresh) -> Result<Party, TokenError> {
    let authorization = &fresh.authorization;
    let (plugin, method) = engine.plugin(&authorization.plugin_id, &authorization.auth_method)?;
    let requested = method.oauth2().map(|oauth2| oauth2.scopes.iter().map(|scope| scope.name.clone()).collect());
    let known = Known {
        requested_scopes: requested.unwrap_or_default(),
        consecutive: u32::try_from(connection.consecutive_failures).unwrap_or(u32::MAX).saturating_add(1),
        fleet_failure_ratio: engine.fleet_failure_ratio(plugin.id()).await?,
    };
    Ok(Party {
        credentials: fresh.secrets.with_app_secrets(&engine.settings().app_secrets, plugin.id(), &method.id),
        config: ledger::merged_config(&authorization.config, &connection.config),
        account: Some(connection.account_id.clone()),
        facts: tokens::facts(fresh, known, engine.now()),
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

    fn misbehaved(&mut self, fault: &Fault) -> bool {
        let explained = diagnose::plugin_misbehaved(fault);
        tracing::warn!(fault = %fault, "a plugin misbehaved");
        self.outcome = Outcome::PluginMisbehaved;
        self.explained = Some(explained);
        false
    }

    /// Puts a refusal aside that concerns one dataset alone, so that the others go on; false if it concerns
    /// more, and the run must end with it.
    fn set_aside(&mut self, dataset: &str) -> bool {
        let concerns_one = match &self.outcome {
            Outcome::Failed(diagnosis) => {
                diagnosis.reason == Reason::RequestRejected && diagnosis.blast == Blast::Request
            }
            Outcome::PluginMisbehaved => true,
            Outcome::Fetched { .. } | Outcome::Waiting { .. } => false,
        };
        if concerns_one {
            let outcome = std::mem::replace(&mut self.outcome, NOTHING_YET);
            let explained = self.explained.take();
            self.set_aside.first.get_or_insert((outcome, explained));
            self.set_aside.datasets.insert(dataset.to_owned());
        }
        concerns_one
    }

    /// A run with a refusal never ends as a good one. A failure of more than one dataset says more.
    fn tell_of_what_was_set_aside(&mut self) {
        let is_worse = matches!(self.outcome, Outcome::Failed(_) | Outcome::PluginMisbehaved);
        if let Some((outcome, explained)) = self.set_aside.first.take().filter(|_| !is_worse) {
            (self.outcome, self.explained) = (outcome, explained);
        }
    }

    fn is_over_budget(&self, now: Timestamp) -> bool {
        now > self.budget_ends_at
    }

    fn end_complete(&mut self) {
        self.outcome = Outcome::Fetched { is_complete: true, is_answered: self.is_answered };
    }

    fn end_in_part(&mut self) {
        self.outcome = Outcome::Fetched { is_complete: false, is_answered: self.is_answered };
    }
}

impl From<BadRows> for Fault {
    fn from(bad: BadRows) -> Self {
        Fault::BadOutput { what: bad.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use relink_core::reason::{Actor, Certainty, Diagnosis};

    use super::*;

    fn diagnosis(reason: Reason, blast: Blast) -> Diagnosis {
        Diagnosis {
            reason,
            code: "acme.refused".to_owned(),
            cause: None,
            certainty: Certainty::Certain,
            blast,
            actor: Actor::Operator,
            remedy: Remedy::Operator,
            retry_after_ms: None,
            message: String::new(),
            help_url: None,
        }
    }

    fn report(outcome: Outcome) -> Report {
        Report {
            outcome,
            explained: None,
            generation: None,
            row_count: 0,
            started_at: Timestamp::default(),
            budget_ends_at: Timestamp::default(),
            is_answered: false,
            set_aside: SetAside::default(),
        }
    }

    #[test]
    fn only_what_concerns_one_dataset_lets_the_others_go_on() {
        let failed = |reason, blast| Outcome::Failed(diagnosis(reason, blast));
        let cases = [
            (failed(Reason::RequestRejected, Blast::Request), true),
            (Outcome::PluginMisbehaved, true),
            (failed(Reason::RequestRejected, Blast::Account), false),
            (failed(Reason::RateLimited, Blast::Request), false),
            (failed(Reason::InsufficientPrivileges, Blast::Request), false),
            (Outcome::Waiting { until: Timestamp::default() }, false),
            (NOTHING_YET, false),
        ];
        for (outcome, expected) in cases {
            assert_eq!(report(outcome.clone()).set_aside("clicks"), expected, "{outcome:?}");
        }
    }

    #[test]
    fn a_run_with_a_refused_dataset_is_no_good_one_whatever_the_others_gave() {
        let refused = Outcome::Failed(diagnosis(Reason::RequestRejected, Blast::Request));
        for later in [NOTHING_YET, Outcome::Waiting { until: Timestamp::default() }] {
            let mut report = report(refused.clone());
            assert!(report.set_aside("clicks"));
            report.outcome = later;
            report.tell_of_what_was_set_aside();
            assert_eq!(report.outcome, refused);
        }
    }

    #[test]
    fn a_failure_of_more_than_a_dataset_is_told_instead() {
        let mut report = report(Outcome::PluginMisbehaved);
        assert!(report.set_aside("clicks"));
        let wider = Outcome::Failed(diagnosis(Reason::ExpiredToken, Blast::Authorization));
        report.outcome = wider.clone();
        report.tell_of_what_was_set_aside();
        assert_eq!(report.outcome, wider);
    }
}
