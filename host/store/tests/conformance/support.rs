//! Databases for tests, and a tenant with one of each to begin with.

use relink_core::id::{AuthorizationId, ClientId, ConnectionId, UserId, WorkspaceId};
use relink_core::reason::{Actor, Blast, Certainty, Diagnosis, Reason, Remedy};
use relink_core::time::{Day, Timestamp};
use relink_store::authorizations::{self, NewAuthorization, Tokens};
use relink_store::clients::{self, Client};
use relink_store::connections::{self, NewConnection};
use relink_store::users::{self, Role, User};
use relink_store::workspaces::{self, Workspace};
use relink_store::{Db, Lease, Options, Tx};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);
pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A lease of a minute from a moment on.
pub(crate) fn lease(owner: &str, now: Timestamp) -> Lease<'_> {
    Lease { owner, now, until: now.plus_ms(MINUTE) }
}

pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) url: String,
    /// Holds the file of SQLite.
    folder: Option<TempDir>,
}

/// Runs a test on a migrated database of either kind.
pub(crate) async fn on_both(test: impl AsyncFn(&TestDb)) {
    on_both_empty(async |database| {
        database.db.migrate().await.unwrap();
        test(database).await;
    })
    .await;
}

/// Runs a test on a database without a schema of either kind.
pub(crate) async fn on_both_empty(test: impl AsyncFn(&TestDb)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("relink.db").display());
    run(&test, url, Some(folder)).await;

    let Ok(server) = std::env::var("RELINK_TEST_POSTGRES_URL") else {
        eprintln!("skipped on PostgreSQL: RELINK_TEST_POSTGRES_URL is not set");
        return;
    };
    let schema = UserId::new().to_string().to_lowercase();
    let separator = if server.contains('?') { '&' } else { '?' };
    execute(&server, &format!("CREATE SCHEMA {schema}")).await;
    run(&test, format!("{server}{separator}options[search_path]={schema}"), None).await;
    execute(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
}

async fn run(test: &impl AsyncFn(&TestDb), url: String, folder: Option<TempDir>) {
    let options = Options { max_connections: 4, ..Options::default() };
    let database = TestDb { db: Db::connect(&url, options).await.unwrap(), url, folder };
    test(&database).await;
    database.db.close().await;
}

impl TestDb {
    /// Executes a statement that no function of the store would.
    pub(crate) async fn execute(&self, statement: &str) {
        execute(&self.url, statement).await;
    }

    /// All bytes that SQLite has written; None on PostgreSQL.
    pub(crate) fn file_bytes(&self) -> Option<Vec<u8>> {
        let files = std::fs::read_dir(self.folder.as_ref()?.path()).unwrap();
        Some(files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect())
    }

    pub(crate) async fn begin(&self) -> Tx {
        self.db.begin().await.unwrap()
    }
}

async fn execute(url: &str, statement: &str) {
    let statement = sqlx::raw_sql(AssertSqlSafe(statement));
    if url.starts_with("sqlite:") {
        statement.execute(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap();
    } else {
        statement.execute(&mut PgConnection::connect(url).await.unwrap()).await.unwrap();
    }
}

/// Begins a transaction, runs an expression with it as `tx`, and commits.
macro_rules! write {
    ($database:expr, |$tx:ident| $body:expr) => {{
        let mut transaction = $database.begin().await;
        let $tx = &mut transaction;
        let result = $body.await.unwrap();
        transaction.commit().await.unwrap();
        result
    }};
}
pub(crate) use write;

/// A workspace with an owner, a client, an authorization and an active connection that is due now.
pub(crate) struct Tenant {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) client: ClientId,
    pub(crate) authorization: AuthorizationId,
    pub(crate) connection: ConnectionId,
}

impl Tenant {
    pub(crate) async fn create(database: &TestDb) -> Self {
        let workspace = Workspace { id: WorkspaceId::new(), name: "Agency".to_owned(), created_at: NOW };
        write!(database, |tx| workspaces::create(tx, &workspace));
        let user = new_user(&workspace.id, &format!("{}@example.com", workspace.id));
        write!(database, |tx| users::create(tx, &user));
        let client = create_client(database, &workspace.id, "Bakery").await;
        let authorization = create_authorization(database, &workspace.id).await;
        let new = new_connection(&workspace.id, &client, &authorization, "account-1");
        write!(database, |tx| connections::create(tx, &new));
        Self { workspace: workspace.id, user: user.id, client, authorization, connection: new.id }
    }

    pub(crate) fn new_connection(&self, account: &str) -> NewConnection {
        new_connection(&self.workspace, &self.client, &self.authorization, account)
    }
}

pub(crate) fn new_user(workspace: &WorkspaceId, email: &str) -> User {
    User {
        workspace_id: workspace.clone(),
        id: UserId::new(),
        email: email.to_owned(),
        name: "Ada".to_owned(),
        role: Role::Owner,
        password_hash: None,
        all_clients: true,
        is_operator: false,
        created_at: NOW,
        deactivated_at: None,
    }
}

pub(crate) async fn create_client(database: &TestDb, workspace: &WorkspaceId, name: &str) -> ClientId {
    let client =
        Client { workspace_id: workspace.clone(), id: ClientId::new(), name: name.to_owned(), created_at: NOW };
    write!(database, |tx| clients::create(tx, &client));
    client.id
}

pub(crate) async fn create_authorization(database: &TestDb, workspace: &WorkspaceId) -> AuthorizationId {
    let new = new_authorization(workspace);
    write!(database, |tx| authorizations::create(tx, &new));
    new.id
}

pub(crate) fn new_authorization(workspace: &WorkspaceId) -> NewAuthorization {
    NewAuthorization {
        workspace_id: workspace.clone(),
        id: AuthorizationId::new(),
        plugin_id: "google-ads".to_owned(),
        auth_method: "oauth".to_owned(),
        subject: Some("subject-1".to_owned()),
        label: "ada@bakery.example".to_owned(),
        config: "{}".to_owned(),
        granted_scopes: vec!["read".to_owned()],
        created_at: NOW,
        created_by: None,
        tokens: tokens(b"sealed 1"),
    }
}

pub(crate) fn tokens(sealed: &[u8]) -> Tokens {
    Tokens {
        sealed: sealed.to_vec(),
        token_issued_at: Some(NOW),
        access_expires_at: Some(NOW.plus_seconds(3_600)),
        reauthorize_at: None,
        has_refresh_token: true,
    }
}

pub(crate) fn new_connection(
    workspace: &WorkspaceId,
    client: &ClientId,
    authorization: &AuthorizationId,
    account: &str,
) -> NewConnection {
    NewConnection {
        workspace_id: workspace.clone(),
        id: ConnectionId::new(),
        client_id: client.clone(),
        authorization_id: authorization.clone(),
        plugin_id: "google-ads".to_owned(),
        account_id: account.to_owned(),
        account_label: format!("Label of {account}"),
        account_kind: Some("ads".to_owned()),
        config: "{}".to_owned(),
        interval_ms: 60 * MINUTE,
        backfill_from: day("2026-01-01"),
        connected_at: NOW,
        connected_by: None,
    }
}

pub(crate) fn diagnosis() -> Diagnosis {
    Diagnosis {
        reason: Reason::InvalidRefreshToken,
        code: "google.revoked".to_owned(),
        cause: Some("revoked-by-user".to_owned()),
        certainty: Certainty::Certain,
        blast: Blast::Authorization,
        actor: Actor::ConnectingUser,
        remedy: Remedy::Reauthorize,
        retry_after_ms: None,
        message: "Access was withdrawn.".to_owned(),
        help_url: None,
    }
}
