//! Coverage: the ledger of days that were fetched, from which gaps follow.

use relink_core::backfill::Known;
use relink_core::id::{ConnectionId, WorkspaceId};
use relink_core::time::{Day, Timestamp};

use crate::dataset::Dataset;
use crate::db::{Access, Tx};
use crate::error::Result;
use crate::query::{composed_query, placeholder_rows, query};
use crate::row::{Row, WholeOrDay};

const TABLE: &str = "coverage";

/// SQLite takes 32,766 values in a statement.
const ROWS_PER_STATEMENT: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredDay {
    pub dataset: String,
    /// None for a dataset that is fetched as a whole.
    pub day: Option<Day>,
    pub row_count: i64,
    /// When the fetch began: what the provider changed since is not here.
    pub fetched_at: Timestamp,
    /// The provider no longer has this day, so it will never be fetched.
    pub lost: bool,
}

impl CoveredDay {
    pub fn known(&self) -> Known {
        if self.lost { Known::Lost } else { Known::Fetched(self.fetched_at) }
    }
}

/// One day as it was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchedDay {
    pub day: Option<Day>,
    pub row_count: i64,
}

const INSERT: &str = "
    INSERT INTO coverage (workspace_id, connection_id, dataset, day, row_count, fetched_at, lost) VALUES ";

const REPLACE: &str = "
    ON CONFLICT (workspace_id, connection_id, dataset, day) DO UPDATE
    SET row_count = excluded.row_count, fetched_at = excluded.fetched_at, lost = excluded.lost";

/// Notes days whose fetch began at `fetched_at`. A day may be given once only.
pub async fn put_days(tx: &mut Tx, dataset: Dataset<'_>, days: &[FetchedDay], fetched_at: Timestamp) -> Result<()> {
    put(tx, REPLACE, dataset, days, (fetched_at, false)).await
}

const KEEP: &str = "ON CONFLICT (workspace_id, connection_id, dataset, day) DO NOTHING";

/// Notes days that the provider no longer has. What was fetched of them before stays.
pub async fn mark_lost(tx: &mut Tx, dataset: Dataset<'_>, days: &[Day], now: Timestamp) -> Result<()> {
    let days: Vec<FetchedDay> = days.iter().map(|day| FetchedDay { day: Some(*day), row_count: 0 }).collect();
    put(tx, KEEP, dataset, &days, (now, true)).await
}

async fn put(
    tx: &mut Tx,
    on_conflict: &str,
    dataset: Dataset<'_>,
    days: &[FetchedDay],
    (at, lost): (Timestamp, bool),
) -> Result<()> {
    for chunk in days.chunks(ROWS_PER_STATEMENT) {
        let mut insert = composed_query(TABLE, format!("{INSERT}{} {on_conflict}", placeholder_rows(chunk.len(), 7)));
        for fetched in chunk {
            insert = insert.bind(dataset.workspace_id).bind(dataset.connection_id).bind(dataset.name);
            insert = insert.bind(WholeOrDay(fetched.day)).bind(fetched.row_count).bind(at).bind(lost);
        }
        insert.execute(tx).await?;
    }
    Ok(())
}

const LIST: &str = "
    SELECT dataset, day, row_count, fetched_at, lost FROM coverage
    WHERE workspace_id = $1 AND connection_id = $2 AND (day = '' OR day >= $3) ORDER BY dataset, day";

/// Lists what is known of all datasets of a connection from a day on, and of those without days.
pub async fn list(
    access: impl Into<Access<'_>>,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    since: Day,
) -> Result<Vec<CoveredDay>> {
    query(TABLE, LIST).bind(workspace).bind(connection).bind(since).fetch_all(access, read).await
}

fn read(row: &Row) -> Result<CoveredDay> {
    Ok(CoveredDay {
        dataset: row.get("dataset")?,
        day: row.get::<WholeOrDay>("day")?.0,
        row_count: row.get("row_count")?,
        fetched_at: row.get("fetched_at")?,
        lost: row.get("lost")?,
    })
}
