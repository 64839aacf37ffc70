//! The database without the host: one connection of its driver.

use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::Result;
use relink_core::id::{AuthorizationId, WorkspaceId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, PgConnection, SqliteConnection};

/// Writes what healing writes into each connection, and nothing besides.
const UPDATE: &str = "
    UPDATE connections
    SET incident_id = NULL, suspicion = NULL, delay_reason = NULL, delayed_since = NULL, consecutive_failures = 0,
        next_due_at = next_due_at + 1, claimed_by = NULL, claimed_until = NULL, claim_epoch = claim_epoch + 1
    WHERE workspace_id = $1 AND authorization_id = $2 AND state <> 'stopped'";

/// Longer than anybody holds the database.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    pub(super) async fn connect(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(PATIENCE);
            Ok(Self::Sqlite(SqliteConnection::connect_with(&options).await?))
        } else {
            Ok(Self::Postgres(PgConnection::connect(url).await?))
        }
    }

    /// Updates the connections of an authorization, and says how many there are and how long it took.
    pub(super) async fn update(&mut self, workspace: &WorkspaceId, id: &AuthorizationId) -> Result<(u64, Duration)> {
        let began = Instant::now();
        let rows = match self {
            Self::Sqlite(connection) => {
                let update = sqlx::query(UPDATE).bind(workspace.as_str()).bind(id.as_str());
                update.execute(connection).await?.rows_affected()
            }
            Self::Postgres(connection) => {
                let update = sqlx::query(UPDATE).bind(workspace.as_str()).bind(id.as_str());
                update.execute(connection).await?.rows_affected()
            }
        };
        Ok((rows, began.elapsed()))
    }

    /// Asks for one number about an authorization.
    pub(super) async fn number(&mut self, question: &'static str, id: &AuthorizationId, other: i64) -> Result<i64> {
        Ok(match self {
            Self::Sqlite(connection) => {
                sqlx::query_scalar(question).bind(id.as_str()).bind(other).fetch_one(connection).await?
            }
            Self::Postgres(connection) => {
                sqlx::query_scalar(question).bind(id.as_str()).bind(other).fetch_one(connection).await?
            }
        })
    }
}
