//! From an idea to a component: starts and builds plugin projects, in any language.
//!
//! Used by the program `relink`, whose users may have nothing else of this repository, and by
//! `cargo xtask`. It runs compilers and writes files; it never loads or runs a plugin.

pub mod build;
pub mod command;
pub mod declarative;
mod language;
mod manifest;
mod name;
mod pack;
mod project;
mod starter;

pub use language::Language;
pub use name::Name;
pub use project::{Kind, Project};
pub use starter::start;
