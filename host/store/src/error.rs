//! What can go wrong with a database, as far as a caller or an operator can act on it.

use sqlx::error::{DatabaseError, ErrorKind};

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The constraint has the same name on both databases: `clients_workspace_id_name_key`.
    #[error("{table}: such a row exists already ({constraint})")]
    Conflict { table: &'static str, constraint: String },

    #[error("{table}: the row refers to something that does not exist in this workspace")]
    MissingReference { table: &'static str },

    /// Trying again later can succeed.
    #[error("{table}: the database cannot be reached or cannot take this now; it will be tried again")]
    Unavailable { table: &'static str, source: Source },

    #[error("{table}.{column} of row {row:?} cannot be read: it was changed by hand or belongs to another version")]
    Corrupt { table: &'static str, column: &'static str, row: String, source: Source },

    #[error("{table}: row {row:?} disappeared while it was used")]
    Vanished { table: &'static str, row: String },

    #[error(
        "the database has schema {found}, but this version of relink knows only {known}: \
         start the version that migrated it, or restore the backup that was made before"
    )]
    NewerSchema { found: i64, known: i64 },

    #[error("the schema could not be migrated: repair what the source says, then run `relink migrate` again")]
    Migration(#[source] Source),

    #[error("the database url {0}")]
    Url(&'static str),

    #[error("the cursor does not belong to this list: start again from the first page")]
    Cursor,

    #[error("{table}: the database refused the statement")]
    Refused { table: &'static str, source: Source },
}

impl StoreError {
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    pub(crate) fn from_driver(table: &'static str, error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => {
                    return Self::Conflict { table, constraint: constraint_name(database.as_ref()) };
                }
                ErrorKind::ForeignKeyViolation => return Self::MissingReference { table },
                _ => database.code().is_some_and(|code| passes_by_itself(&code)),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => true,
            _ => false,
        };
        let source = error.into();
        if unavailable { Self::Unavailable { table, source } } else { Self::Refused { table, source } }
    }
}

/// Whether an error code is about the moment and not about the statement.
///
/// PostgreSQL has five characters, of which two name the class; SQLite has a number, of which the
/// lowest byte is the primary code: <https://www.sqlite.org/rescode.html>.
fn passes_by_itself(code: &str) -> bool {
    if code.len() == 5 {
        // Connection, resources, shutdown, input and output; serialization, deadlock, lock timeout.
        return matches!(&code[..2], "08" | "53" | "57" | "58") || matches!(code, "40001" | "40P01" | "55P03");
    }
    // Busy, locked, read-only, input and output, full, cannot open.
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

/// Names the violated constraint as PostgreSQL does; SQLite only lists its columns.
fn constraint_name(error: &dyn DatabaseError) -> String {
    const PRIMARY_KEY: &str = "1555";
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let columns = error.message().rsplit(": ").next().unwrap_or_default();
    let table = columns.split('.').next().unwrap_or_default();
    if error.code().as_deref() == Some(PRIMARY_KEY) {
        return format!("{table}_pkey");
    }
    let names: Vec<&str> = columns.split(", ").filter_map(|column| column.rsplit('.').next()).collect();
    format!("{table}_{}_key", names.join("_"))
}

#[cfg(test)]
mod tests {
    use super::passes_by_itself;

    #[test]
    fn only_errors_of_the_moment_are_worth_another_try() {
        for code in ["08006", "57P01", "53300", "40001", "5", "517", "13", "778"] {
            assert!(passes_by_itself(code), "{code}");
        }
        for code in ["23505", "42P01", "22P02", "1", "19", "2067", "nonsense", ""] {
            assert!(!passes_by_itself(code), "{code}");
        }
    }
}
