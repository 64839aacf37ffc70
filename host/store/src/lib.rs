//! Keeps what Relink knows, on SQLite or PostgreSQL.
//!
//! This is the only crate that names a database driver, and no type of a driver leaves it. It
//! decides nothing: there is a module of functions per table, each function is one statement or one
//! small story of statements, and every statement names the workspace. Functions that read take
//! `&Db` or `&mut Tx`, functions that write take `&mut Tx`, so several of them commit together.

mod claim;
mod code;
mod dataset;
mod db;
mod error;
mod lease;
mod migrations;
mod page;
mod query;
mod row;
pub mod seal;
pub mod token;
mod value;
mod visible;

pub mod api_tokens;
pub mod audit;
pub mod authorizations;
pub mod breakages;
pub mod clients;
pub mod connections;
pub mod coverage;
pub mod data_sources;
pub mod inbound_messages;
pub mod incidents;
pub mod meta;
pub mod notices;
pub mod one_time_links;
pub mod outbox;
pub mod reconnections;
pub mod records;
pub mod runs;
pub mod sessions;
pub mod slices;
pub mod users;
pub mod waves;
pub mod workspaces;

pub use crate::dataset::Dataset;
pub use crate::db::{Access, Db, Options, Tx};
pub use crate::error::{Result, StoreError};
pub use crate::lease::Lease;
pub use crate::migrations::SchemaState;
pub use crate::page::{Cursor, Page};
pub use crate::visible::Visible;
