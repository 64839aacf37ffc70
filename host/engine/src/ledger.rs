//! What a run reads and writes of data: the plan from the ledger of days, pages of rows, and the
//! position of a slice in flight. Rows, position and days of one step commit together.

mod resume;

use std::collections::{BTreeMap, BTreeSet};

use relink_core::backfill::{self, Ledger};
use relink_core::plugin::{Dataset, Found, Slice, SyncMode};
use relink_core::time::{Day, Timestamp};
use relink_runtime::Plugin;
use relink_store::Dataset as Stored;
use relink_store::connections::Connection;
use relink_store::coverage::{CoveredDay, FetchedDay};
use relink_store::records::RecordRow;
use relink_store::{StoreError, Tx, authorizations, coverage, records, slices};

use crate::engine::Engine;
use crate::rows::{self, BadRows};
use crate::talk::{Party, Pending, Position};

/// The slices that `connection` lacks, newest first.
pub(crate) async fn plan<'a>(
    engine: &Engine,
    connection: &'a Connection,
    plugin: &'a Plugin,
) -> Result<Vec<(&'a Dataset, Slice)>, StoreError> {
    let mut slices = Vec::new();
    let today = engine.now().day();
    let (db, workspace, id) = (engine.db(), &connection.workspace_id, &connection.id);
    let known = coverage::list(db, workspace, id, connection.backfill_from).await?;
    for dataset in plugin.descriptor().datasets_of(connection.account_kind.as_deref()) {
        let of_dataset = known.iter().filter(|covered| covered.dataset == dataset.name && is_final(covered));
        let covered: BTreeSet<Day> = of_dataset.filter_map(|covered| covered.day).collect();
        let ledger = Ledger { covered: &covered, wanted_from: connection.backfill_from, today };
        if let SyncMode::Daily(daily) = &dataset.mode {
            give_up(engine, connection, dataset, &backfill::unrecoverable(daily, &ledger)).await?;
        }
        let planned = backfill::plan(&dataset.name, &dataset.mode, &ledger);
        slices.extend(planned.into_iter().map(|slice| (dataset, slice)));
    }
    slices.sort_by_key(|(_, slice)| std::cmp::Reverse(slice.window.map(|window| window.until)));
    Ok(slices)
}

/// A day is final once it was fetched after it had ended, or can no longer be had.
fn is_final(covered: &CoveredDay) -> bool {
    covered.lost || covered.day.is_some_and(|day| covered.fetched_at.day() > day)
}

async fn give_up(engine: &Engine, connection: &Connection, dataset: &Dataset, days: &[Day]) -> Result<(), StoreError> {
    if days.is_empty() {
        return Ok(());
    }
    let mut tx = engine.db().begin().await?;
    coverage::mark_lost(&mut tx, stored_dataset(connection, dataset), days, engine.now()).await?;
    tx.commit().await
}

fn stored_dataset<'a>(connection: &'a Connection, dataset: &'a Dataset) -> Stored<'a> {
    Stored { workspace_id: &connection.workspace_id, connection_id: &connection.id, name: &dataset.name }
}

/// The generation of tokens that `connection` uses now.
pub(crate) async fn generation_of(engine: &Engine, connection: &Connection) -> Result<Option<i64>, StoreError> {
    let (workspace, id) = (&connection.workspace_id, &connection.authorization_id);
    Ok(authorizations::find(engine.db(), workspace, id).await?.map(|authorization| authorization.generation))
}

/// The settings of a connection over those of its authorization.
pub(crate) fn merged_config(authorization: &str, connection: &str) -> String {
    type Config = BTreeMap<String, serde_json::Value>;
    let mut merged: Config = serde_json::from_str(authorization).unwrap_or_default();
    merged.extend(serde_json::from_str::<Config>(connection).unwrap_or_default());
    serde_json::to_string(&merged).unwrap_or_else(|_| "{}".to_owned())
}

/// One slice while it is fetched.
pub(crate) struct Page<'a> {
    connection: &'a Connection,
    /// Of the version that makes the next state; it does not change while the slice is fetched.
    plugin_version: String,
    dataset: &'a Dataset,
    slice: &'a Slice,
    started_at: Timestamp,
    resumed: Option<Position>,
    kept: Option<Pending>,
}

impl<'a> Page<'a> {
    pub(crate) async fn open(
        engine: &Engine,
        connection: &'a Connection,
        party: &Party,
        (dataset, slice): (&'a Dataset, &'a Slice),
    ) -> Result<Self, StoreError> {
        let stored = slices::list_of_connection(engine.db(), &connection.workspace_id, &connection.id).await?;
        let same = stored.into_iter().find(|stored| {
            stored.dataset == slice.dataset
                && stored.since == slice.window.map(|window| window.since)
                && stored.until == slice.window.map(|window| window.until)
        });
        let resumed = match &same {
            Some(stored) => resume::position(engine, party, stored).await.map(|position| (stored.started_at, position)),
            None => None,
        };
        let (started_at, resumed) = resumed.unzip();
        let plugin_version = party.plugin.version().to_owned();
        let kept = resumed.as_ref().map(|position: &Position| position.pending.clone());
        let started_at = started_at.unwrap_or_else(|| engine.now());
        Ok(Self { connection, plugin_version, dataset, slice, started_at, resumed, kept })
    }

