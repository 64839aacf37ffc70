//! The one face over two native drivers: a database, a transaction, and either of them for reading.
//!
//! SQLite has one connection that writes and several that only read, which in WAL mode never wait
//! for the writer. A transaction takes the write lock when it begins, so it cannot fail half way
//! because another one was faster. PostgreSQL has one pool for both.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::error::{Result, StoreError};

const DATABASE: &str = "the database";

/// How many connections to open, and how long to wait for one.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections of the PostgreSQL pool, or connections that read from SQLite.
    pub max_connections: u32,
    /// Waiting for a free connection or for the write lock of SQLite ends with an error after this.
    pub wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_connections: 10, wait: Duration::from_secs(10) }
    }
}

/// A database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db(pub(crate) Pools);

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// A transaction that may write. It is rolled back if it is dropped before [`Tx::commit`].
#[derive(Debug)]
pub struct Tx(pub(crate) Begun);

#[derive(Debug)]
pub(crate) enum Begun {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Where to read: in the database as committed, or inside a transaction with what it has written.
pub enum Access<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Db {
    /// Opens `sqlite:path` (made if it is missing) or `postgres://…`; does not touch the schema.
    pub async fn connect(url: &str, options: Options) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => connect_sqlite(url, options).await,
            Some("postgres" | "postgresql") => connect_postgres(url, options).await,
            _ => Err(StoreError::Url("must start with sqlite: or postgres://")),
        }
    }

    pub async fn begin(&self) -> Result<Tx> {
        let begun = match &self.0 {
            Pools::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Begun::Sqlite),
            Pools::Postgres(pool) => pool.begin().await.map(Begun::Postgres),
        };
        begun.map(Tx).map_err(|error| StoreError::from_driver(DATABASE, error))
    }

    /// Waits until every connection is closed; what was committed is then in the main file of SQLite.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        let committed = match self.0 {
            Begun::Sqlite(transaction) => transaction.commit().await,
            Begun::Postgres(transaction) => transaction.commit().await,
        };
        committed.map_err(|error| StoreError::from_driver(DATABASE, error))
    }

    pub async fn rollback(self) -> Result<()> {
        let rolled_back = match self.0 {
            Begun::Sqlite(transaction) => transaction.rollback().await,
            Begun::Postgres(transaction) => transaction.rollback().await,
        };
        rolled_back.map_err(|error| StoreError::from_driver(DATABASE, error))
    }

    /// Picks the text for this database where one text cannot serve both.
    pub(crate) fn choose(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match &self.0 {
            Begun::Sqlite(_) => sqlite,
            Begun::Postgres(_) => postgres,
        }
    }
}

impl<'a> From<&'a Db> for Access<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for Access<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

async fn connect_sqlite(url: &str, options: Options) -> Result<Db> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Url("names an SQLite database in memory, which would be lost; name a file"));
    }
    let file = SqliteConnectOptions::from_str(url)
        .map_err(|error| StoreError::from_driver(DATABASE, error))?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.wait);
    make_private(file.get_filename())?;
    let pool = || SqlitePoolOptions::new().acquire_timeout(options.wait).max_lifetime(None).idle_timeout(None);

    let writer = pool().max_connections(1).connect_with(file.clone()).await;
    let writer = writer.map_err(|error| StoreError::from_driver(DATABASE, error))?;
    let readers = pool().max_connections(options.max_connections).connect_with(file.read_only(true)).await;
    let readers = readers.map_err(|error| StoreError::from_driver(DATABASE, error))?;
    Ok(Db(Pools::Sqlite { writer, readers }))
}

/// Makes an empty file that only this user can read, if there is none: SQLite gives the files beside it the same rights.
fn make_private(file: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::from_driver(DATABASE, error.into())),
    }
}

async fn connect_postgres(url: &str, options: Options) -> Result<Db> {
    let server = PgConnectOptions::from_str(url).map_err(|error| StoreError::from_driver(DATABASE, error))?;
    let pool = PgPoolOptions::new().max_connections(options.max_connections).acquire_timeout(options.wait);
    let pool = pool.connect_with(server.application_name("relink")).await;
    pool.map(Pools::Postgres).map(Db).map_err(|error| StoreError::from_driver(DATABASE, error))
}
