//! Which days are here, and which are missing.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use relink_core::backfill::{self, Known, Ledger};
use relink_core::plugin::SyncMode;
use relink_core::time::Day;
use relink_store::connections::Connection;
use relink_store::coverage::{self, CoveredDay};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::connections;
use crate::api::shape::{Listed, moment};
use crate::app::App;
use crate::auth::extract::Caller;
use crate::web::trouble::{ProblemDocument, Trouble};

/// One day of a dataset in the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct Covered {
    dataset: String,
    /// Null for a dataset that is fetched as a whole.
    day: Option<String>,
    rows: i64,
    fetched_at: String,
    /// The provider no longer has this day.
    lost: bool,
}

/// Days in a row that a dataset lacks.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Gap {
    dataset: String,
    since: String,
    until: String,
    days: usize,
    /// The provider no longer offers these days.
    recoverable: bool,
}

/// List the days that are here
#[utoipa::path(get, path = "/api/v1/connections/{id}/coverage", tag = "gaps", params(("id" = String, Path,)),
    responses((status = 200, body = Listed<Covered>), (status = 404, body = ProblemDocument)))]
pub(crate) async fn coverage(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Listed<Covered>>, Trouble> {
    let connection = connections::find(&app, &caller, &id).await?;
    let covered = |covered: CoveredDay| Covered {
        dataset: covered.dataset,
        day: covered.day.map(|day| day.to_string()),
        rows: covered.row_count,
        fetched_at: moment(covered.fetched_at),
        lost: covered.lost,
    };
    Ok(Json(Listed::whole(ledger(&app, &connection).await?.into_iter().map(covered).collect())))
}

/// List the days that are missing
#[utoipa::path(get, path = "/api/v1/connections/{id}/gaps", tag = "gaps", params(("id" = String, Path,)),
    responses((status = 200, body = Listed<Gap>), (status = 404, body = ProblemDocument)))]
pub(crate) async fn gaps(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Json<Listed<Gap>>, Trouble> {
    let connection = connections::find(&app, &caller, &id).await?;
    let mut by_dataset: BTreeMap<String, BTreeMap<Option<Day>, Known>> = BTreeMap::new();
    for covered in ledger(&app, &connection).await? {
        let (day, known) = (covered.day, covered.known());
        by_dataset.entry(covered.dataset).or_default().insert(day, known);
    }
    let plugin = app.engine().registry().get(&connection.plugin_id);
    let mut found = Vec::new();
    for dataset in plugin.iter().flat_map(|plugin| plugin.descriptor().datasets_of(connection.account_kind.as_deref()))
    {
        let SyncMode::Daily(daily) = &dataset.mode else { continue };
        let known = by_dataset.remove(&dataset.name).unwrap_or_default();
        let today = app.engine().now().day();
        let ledger = Ledger { known: &known, wanted_from: connection.backfill_from, today };
        found.extend(joined(&dataset.name, &backfill::missing(daily, &ledger), true));
        let lost = known.iter().filter(|(_, known)| **known == Known::Lost).filter_map(|(day, _)| *day);
        let gone: BTreeSet<Day> = lost.chain(backfill::unrecoverable(daily, &ledger)).collect();
        found.extend(joined(&dataset.name, &gone.into_iter().collect::<Vec<_>>(), false));
    }
    Ok(Json(Listed::whole(found)))
}

async fn ledger(app: &App, connection: &Connection) -> Result<Vec<CoveredDay>, Trouble> {
    let from = connection.backfill_from;
    Ok(coverage::list(app.engine().db(), &connection.workspace_id, &connection.id, from).await?)
}

/// Joins neighbouring days, which come oldest first.
fn joined(dataset: &str, days: &[Day], recoverable: bool) -> Vec<Gap> {
    let runs = days.chunk_by(|earlier, later| earlier.plus_days(1) == *later);
    let gap = |run: &[Day]| {
        let (since, until) = (run.first()?, run.last()?);
        let dataset = dataset.to_owned();
        Some(Gap { dataset, since: since.to_string(), until: until.to_string(), days: run.len(), recoverable })
    };
    runs.filter_map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_days_are_one_gap() {
        let days: Vec<Day> = ["2026-03-01", "2026-03-02", "2026-03-05"].map(|day| day.parse().unwrap()).into();
        let found = joined("spend", &days, true);
        let spans: Vec<_> = found.iter().map(|gap| (gap.since.as_str(), gap.until.as_str(), gap.days)).collect();
        assert_eq!(spans, [("2026-03-01", "2026-03-02", 2), ("2026-03-05", "2026-03-05", 1)]);
    }
}
