//! What comes out of a statement: rows, read column by column into the types of the core.

use std::str::FromStr;

use relink_core::id::{
    ApiTokenId, AuditId, AuthorizationId, ClientId, ConnectionId, IncidentId, MessageId, NoticeId, OutboxId,
    ReconnectionId, RunId, UserId, WorkspaceId,
};
use relink_core::reason::{Actor, Certainty, Reason, Remedy};
use relink_core::time::{Day, Timestamp};
use sqlx::Row as _;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::error::{Result, StoreError};
use crate::value::Value;

/// One row of an answer; the table is named for errors.
pub(crate) struct Row {
    table: &'static str,
    cells: Cells,
}

enum Cells {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that a column can be read into.
pub(crate) trait Column: Sized {
    type Stored: Stored;

    fn from_stored(stored: Self::Stored) -> Result<Self, BoxDynError>;
}

/// A type that both drivers know by themselves.
pub(crate) trait Stored: Sized {
    fn read(cells: &Row, column: &str) -> sqlx::Result<Self>;
}

impl Row {
    pub(crate) fn sqlite(table: &'static str, row: SqliteRow) -> Self {
        Self { table, cells: Cells::Sqlite(row) }
    }

    pub(crate) fn postgres(table: &'static str, row: PgRow) -> Self {
        Self { table, cells: Cells::Postgres(row) }
    }

    pub(crate) fn get<T: Column>(&self, column: &'static str) -> Result<T> {
        let stored = T::Stored::read(self, column).map_err(BoxDynError::from);
        stored.and_then(T::from_stored).map_err(|source| StoreError::Corrupt {
            table: self.table,
            column,
            row: String::read(self, "id").unwrap_or_default(),
            source,
        })
    }
}

macro_rules! stored {
    ($($type:ty),+) => {$(
        impl Stored for $type {
            fn read(row: &Row, column: &str) -> sqlx::Result<Self> {
                match &row.cells {
                    Cells::Sqlite(cells) => cells.try_get(column),
                    Cells::Postgres(cells) => cells.try_get(column),
                }
            }
        }

        impl Stored for Option<$type> {
            fn read(row: &Row, column: &str) -> sqlx::Result<Self> {
                match &row.cells {
                    Cells::Sqlite(cells) => cells.try_get(column),
                    Cells::Postgres(cells) => cells.try_get(column),
                }
            }
        }

        impl Column for $type {
            type Stored = Self;

            fn from_stored(stored: Self) -> Result<Self, BoxDynError> {
                Ok(stored)
            }
        }
    )+};
}

/// Column types that are written as text and read with `FromStr`.
macro_rules! parsed {
    ($($type:ty),+) => {$(
        impl Column for $type {
            type Stored = String;

            fn from_stored(text: String) -> Result<Self, BoxDynError> {
                Ok(Self::from_str(&text)?)
            }
        }
    )+};
}

macro_rules! codes {
    ($($type:ty),+) => {$(
        impl Column for $type {
            type Stored = String;

            fn from_stored(code: String) -> Result<Self, BoxDynError> {
                Self::from_code(&code).ok_or_else(|| format!("{code:?} is not a known code").into())
            }
        }
    )+};
}

stored!(String, i64, bool, Vec<u8>);
parsed!(
    ApiTokenId,
    AuditId,
    AuthorizationId,
    ClientId,
    ConnectionId,
    Day,
    IncidentId,
    MessageId,
    NoticeId,
    OutboxId,
    ReconnectionId,
    RunId,
    UserId,
    WorkspaceId
);
codes!(Actor, Certainty, Reason, Remedy);

impl Column for Timestamp {
    type Stored = i64;

    fn from_stored(ms: i64) -> Result<Self, BoxDynError> {
        Ok(Self::from_ms(ms))
    }
}

impl Column for Vec<String> {
    type Stored = String;

    fn from_stored(json: String) -> Result<Self, BoxDynError> {
        Ok(serde_json::from_str(&json)?)
    }
}

impl<T: Column> Column for Option<T>
where
    Option<T::Stored>: Stored,
{
    type Stored = Option<T::Stored>;

    fn from_stored(stored: Option<T::Stored>) -> Result<Self, BoxDynError> {
        stored.map(T::from_stored).transpose()
    }
}

/// A day in a key column, which cannot be NULL: an empty text stands for a dataset without days.
pub(crate) struct WholeOrDay(pub(crate) Option<Day>);

impl Column for WholeOrDay {
    type Stored = String;

    fn from_stored(text: String) -> Result<Self, BoxDynError> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        Ok(Self(Some(text.parse()?)))
    }
}

impl From<WholeOrDay> for Value {
    fn from(day: WholeOrDay) -> Self {
        day.0.map_or_else(|| "".into(), Value::from)
    }
}
