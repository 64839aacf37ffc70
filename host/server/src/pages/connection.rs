//! `/connections/{id}`: one data source, what happened to it and how to repair it.

use axum::extract::{Path, Query};
use axum::response::Response;
use http::StatusCode;
use relink_core::id::ConnectionId;
use relink_store::authorizations::{self, Authorization};
use relink_store::connections::{self, Connection, ConnectionState, HELD_BACK};
use relink_store::data_sources::{self, DataSourceRow, Filter, Status};
use relink_store::incidents::{self, Incident, IncidentFilter, Scope};
use relink_store::{StoreError, records, runs};
use serde::Deserialize;

use crate::pages::incident_cards::in_progress;
use crate::pages::lookup::{Circumstances, Lookup};
use crate::pages::rows::{data_of, health_of, held_back};
use crate::pages::strip::{self, Expected};
use crate::pages::visit::Visit;
use crate::ui::views::connection::{ConnectionPage, IncidentDetail, Run, Stored};
use crate::ui::views::coverage::{Coverage, DayState};
use crate::ui::views::key_form::KeyForm;
use crate::ui::views::provider::ClientLink;
use crate::ui::views::repair::Repair;
use crate::ui::views::shell::{Section, Tone};
use crate::ui::when::When;
use crate::web::trouble::Trouble;

mod outcome;
mod sign_in_card;

pub(super) use sign_in_card::{key_form, known_key_form, settings_form};

const DAYS: i64 = 28;
const RUNS: usize = 10;
const DAY_MS: i64 = 86_400_000;
/// An incident is remembered on the page for so long after its end.
const REMEMBERED_MS: i64 = 7 * DAY_MS;

#[derive(Default, Deserialize)]
pub(super) struct After {
    /// The reconnection that just ended, to say how it went.
    #[serde(default)]
    reconnection: Option<String>,
}

pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(after): Query<After>,
) -> Result<Response, Trouble> {
    let page = fill(&visit, &id, &after, None).await?;
    Ok(visit.respond(&page))
}

