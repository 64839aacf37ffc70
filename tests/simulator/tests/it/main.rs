//! The simulator through real HTTP, provider by provider.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on must fail its test")]

mod browser;
mod control;
mod google;
mod keys;
mod linkedin;
mod meta;
mod weather;
mod x;
