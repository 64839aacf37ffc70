//! Brings the schema up to this version, and refuses one that is newer.

use std::borrow::Cow;

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::db::{Db, Pools};
use crate::error::{Result, StoreError};
use crate::query::query;

const TABLE: &str = "_sqlx_migrations";

/// What a migration is about, and its text for either database. Its number is its place.
struct Step {
    about: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! steps {
    ($($number:literal $about:literal),+) => {
        &[$(Step {
            about: $about,
            sqlite: include_str!(concat!("../migrations/sqlite/", $number, "_", $about, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $number, "_", $about, ".sql")),
        }),+]
    };
}

const STEPS: &[Step] = steps!(
    "0001" "people",
    "0002" "connections",
    "0003" "data",
    "0004" "incidents",
    "0005" "operators",
    "0006" "inbound",
    "0007" "waves",
    "0008" "passes",
    "0009" "asked_settings"
);

/// How the schema of a database compares with the one that this version needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Empty,
    Behind { found: i64, known: i64 },
    Current,
    Newer { found: i64, known: i64 },
}

impl Db {
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let known = STEPS.len() as i64;
        let found = self.last_migration().await?.unwrap_or(0);
        Ok(match found {
            0 => SchemaState::Empty,
            _ if found < known => SchemaState::Behind { found, known },
            _ if found > known => SchemaState::Newer { found, known },
            _ => SchemaState::Current,
        })
    }

    /// Carries out the migrations that are missing; several processes may do it at the same time.
    pub async fn migrate(&self) -> Result<()> {
        if let SchemaState::Newer { found, known } = self.schema_state().await? {
            return Err(StoreError::NewerSchema { found, known });
        }
        let migrated = match &self.0 {
            Pools::Sqlite { writer, .. } => migrator(|step| step.sqlite).run(writer).await,
            Pools::Postgres(pool) => migrator(|step| step.postgres).run(pool).await,
        };
        migrated.map_err(|error| StoreError::Migration(error.into()))
    }

    async fn last_migration(&self) -> Result<Option<i64>> {
        if !self.has_migrations_table().await? {
            return Ok(None);
        }
        query(TABLE, LAST_MIGRATION).fetch_optional(self, |row| row.get("version")).await
    }

    async fn has_migrations_table(&self) -> Result<bool> {
        let text = match &self.0 {
            Pools::Sqlite { .. } => MIGRATIONS_TABLE_SQLITE,
            Pools::Postgres(_) => MIGRATIONS_TABLE_POSTGRES,
        };
        let found = query(TABLE, text).fetch_optional(self, |row| row.get::<bool>("found")).await?;
        Ok(found.unwrap_or(false))
    }
}

const LAST_MIGRATION: &str = "SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations WHERE success";

const MIGRATIONS_TABLE_SQLITE: &str =
    "SELECT COUNT(*) > 0 AS found FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
const MIGRATIONS_TABLE_POSTGRES: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS found";

fn migrator(text_of: impl Fn(&Step) -> &'static str) -> Migrator {
    let migrations = (1..).zip(STEPS).map(|(number, step)| {
        let about = Cow::Borrowed(step.about);
        Migration::new(number, about, MigrationType::Simple, SqlStr::from_static(text_of(step)), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_folders_hold_exactly_the_listed_migrations() {
        for folder in ["sqlite", "postgres"] {
            let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let files = std::fs::read_dir(path).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
            let mut files: Vec<String> = files.collect();
            files.sort();
            let listed = (1..).zip(STEPS).map(|(number, step)| format!("{number:04}_{}.sql", step.about));
            assert_eq!(files, listed.collect::<Vec<_>>(), "{folder}");
        }
    }
}