/// The same page, with what is wrong in the form of the key.
pub(super) async fn page_with_form(visit: &Visit, id: &str, form: KeyForm) -> Result<Response, Trouble> {
    let page = fill(visit, id, &After::default(), Some(form)).await?;
    Ok(visit.respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// A connection that the person may see; anything else does not exist for them.
pub(super) async fn find_visible(visit: &Visit, id: &str) -> Result<Connection, Trouble> {
    let id: ConnectionId = id.parse().map_err(|_| Trouble::not_found())?;
    let found = connections::find(visit.db(), &visit.person().workspace_id, &id).await?;
    found.filter(|connection| visit.person().may_see(&connection.client_id)).ok_or_else(Trouble::not_found)
}

async fn fill(visit: &Visit, id: &str, after: &After, form: Option<KeyForm>) -> Result<ConnectionPage, Trouble> {
    let connection = find_visible(visit, id).await?;
    let workspace = &visit.person().workspace_id;
    let authorization = authorizations::find(visit.db(), workspace, &connection.authorization_id).await?;
    let authorization = authorization.ok_or_else(Trouble::internal)?;
    let row = find_row(visit, &connection).await?.ok_or_else(Trouble::not_found)?;
    let lookup = visit.lookup().await?;
    let incident = find_incident(visit, &connection).await?;
    let coverage = coverage(visit, &lookup, &connection).await?;
    let names = sign_in_card::source_names(visit, &authorization).await?;
    let kind = lookup.sign_in_kind(&authorization);
    let data = data_of(&row, &coverage, visit.now);
    let repair = match incident.as_ref().filter(|incident| incident.resolved_at.is_none()) {
        Some(open) => Repair::new(open.remedy, kind, authorization.id.as_str(), connection.id.as_str()),
        None => Repair::Nothing,
    };
    Ok(ConnectionPage {
        shell: visit.shell(Section::DataSources, &lookup).await?,
        id: connection.id.to_string(),
        provider: lookup.provider(&connection.plugin_id),
        account: connection.account_label.clone(),
        client: ClientLink::new(connection.client_id.as_str(), &row.client_name),
        connected_at: When::at(connection.connected_at, visit.now),
        health: health_of(&row, visit.now),
        data,
        next_run: connection.next_due_at.map(|due| When::from_now(due.max(visit.now), visit.now)),
        held_back: is_held_back(&row).then(|| held_back(&lookup.provider(&connection.plugin_id).name)),
        takes_too_long: takes_too_long(incident.as_ref(), &coverage, visit),
        incident: incident.map(|incident| detail(&lookup, &incident, &authorization, &connection)),
        repair,
        sign_in: sign_in_card::card(visit, &lookup, &authorization, &names, form),
        result: outcome::outcome(visit, after.reconnection.as_deref(), &authorization, &names).await?,
        in_progress: in_progress(visit, &lookup, &authorization.id).await?,
        runs: runs_of(visit, &lookup, &connection).await?,
        stored: stored(visit, &connection).await?,
        can_delete: false,
        coverage,
    })
}

/// Whether it would be broken, were not many others called broken at the same time.
fn is_held_back(row: &DataSourceRow) -> bool {
    row.status == Status::Delayed && row.delay_reason.as_deref() == Some(HELD_BACK)
}

/// The line of the connection in its client's list; a stopped one is in the list of the stopped.
async fn find_row(visit: &Visit, connection: &Connection) -> Result<Option<DataSourceRow>, StoreError> {
    const MOST: usize = 500;
    let person = visit.person();
    let is_stopped = connection.state == ConnectionState::Stopped;
    let filter = Filter {
        status: is_stopped.then_some(Status::Stopped),
        plugin_id: Some(connection.plugin_id.clone()),
        client_id: Some(connection.client_id.clone()),
        ..Filter::all(visit.now, MOST)
    };
    let found = data_sources::list(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
    Ok(found.items.into_iter().find(|row| row.id == connection.id))
}

/// The open incident, or the last one of this connection if it ended lately.
async fn find_incident(visit: &Visit, connection: &Connection) -> Result<Option<Incident>, StoreError> {
    const LOOKED_AT: usize = 50;
    let person = visit.person();
    if let Some(id) = &connection.incident_id {
        return incidents::find(visit.db(), &person.workspace_id, id).await;
    }
    let filter =
        IncidentFilter { plugin_id: Some(connection.plugin_id.clone()), limit: LOOKED_AT, ..IncidentFilter::default() };
    let latest = incidents::list(visit.db(), &person.workspace_id, &person.visible, &filter).await?;
    let concerns = |incident: &Incident| match incident.scope {
        Scope::Authorization => incident.authorization_id.as_ref() == Some(&connection.authorization_id),
        Scope::Connection => incident.connection_id.as_ref() == Some(&connection.id),
        Scope::App => false,
    };
    let ended_lately =
        |incident: &Incident| incident.resolved_at.is_some_and(|at| visit.now.since_ms(at) < REMEMBERED_MS);
    Ok(latest.items.into_iter().find(|incident| concerns(incident) && ended_lately(incident)))
}

fn detail(
    lookup: &Lookup,
    incident: &Incident,
    authorization: &Authorization,
    connection: &Connection,
) -> IncidentDetail {
    let circumstances = Circumstances {
        authorization: Some(authorization),
        account: Some(&connection.account_label),
        last_success_at: connection.last_success_at,
    };
    let of_provider = || lookup.plugin(&incident.plugin_id)?.descriptor().help_url.clone();
    let help_url = incident.help_url.clone().or_else(of_provider);
    IncidentDetail {
        words: lookup.words(incident, &circumstances),
        reason_code: incident.reason.code().to_owned(),
        code: incident.code.clone(),
        opened_at: When::at(incident.opened_at, lookup.now),
        resolved: lookup.resolved(incident),
        provider_answer: incident.provider_answer.clone(),
        help_url: help_url.filter(|url| url.starts_with("https://")),
    }
}

async fn coverage(visit: &Visit, lookup: &Lookup, connection: &Connection) -> Result<Coverage, StoreError> {
    let today = visit.now.day();
    let plugin = lookup.plugin(&connection.plugin_id);
    let kind = connection.account_kind.as_deref();
    let expected = Expected {
        first: today.plus_days(1 - DAYS),
        today,
        wanted_from: connection.backfill_from,
        is_fetching: connection.incident_id.is_none() && connection.state == ConnectionState::Active,
        datasets: plugin.map(|plugin| strip::daily_datasets(plugin.descriptor(), kind)).unwrap_or_default(),
    };
    strip::strip(visit.db(), &connection.workspace_id, &connection.id, &expected).await
}

/// More than a day after the repair, days are still on their way.
fn takes_too_long(incident: Option<&Incident>, coverage: &Coverage, visit: &Visit) -> bool {
    let repaired_at = incident.and_then(|incident| incident.resolved_at);
    repaired_at.is_some_and(|at| visit.now.since_ms(at) > DAY_MS) && coverage.count(DayState::Refilling) > 0
}

async fn runs_of(visit: &Visit, lookup: &Lookup, connection: &Connection) -> Result<Vec<Run>, StoreError> {
    let newest = runs::list(visit.db(), &connection.workspace_id, &connection.id, None, RUNS).await?;
    let provider = lookup.provider(&connection.plugin_id).name;
    let run = |run: runs::Run| {
        let (tone, outcome) = run_words(&run.outcome, &provider);
        Run {
            started_at: When::at(run.started_at, visit.now),
            took: took(run.finished_at.since_ms(run.started_at)),
            tone,
            outcome,
            rows: run.row_count.unsigned_abs(),
            message: run.message,
        }
    };
    Ok(newest.items.into_iter().map(run).collect())
}

fn run_words(outcome: &str, provider: &str) -> (Tone, String) {
    match outcome {
        "fetched" => (Tone::Ok, "Complete".to_owned()),
        "fetched-in-part" => (Tone::Wait, "More to come".to_owned()),
        "waiting" => (Tone::Wait, format!("Waiting for {provider}")),
        "plugin-misbehaved" => (Tone::Warn, "A fault of the plugin".to_owned()),
        _ => (Tone::Bad, "Failed".to_owned()),
    }
}

fn took(ms: i64) -> String {
    match ms / 1_000 {
        ..=0 => "less than a second".to_owned(),
        1 => "1 second".to_owned(),
        seconds @ 2..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    }
}

async fn stored(visit: &Visit, connection: &Connection) -> Result<Stored, StoreError> {
    let rows = records::count_of_connection(visit.db(), &connection.workspace_id, &connection.id).await?;
    let ledger =
        relink_store::coverage::list(visit.db(), &connection.workspace_id, &connection.id, connection.backfill_from);
    let ledger = ledger.await?;
    let mut days: Vec<_> = ledger.iter().filter(|covered| !covered.lost).filter_map(|covered| covered.day).collect();
    days.sort();
    days.dedup();
    Ok(Stored { days: days.len() as u64, rows: rows.unsigned_abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_how_long_it_took() {
        let cases =
            [(-5, "less than a second"), (900, "less than a second"), (1_500, "1 second"), (180_000, "3 minutes")];
        for (ms, expected) in cases {
            assert_eq!(took(ms), expected);
        }
    }
}
