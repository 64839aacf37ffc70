//! A provider that is a table: what it may say ([`Plugin`]), and how it becomes a plugin.
//!
//! Built for WebAssembly, this crate is a finished plugin but for its table, for which room is kept
//! in its data ([`room`]). `relink plugin build` reads `plugin.toml`, checks it against the types here,
//! and puts it into that room: no compiler is needed, and for the host the result is a plugin like
//! any other. Inside, the table is turned into what an author would have written by hand with the
//! SDK for Rust, so both behave alike.
//!
//! The crate reads no file and knows no TOML: a table arrives as JSON.

mod access;
mod budgets;
mod check;
mod component;
mod datasets;
mod descriptor;
mod errors;
mod fill;
mod flows;
mod list;
mod oauth2;
mod pages;
mod plugin;
mod refusals;
mod requests;
pub mod room;
#[cfg(test)]
mod schema;
mod settings;
mod values;

pub use check::{Mistake, Step};
pub use component::Declared;
pub use plugin::Plugin;
