//! How a worker claims rows of a queue: a table with `next_attempt_at`, `claimed_until` and `attempts`.

/// The statement for SQLite. Its only writer sees every claim that was made before.
macro_rules! claim_sqlite {
    ($table:literal, $columns:expr) => {
        concat!(
            "UPDATE ",
            $table,
            " SET claimed_until = $2, attempts = attempts + 1
             WHERE (workspace_id, id) IN (
                 SELECT workspace_id, id FROM ",
            $table,
            " WHERE next_attempt_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
                 ORDER BY next_attempt_at, id LIMIT $3)
             RETURNING ",
            $columns
        )
    };
}

/// The statement for PostgreSQL. Several claimers pass each other: each takes rows that no other one is
/// just taking.
macro_rules! claim_postgres {
    ($table:literal, $columns:expr) => {
        concat!(
            "WITH due AS MATERIALIZED (
                 SELECT workspace_id, id FROM ",
            $table,
            " WHERE next_attempt_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
                 ORDER BY next_attempt_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
             UPDATE ",
            $table,
            " SET claimed_until = $2, attempts = attempts + 1
             FROM due WHERE ",
            $table,
            ".workspace_id = due.workspace_id AND ",
            $table,
            ".id = due.id
             RETURNING ",
            $columns
        )
    };
}

pub(crate) use {claim_postgres, claim_sqlite};
