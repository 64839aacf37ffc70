//! `relink plugin` as somebody uses it who has the program and nothing else of this repository.
//!
//! Each test works in folders of its own. The component that most of them need is built once, since cargo
//! takes a minute for the first; everything is offline.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod building;
mod fixtures;
mod guides;
mod projects;
mod provider;
mod publishing;
mod registry;
mod starting;
mod support;
mod tables;
mod talking;
