//! Values and decisions of Relink.
//!
//! This crate reads no clock, no database and no network, and starts nothing: whatever it needs is
//! an argument. So each rule here can be tested as a table, and the rest of the host only carries
//! out what is decided here.

pub mod backfill;
pub mod decide;
pub mod id;
pub mod plugin;
pub mod reason;
pub mod schedule;
pub mod secret;
pub mod time;
pub mod words;