    /// Where an earlier run stopped, in the words of this version of the plugin.
    pub(crate) fn position(&mut self) -> Option<Position> {
        self.resumed.take()
    }

    pub(crate) fn is_kept_up_to(&self, position: &Position) -> bool {
        self.kept.as_ref() == Some(&position.pending)
    }

    /// Stores the rows of one step with the position after it; gives the number of rows.
    pub(crate) async fn keep(
        &mut self,
        engine: &Engine,
        found: Vec<Found>,
        position: &Position,
    ) -> Result<Result<i64, BadRows>, StoreError> {
        let now = engine.now();
        let rows = match rows::read(self.dataset, found, now) {
            Ok(rows) => rows,
            Err(bad) => return Ok(Err(bad)),
        };
        if rows.is_empty() {
            return Ok(Ok(0));
        }
        let count = count(&rows);
        let mut tx = engine.db().begin().await?;
        records::upsert_batch(&mut tx, stored_dataset(self.connection, self.dataset), rows).await?;
        self.save(&mut tx, position, now).await?;
        tx.commit().await?;
        self.kept = Some(position.pending.clone());
        Ok(Ok(count))
    }

    /// Stores where to go on, so that whatever waits may be unloaded.
    pub(crate) async fn keep_position(&self, engine: &Engine, position: &Position) -> Result<(), StoreError> {
        let mut tx = engine.db().begin().await?;
        self.save(&mut tx, position, engine.now()).await?;
        tx.commit().await
    }

    /// Forgets where to go on; the rows stay, the slice starts again.
    pub(crate) async fn drop_position(&self, engine: &Engine) -> Result<(), StoreError> {
        let mut tx = engine.db().begin().await?;
        self.forget(&mut tx).await?;
        tx.commit().await
    }

    /// Stores the last rows, drops rows that the provider no longer has, and enters the days.
    pub(crate) async fn complete(
        &self,
        engine: &Engine,
        found: Vec<Found>,
    ) -> Result<Result<i64, BadRows>, StoreError> {
        let now = engine.now();
        let rows = match rows::read(self.dataset, found, now) {
            Ok(rows) => rows,
            Err(bad) => return Ok(Err(bad)),
        };
        let count = count(&rows);
        let mut tx = engine.db().begin().await?;
        records::upsert_batch(&mut tx, stored_dataset(self.connection, self.dataset), rows).await?;
        self.enter_days(&mut tx, now).await?;
        self.forget(&mut tx).await?;
        tx.commit().await?;
        Ok(Ok(count))
    }

    async fn enter_days(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        let dataset = stored_dataset(self.connection, self.dataset);
        let Some(window) = self.slice.window else {
            records::delete_stale(tx, dataset, self.started_at).await?;
            let whole = FetchedDay { day: None, row_count: records::count(&mut *tx, dataset).await? };
            return coverage::put_days(tx, dataset, &[whole], now).await;
        };
        let days = (window.since, window.until);
        records::delete_stale_in_window(tx, dataset, days, self.started_at).await?;
        let counts: BTreeMap<Day, i64> = records::count_per_day(&mut *tx, dataset, days).await?.into_iter().collect();
        let fetched: Vec<FetchedDay> = window
            .since
            .through(window.until)
            .map(|day| FetchedDay { day: Some(day), row_count: counts.get(&day).copied().unwrap_or(0) })
            .collect();
        coverage::put_days(tx, dataset, &fetched, now).await
    }

    async fn forget(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let since = self.slice.window.map(|window| window.since);
        slices::delete(tx, stored_dataset(self.connection, self.dataset), since).await.map(|_| ())
    }

    async fn save(&self, tx: &mut Tx, position: &Position, now: Timestamp) -> Result<(), StoreError> {
        let stored = slices::Slice {
            dataset: self.slice.dataset.clone(),
            since: self.slice.window.map(|window| window.since),
            until: self.slice.window.map(|window| window.until),
            plugin_version: self.plugin_version.clone(),
            plugin_state: position.state.clone(),
            pending: serde_json::to_string(&position.pending).expect("requests are JSON"),
            started_at: self.started_at,
            updated_at: now,
        };
        slices::save(tx, &self.connection.workspace_id, &self.connection.id, &stored).await
    }
}

fn count(rows: &[RecordRow]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}
