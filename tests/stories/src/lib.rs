//! What stories are told with: a whole server in this process, a provider simulator that can be
//! broken, a browser without a screen, and the people of an agency who use it.
//!
//! A story goes through the surfaces that people and programs use: pages, forms, the API, mail.
//! Nothing here writes to a table, except to make a second workspace, for which there is no surface.

mod agency;
mod browser;
mod clock;
mod consent;
mod database;
mod host;
mod logs;
mod mailbox;
mod page;
mod person;
mod plugins;
mod program;
pub mod truth;
mod wait;
pub mod webhooks;

pub use agency::{Agency, Connected, Source};
pub use browser::Browser;
pub use clock::TestClock;
pub use consent::Consent;
pub use database::{Database, Outage};
pub use host::TestHost;
pub use logs::{Logs, with_logs};
pub use mailbox::{Letter, Mailbox};
pub use page::{Form, Page};
pub use person::Person;
pub use plugins::plugin_file;
pub use program::Program;
pub use wait::{SOON, eventually};

/// Makes two tests of a story: one on SQLite, one on PostgreSQL where there is a server.
#[macro_export]
macro_rules! story {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        mod $name {
            use $crate::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if Database::has_postgres() {
                    super::$name(Database::Postgres).await;
                }
            }
        }
    };
}
