//! What a run reads and writes of data: the plan from the ledger of days, pages of rows, and the
//! position of a slice in flight. Rows, position and days of one step commit together.

mod resume;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use relink_core::backfill::{self, Known, Ledger, Pass};
use relink_core::plugin::{Dataset, Found, Slice, SyncMode, Window};
use relink_core::time::{Day, Timestamp};
use relink_runtime::Plugin;
use relink_store::Dataset as Stored;
use relink_store::connections::Connection;
use relink_store::coverage::FetchedDay;
use relink_store::records::RecordRow;
use relink_store::{StoreError, Tx, authorizations, coverage, records, slices};

use crate::claim;
use crate::engine::Engine;
use crate::rows::{self, BadRows};
use crate::run::RunError;
use crate::talk::{Party, Position};

/// The slices that `connection` lacks in the pass that is under way, newest first.
pub(crate) async fn plan<'a>(
    engine: &Engine,
    connection: &'a Connection,
    plugin: &'a Plugin,
) -> Result<Vec<(&'a Dataset, Slice)>, RunError> {
    let now = engine.now();
    let (db, workspace, id) = (engine.db(), &connection.workspace_id, &connection.id);
    let covered = coverage::list(db, workspace, id, connection.backfill_from).await?;
    let begun = slices::list_of_connection(db, workspace, id).await?;
    let mut planned = Vec::new();
    for dataset in plugin.descriptor().datasets_of(connection.account_kind.as_deref()) {
        let of_dataset = covered.iter().filter(|covered| covered.dataset == dataset.name);
        let known: BTreeMap<Option<Day>, Known> = of_dataset.map(|covered| (covered.day, covered.known())).collect();
        let ledger = Ledger { known: &known, wanted_from: connection.backfill_from, today: now.day() };
        if let SyncMode::Daily(daily) = &dataset.mode {
            give_up(engine, connection, dataset, &backfill::unrecoverable(daily, &ledger)).await?;
        }
        let of_dataset = begun.iter().filter(|slice| slice.dataset == dataset.name);
        let under_way: Vec<Window> = of_dataset.filter_map(slices::Slice::window).collect();
        let pass = Pass { started_at: connection.pass_started_at.unwrap_or(now), now, under_way: &under_way };
        let slices = backfill::plan(&dataset.name, &dataset.mode, &ledger, pass);
        planned.extend(slices.into_iter().map(|slice| (dataset, slice)));
    }
    planned.sort_by_key(|(_, slice)| Reverse(slice.window.map(|window| window.until)));
    let is_planned = |begun: &slices::Slice| {
        planned.iter().any(|(_, slice)| slice.dataset == begun.dataset && slice.window == begun.window())
    };
    forget_all(engine, connection, begun.iter().filter(|begun| !is_planned(begun))).await?;
    Ok(planned)
}

async fn give_up(engine: &Engine, connection: &Connection, dataset: &Dataset, days: &[Day]) -> Result<(), RunError> {
    if days.is_empty() {
        return Ok(());
    }
    let mut tx = claim::begin(engine, connection).await?;
    coverage::mark_lost(&mut tx, stored_dataset(connection, dataset), days, engine.now()).await?;
    Ok(tx.commit().await?)
}

/// Forgets slices that were begun and are no longer wanted as they are.
async fn forget_all(
    engine: &Engine,
    connection: &Connection,
    stale: impl Iterator<Item = &slices::Slice>,
) -> Result<(), RunError> {
    let stale: Vec<_> = stale.collect();
    if stale.is_empty() {
        return Ok(());
    }
    let mut tx = claim::begin(engine, connection).await?;
    for slice in stale {
        let (workspace_id, connection_id) = (&connection.workspace_id, &connection.id);
        let dataset = Stored { workspace_id, connection_id, name: &slice.dataset };
        slices::delete(&mut tx, dataset, slice.since).await?;
    }
    Ok(tx.commit().await?)
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
    /// When its first request was made, be it by an earlier run. All its rows carry this moment.
    started_at: Timestamp,
    resumed: Option<Position>,
}

