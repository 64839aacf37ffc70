//! Where a story keeps its data: a file of SQLite, or a database of its own on a PostgreSQL server.

use std::path::Path;
use std::process::Command;

use relink_core::id::WorkspaceId;
use relink_store::{Db, Options, Tx};

/// Names the server; tests on PostgreSQL are skipped without it.
const URL_VARIABLE: &str = "RELINK_TEST_POSTGRES_URL";

/// The kind of database that a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// Whether there is a PostgreSQL server for tests; says so if there is none.
    pub fn has_postgres() -> bool {
        let has_url = std::env::var_os(URL_VARIABLE).is_some();
        if !has_url {
            println!("skipped on PostgreSQL: {URL_VARIABLE} is not set");
        }
        has_url
    }

    pub(crate) fn create(self, folder: &Path) -> Place {
        match self {
            Self::Sqlite => Place { url: format!("sqlite:{}", folder.join("relink.db").display()), on_server: None },
            Self::Postgres => on_server(&std::env::var(URL_VARIABLE).expect("asked for before")),
        }
    }
}

/// A database; one on a server is dropped with this.
pub(crate) struct Place {
    pub(crate) url: String,
    /// Dropped with this.
    on_server: Option<OnServer>,
}

/// A database that nobody reaches until this ends.
pub enum Outage {
    /// Another process holds the lock that every write needs.
    Locked(Tx),
    Closed {
        server: String,
        name: String,
    },
}

impl Place {
    /// As another process opens it.
    pub(crate) async fn open(&self) -> Db {
        Db::connect(&self.url, Options::default()).await.expect("the database answers")
    }

    pub(crate) async fn take_away(&self) -> Outage {
        if let Some(OnServer { server, name }) = &self.on_server {
            psql(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
            psql(server, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
            return Outage::Closed { server: server.clone(), name: name.clone() };
        }
        Outage::Locked(self.open().await.begin().await.expect("the file can be locked"))
    }
}

impl Outage {
    pub async fn end(self) {
        match self {
            Self::Locked(tx) => tx.rollback().await.expect("the file can be unlocked"),
            Self::Closed { server, name } => psql(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")),
        }
    }
}

struct OnServer {
    server: String,
    name: String,
}

fn on_server(server: &str) -> Place {
    // Any id would do: it is unique, and fine as a name once it is in small letters.
    let name = WorkspaceId::new().to_string().to_lowercase();
    psql(server, &format!("CREATE DATABASE {name}"));
    let mut url = url::Url::parse(server).expect("the URL of the PostgreSQL server is no URL");
    url.set_path(&name);
    Place { url: url.to_string(), on_server: Some(OnServer { server: server.to_owned(), name }) }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        psql(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// PostgreSQL's own client is wherever its server is; a driver would be one more way to the database.
fn psql(server: &str, statement: &str) {
    let run = Command::new("psql").args([server, "--quiet", "--no-psqlrc", "--command", statement]).output();
    let output = run.expect("psql, the client of PostgreSQL, cannot be started");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
}
