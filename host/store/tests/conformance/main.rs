//! Every function of the store, executed by the same tests on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the server of `RELINK_TEST_POSTGRES_URL`, where each test makes a schema of its own;
//! without the variable that half says that it was skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod authorizations;
mod connections;
mod data;
mod data_sources;
mod inbound_messages;
mod incidents;
mod outbox;
mod people;
mod reconnections;
mod schema;
mod seal;
mod support;
mod tenancy;
mod waves;
