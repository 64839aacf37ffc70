//! A statement with its values, carried out by whichever driver is at hand.

use sqlx::database::HasStatementCache;
use sqlx::query::Query as DriverQuery;
use sqlx::{AssertSqlSafe, Database, Encode, Postgres, SqlSafeStr, SqlStr, Sqlite, Type};

use crate::db::{Access, Begun, Db, Pools, Tx};
use crate::error::{Result, StoreError};
use crate::row::Row;
use crate::value::Value;

/// One statement; the table is named for errors.
pub(crate) struct Query {
    table: &'static str,
    sql: SqlStr,
    /// Composed texts vary and would push the constant ones out of the cache of prepared statements.
    cached: bool,
    values: Vec<Value>,
}

pub(crate) fn query(table: &'static str, sql: &'static str) -> Query {
    Query { table, sql: SqlStr::from_static(sql), cached: true, values: Vec::new() }
}

/// A statement whose text is put together, from constants and numbered placeholders only.
pub(crate) fn composed_query(table: &'static str, sql: String) -> Query {
    Query { table, sql: AssertSqlSafe(sql).into_sql_str(), cached: false, values: Vec::new() }
}

/// Writes `count` placeholders from `first` on: `$3, $4, $5`.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    names.join(", ")
}

/// Writes `rows` groups of `width` placeholders: `($1, $2), ($3, $4)`.
pub(crate) fn placeholder_rows(rows: usize, width: usize) -> String {
    let groups: Vec<String> = (0..rows).map(|row| format!("({})", placeholders(row * width + 1, width))).collect();
    groups.join(", ")
}

impl Query {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(crate) fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Carries out a write and says how many rows it touched.
    pub(crate) async fn execute(self, tx: &mut Tx) -> Result<u64> {
        let table = self.table;
        let touched = match &mut tx.0 {
            Begun::Sqlite(tx) => self.for_driver::<Sqlite>().execute(&mut **tx).await.map(|done| done.rows_affected()),
            Begun::Postgres(tx) => {
                self.for_driver::<Postgres>().execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        };
        touched.map_err(|error| StoreError::from_driver(table, error))
    }

    /// Carries out a write of one row that may be refused by its condition; says whether it was made.
    pub(crate) async fn changes_a_row(self, tx: &mut Tx) -> Result<bool> {
        Ok(self.execute(tx).await? > 0)
    }

    pub(crate) async fn fetch_all<T>(
        self,
        access: impl Into<Access<'_>>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let table = self.table;
        let rows = self.fetch_rows(access.into()).await;
        let rows = rows.map_err(|error| StoreError::from_driver(table, error))?;
        rows.iter().map(read).collect()
    }

    pub(crate) async fn fetch_optional<T>(
        self,
        access: impl Into<Access<'_>>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.fetch_all(access, read).await?.into_iter().next())
    }

    async fn fetch_rows(self, access: Access<'_>) -> sqlx::Result<Vec<Row>> {
        let table = self.table;
        match access {
            Access::Db(Db(Pools::Sqlite { readers, .. })) => {
                let rows = self.for_driver::<Sqlite>().fetch_all(readers).await?;
                Ok(rows.into_iter().map(|row| Row::sqlite(table, row)).collect())
            }
            Access::Tx(Tx(Begun::Sqlite(tx))) => {
                let rows = self.for_driver::<Sqlite>().fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(|row| Row::sqlite(table, row)).collect())
            }
            Access::Db(Db(Pools::Postgres(pool))) => {
                let rows = self.for_driver::<Postgres>().fetch_all(pool).await?;
                Ok(rows.into_iter().map(|row| Row::postgres(table, row)).collect())
            }
            Access::Tx(Tx(Begun::Postgres(tx))) => {
                let rows = self.for_driver::<Postgres>().fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(|row| Row::postgres(table, row)).collect())
            }
        }
    }

    fn for_driver<DB: Database + HasStatementCache>(self) -> DriverQuery<'static, DB, DB::Arguments>
    where
        Option<String>: Encode<'static, DB> + Type<DB>,
        Option<i64>: Encode<'static, DB> + Type<DB>,
        Option<bool>: Encode<'static, DB> + Type<DB>,
        Option<Vec<u8>>: Encode<'static, DB> + Type<DB>,
    {
        let statement = sqlx::query(self.sql).persistent(self.cached);
        self.values.into_iter().fold(statement, |statement, value| match value {
            Value::Text(text) => statement.bind(text),
            Value::Integer(number) => statement.bind(number),
            Value::Boolean(flag) => statement.bind(flag),
            Value::Bytes(bytes) => statement.bind(bytes),
        })
    }
}