impl<'a> Page<'a> {
    pub(crate) async fn open(
        engine: &Engine,
        connection: &'a Connection,
        party: &Party,
        (dataset, slice): (&'a Dataset, &'a Slice),
    ) -> Result<Self, StoreError> {
        let stored = slices::list_of_connection(engine.db(), &connection.workspace_id, &connection.id).await?;
        let same = stored.into_iter().find(|stored| stored.dataset == slice.dataset && stored.window() == slice.window);
        let resumed = match &same {
            Some(stored) => resume::position(engine, party, stored).await.map(|position| (stored.started_at, position)),
            None => None,
        };
        let (started_at, resumed) = resumed.unzip();
        let plugin_version = party.plugin.version().to_owned();
        let started_at = started_at.unwrap_or_else(|| engine.now());
        Ok(Self { connection, plugin_version, dataset, slice, started_at, resumed })
    }

    /// Where an earlier run stopped, in the words of this version of the plugin.
    pub(crate) fn position(&mut self) -> Option<Position> {
        self.resumed.take()
    }

    /// Stores the rows of one step with the position after it; gives the number of rows.
    pub(crate) async fn keep(
        &self,
        engine: &Engine,
        found: Vec<Found>,
        position: &Position,
    ) -> Result<Result<i64, BadRows>, RunError> {
        let rows = match rows::read(self.dataset, found, self.started_at) {
            Ok(rows) => rows,
            Err(bad) => return Ok(Err(bad)),
        };
        if rows.is_empty() {
            return Ok(Ok(0));
        }
        let count = count(&rows);
        let mut tx = claim::begin(engine, self.connection).await?;
        records::upsert_batch(&mut tx, stored_dataset(self.connection, self.dataset), rows).await?;
        self.save(&mut tx, position, engine.now()).await?;
        tx.commit().await?;
        Ok(Ok(count))
    }

    /// Stores where to go on, so that whatever waits may be unloaded.
    pub(crate) async fn keep_position(&self, engine: &Engine, position: &Position) -> Result<(), RunError> {
        let mut tx = claim::begin(engine, self.connection).await?;
        self.save(&mut tx, position, engine.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets where to go on; the rows stay, the slice starts again.
    pub(crate) async fn drop_position(&self, engine: &Engine) -> Result<(), RunError> {
        let mut tx = claim::begin(engine, self.connection).await?;
        self.forget(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Stores the last rows, drops rows that the provider no longer has, and enters the days.
    pub(crate) async fn complete(&self, engine: &Engine, found: Vec<Found>) -> Result<Result<i64, BadRows>, RunError> {
        let rows = match rows::read(self.dataset, found, self.started_at) {
            Ok(rows) => rows,
            Err(bad) => return Ok(Err(bad)),
        };
        let count = count(&rows);
        let mut tx = claim::begin(engine, self.connection).await?;
        records::upsert_batch(&mut tx, stored_dataset(self.connection, self.dataset), rows).await?;
        self.enter_days(&mut tx).await?;
        self.forget(&mut tx).await?;
        tx.commit().await?;
        Ok(Ok(count))
    }

    async fn enter_days(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let dataset = stored_dataset(self.connection, self.dataset);
        let Some(window) = self.slice.window else {
            records::delete_stale(tx, dataset, self.started_at).await?;
            let whole = FetchedDay { day: None, row_count: records::count(&mut *tx, dataset).await? };
            return coverage::put_days(tx, dataset, &[whole], self.started_at).await;
        };
        let days = (window.since, window.until);
        records::delete_stale_in_window(tx, dataset, days, self.started_at).await?;
        let counts: BTreeMap<Day, i64> = records::count_per_day(&mut *tx, dataset, days).await?.into_iter().collect();
        let fetched: Vec<FetchedDay> = window
            .since
            .through(window.until)
            .map(|day| FetchedDay { day: Some(day), row_count: counts.get(&day).copied().unwrap_or(0) })
            .collect();
        coverage::put_days(tx, dataset, &fetched, self.started_at).await
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
