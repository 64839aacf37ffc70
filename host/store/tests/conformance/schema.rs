//! Connecting, migrating, and refusing a schema that is newer.

use relink_store::users;
use relink_store::workspaces::{self, Workspace};
use relink_store::{Db, Options, SchemaState, StoreError};

use crate::support::{NOW, Tenant, on_both, on_both_empty, write};

#[tokio::test]
async fn migrating_an_empty_database_makes_it_current_and_is_repeatable() {
    on_both_empty(async |database| {
        assert_eq!(database.db.schema_state().await.unwrap(), SchemaState::Empty);
        database.db.migrate().await.unwrap();
        assert_eq!(database.db.schema_state().await.unwrap(), SchemaState::Current);
        database.db.migrate().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    on_both(async |database| {
        database.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT version + 1, 'of the future', success, checksum, 0 FROM _sqlx_migrations ORDER BY version DESC LIMIT 1",
        ).await;
        assert!(matches!(database.db.schema_state().await.unwrap(), SchemaState::Newer { found: 10, known: 9 }));
        let error = database.db.migrate().await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 10, known: 9 }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_schema_without_the_last_migration_is_behind() {
    on_both(async |database| {
        database.execute("DELETE FROM _sqlx_migrations WHERE version = 9").await;
        let state = database.db.schema_state().await.unwrap();
        assert_eq!(state, SchemaState::Behind { found: 8, known: 9 });
    })
    .await;
}

#[tokio::test]
async fn the_first_owner_operates_a_host_that_had_no_operators_before() {
    on_both(async |database| {
        let (first, second) = (Tenant::create(database).await, Tenant::create(database).await);
        let set_up = format!("UPDATE users SET role = 'owner', created_at = 1 WHERE id = '{}'", first.user);
        database.execute(&set_up).await;
        database.execute("ALTER TABLE users DROP COLUMN is_operator").await;
        database.execute("DELETE FROM _sqlx_migrations WHERE version = 5").await;
        database.db.migrate().await.unwrap();
        let is_operator = async |tenant: &Tenant| {
            users::find(&database.db, &tenant.workspace, &tenant.user).await.unwrap().unwrap().is_operator
        };
        assert!(is_operator(&first).await && !is_operator(&second).await);
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_was_changed_afterwards_is_refused() {
    on_both(async |database| {
        let other = "(SELECT checksum FROM _sqlx_migrations WHERE version = 2)";
        let change = format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 1");
        database.execute(&change).await;
        let error = database.db.migrate().await.unwrap_err();
        assert!(matches!(error, StoreError::Migration(_)), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn only_urls_of_files_and_servers_are_taken() {
    for url in ["mysql://localhost/x", "relink.db", "", "sqlite::memory:", "sqlite:file?mode=memory"] {
        let error = Db::connect(url, Options::default()).await.unwrap_err();
        assert!(matches!(error, StoreError::Url(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_not_committed_never_happened() {
    on_both(async |database| {
        let workspace = Workspace { id: relink_core::id::WorkspaceId::new(), name: "A".to_owned(), created_at: NOW };
        let mut dropped = database.begin().await;
        workspaces::create(&mut dropped, &workspace).await.unwrap();
        assert_eq!(workspaces::find(&mut dropped, &workspace.id).await.unwrap().as_ref(), Some(&workspace));
        assert_eq!(workspaces::find(&database.db, &workspace.id).await.unwrap(), None);
        drop(dropped);

        let mut rolled_back = database.begin().await;
        workspaces::create(&mut rolled_back, &workspace).await.unwrap();
        rolled_back.rollback().await.unwrap();
        assert_eq!(workspaces::list(&database.db).await.unwrap(), []);

        write!(database, |tx| workspaces::create(tx, &workspace));
        assert_eq!(workspaces::list(&database.db).await.unwrap(), [workspace]);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_named() {
    on_both(async |database| {
        let workspace = Workspace { id: relink_core::id::WorkspaceId::new(), name: "A".to_owned(), created_at: NOW };
        write!(database, |tx| workspaces::create(tx, &workspace));
        database.execute("UPDATE workspaces SET id = 'nonsense'").await;
        let error = workspaces::list(&database.db).await.unwrap_err();
        let StoreError::Corrupt { table, column, row, .. } = error else { panic!("{error:?}") };
        assert_eq!((table, column, row.as_str()), ("workspaces", "id", "nonsense"));
    })
    .await;
}
