//! A simulator of the six bundled providers: it speaks their documented wire formats over HTTP, so
//! that the demo and the tests need no real account, and it can be broken on purpose.
//!
//! The first path segment is the host name of the real provider:
//! `http://127.0.0.1:9100/oauth2.googleapis.com/token` is Google's token endpoint. Whoever routes
//! `https://{host}/…` there needs no other change. Control lives under `/_sim/`, and `/` is a page
//! with a button for each trouble.
//!
//! It is a test double, never a server for the outside: bind it to loopback.

mod answer;
mod call;
mod clock;
mod control;
mod courier;
mod dispatch;
mod fault;
mod ledger;
mod listener;
mod news;
mod oauth;
mod provider;
mod rows;
mod simulator;
mod traffic;
mod trouble;
mod weather;
pub mod world;

mod ahrefs;
mod copper;
mod google;
mod linkedin;
mod meta;
mod x;

pub use fault::Fault;
pub use ledger::{Key, Tokens};
pub use news::{Letter, News, Webhook};
pub use provider::Provider;
pub use simulator::{Options, Simulator};
pub use traffic::{Counts, Endpoint, Entry};
pub use trouble::{Reach, Subject, Trouble};
pub use world::world;
