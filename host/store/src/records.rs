//! Records: the data itself. A record is replaced when it is fetched again, never doubled.

use std::collections::{HashMap, HashSet};

use relink_core::id::{ConnectionId, WorkspaceId};
use relink_core::time::{Day, Timestamp};

use crate::dataset::Dataset;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::page::{Cursor, Key, Page, rows_to_fetch};
use crate::query::{composed_query, placeholder_rows, query};
use crate::row::Row;

const TABLE: &str = "records";

/// SQLite takes 32,766 values in a statement.
const ROWS_PER_STATEMENT: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// Unique in the dataset.
    pub key: String,
    /// None in a dataset without days.
    pub day: Option<Day>,
    /// One JSON object.
    pub data: String,
    /// When the fetch began that brought it: all records of one fetch say the same, so it also tells them from
    /// those of other fetches.
    pub fetched_at: Timestamp,
}

const INSERT: &str = "
    INSERT INTO records (workspace_id, connection_id, dataset, record_key, day, data, fetched_at) VALUES ";

const REPLACE: &str = "
    ON CONFLICT (workspace_id, connection_id, dataset, record_key) DO UPDATE
    SET day = excluded.day, data = excluded.data, fetched_at = excluded.fetched_at";

/// Writes records; of several with the same key the last one counts. Says how many there are then.
pub async fn upsert_batch(tx: &mut Tx, dataset: Dataset<'_>, records: Vec<RecordRow>) -> Result<u64> {
    let records = last_of_each_key(records);
    let count = records.len() as u64;
    let mut records = records.into_iter();
    while records.len() > 0 {
        let chunk = records.by_ref().take(ROWS_PER_STATEMENT);
        let mut insert = composed_query(TABLE, format!("{INSERT}{}{REPLACE}", placeholder_rows(chunk.len(), 7)));
        for RecordRow { key, day, data, fetched_at } in chunk {
            insert = insert.bind(dataset.workspace_id).bind(dataset.connection_id).bind(dataset.name);
            insert = insert.bind(key).bind(day).bind(data).bind(fetched_at);
        }
        insert.execute(tx).await?;
    }
    Ok(count)
}

/// PostgreSQL refuses a statement that would write one row twice.
fn last_of_each_key(mut records: Vec<RecordRow>) -> Vec<RecordRow> {
    let mut last: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    for (place, record) in records.iter().enumerate() {
        last.insert(&record.key, place);
    }
    if last.len() < records.len() {
        let kept: HashSet<usize> = last.into_values().collect();
        let mut place = 0..;
        records.retain(|_| place.next().is_some_and(|place| kept.contains(&place)));
    }
    records
}

const DELETE_STALE_IN_WINDOW: &str = "
    DELETE FROM records
    WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3 AND fetched_at <> $4 AND day >= $5 AND day <= $6";

/// Deletes what the fetch that began then no longer brought of these days, both included. Not what is older: a clock
/// may be set back.
pub async fn delete_stale_in_window(
    tx: &mut Tx,
    dataset: Dataset<'_>,
    (since, until): (Day, Day),
    fetched_at: Timestamp,
) -> Result<u64> {
    let delete = query(TABLE, DELETE_STALE_IN_WINDOW).bind(dataset.workspace_id).bind(dataset.connection_id);
    delete.bind(dataset.name).bind(fetched_at).bind(since).bind(until).execute(tx).await
}

const DELETE_STALE: &str = "
    DELETE FROM records WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3 AND fetched_at <> $4";

/// Deletes what the fetch of the whole dataset that began then no longer brought.
pub async fn delete_stale(tx: &mut Tx, dataset: Dataset<'_>, fetched_at: Timestamp) -> Result<u64> {
    let delete = query(TABLE, DELETE_STALE).bind(dataset.workspace_id).bind(dataset.connection_id);
    delete.bind(dataset.name).bind(fetched_at).execute(tx).await
}

const COUNT: &str = "
    SELECT COUNT(*) AS records FROM records WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3";

pub async fn count(access: impl Into<Access<'_>>, dataset: Dataset<'_>) -> Result<i64> {
    let count = query(TABLE, COUNT).bind(dataset.workspace_id).bind(dataset.connection_id).bind(dataset.name);
    Ok(count.fetch_optional(access, |row| row.get("records")).await?.unwrap_or(0))
}

const COUNT_OF_CONNECTION: &str = "
    SELECT COUNT(*) AS records FROM records WHERE workspace_id = $1 AND connection_id = $2";

pub async fn count_of_connection(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
) -> Result<i64> {
    let count = query(TABLE, COUNT_OF_CONNECTION).bind(workspace).bind(connection);
    Ok(count.fetch_optional(access, |row| row.get("records")).await?.unwrap_or(0))
}

const COUNT_PER_DAY: &str = "
    SELECT day, COUNT(*) AS records FROM records
    WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3 AND day >= $4 AND day <= $5
    GROUP BY day ORDER BY day";

/// Counts per day from `since` to `until`, both included; days without records are not listed.
pub async fn count_per_day(
    access: impl Into<Access<'_>>,
    dataset: Dataset<'_>,
    (since, until): (Day, Day),
) -> Result<Vec<(Day, i64)>> {
    let count = query(TABLE, COUNT_PER_DAY).bind(dataset.workspace_id).bind(dataset.connection_id).bind(dataset.name);
    let read = |row: &Row| Ok((row.get("day")?, row.get("records")?));
    count.bind(since).bind(until).fetch_all(access, read).await
}

/// Which records of a dataset to list; without days, all of them.
#[derive(Clone, Debug, Default)]
pub struct RecordFilter {
    pub since: Option<Day>,
    pub until: Option<Day>,
    pub after: Option<Cursor>,
    pub limit: usize,
}

const LIST: &str = "
    SELECT record_key, day, data, fetched_at FROM records
    WHERE workspace_id = $1 AND connection_id = $2 AND dataset = $3
      AND ($4 IS NULL OR day >= $4) AND ($5 IS NULL OR day <= $5) AND ($6 IS NULL OR record_key > $6)
    ORDER BY record_key LIMIT $7";

/// Lists records by their key.
pub async fn list(
    access: impl Into<Access<'_>>,
    dataset: Dataset<'_>,
    filter: &RecordFilter,
) -> Result<Page<RecordRow>> {
    let list = query(TABLE, LIST)
        .bind(dataset.workspace_id)
        .bind(dataset.connection_id)
        .bind(dataset.name)
        .bind(filter.since)
        .bind(filter.until)
        .bind(filter.after.as_ref().map(|cursor| &cursor.id))
        .bind(rows_to_fetch(filter.limit));
    let records = list.fetch_all(access, read).await?;
    Ok(Page::of(records, filter.limit, |record| Cursor { key: Key::Integer(0), id: record.key.clone() }))
}

fn read(row: &Row) -> Result<RecordRow> {
    Ok(RecordRow {
        key: row.get("record_key")?,
        day: row.get("day")?,
        data: row.get("data")?,
        fetched_at: row.get("fetched_at")?,
    })
}
