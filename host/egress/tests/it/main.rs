//! Requests through real sockets: what a provider gets to see, and what a plugin gets back.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod answers;
mod budgets;
mod hostile;
mod inbound;
mod requests;
mod secrets;
mod support;
mod tokens;
