//! Write a Relink plugin: a table of columns, a table of errors, and a function that says which
//! request to send.
//!
//! A plugin knows one provider. It has no socket, clock, file or secret: it says which request comes
//! next, the host sends it with credentials that the plugin never sees, and comes back with the
//! answer. So a plugin is a set of pure functions, and every recorded run can be replayed.
//!
//! # A whole plugin
//!
//! ```
//! use relink_sdk::{
//!     AuthMethod, Column, Context, Descriptor, ErrorTable, Fetch, Flow, Identity, Items, Oauth2,
//!     Pages, Provider, Reason, Remedy, Request, Rotation, Slice, Table, rule,
//! };
//!
//! // 1. What a row looks like: column names, and where each one lies in an item of the answer.
//! static CLICKS: Table = Table::new("clicks", "Clicks per campaign and day", &[
//!     Column::text("campaign_id", "/campaign/id").key(),
//!     Column::day("day", "/date").key(),
//!     Column::integer("clicks", "/metrics/clicks"),
//! ])
//! .daily("day")
//! .restated_days(3);
//!
//! struct Acme;
//!
//! impl Provider for Acme {
//!     // 2. What the plugin is, and how people authorize.
//!     fn describe() -> Descriptor {
//!         let oauth = Oauth2::new("https://acme.example/authorize", "https://acme.example/token")
//!             .scope("reports.read", "See your reports")
//!             .refreshed(Rotation::StaysValid);
//!         Descriptor::new("acme", "Acme", env!("CARGO_PKG_VERSION"))
//!             .host("api.acme.example")
//!             .host("acme.example")
//!             .auth(AuthMethod::oauth2(oauth))
//!             .table(&CLICKS)
//!     }
//!
//!     // 3. What its errors mean, where that is not what OAuth 2 and HTTP say anyway.
//!     fn errors() -> ErrorTable {
//!         ErrorTable::new("acme", "Acme", [
//!             rule("password-changed", Reason::InvalidCredentials)
//!                 .api()
//!                 .json("/error/code", ["PASSWORD_CHANGED"])
//!                 .cause("password-changed"),
//!             rule("plan-too-small", Reason::ProviderSpecific)
//!                 .api()
//!                 .json("/error/code", ["PLAN_LIMIT"])
//!                 .remedy(Remedy::FixBilling)
//!                 .message("Your Acme plan has no reports. An Acme admin must upgrade it."),
//!         ])
//!     }
//!
//!     // 4. The cheapest request that proves the credential, and whose it is.
//!     fn probe(_: &Context) -> Flow {
//!         Fetch::probe(Request::get("https://api.acme.example/me")).into()
//!     }
//!
//!     fn identify(_: &Context) -> Flow {
//!         Fetch::identity(Request::get("https://api.acme.example/me"), |me| {
//!             Some(Identity {
//!                 subject: me["id"].as_str()?.to_owned(),
//!                 label: me["email"].as_str()?.to_owned(),
//!             })
//!         })
//!         .into()
//!     }
//!
//!     // 5. Which request fetches a dataset, and how one page leads to the next.
//!     fn sync(context: &Context, slice: &Slice) -> Flow {
//!         let (since, until) = slice.days();
//!         match slice.dataset.as_str() {
//!             "clicks" => {
//!                 let request = Request::get("https://api.acme.example/clicks")
//!                     .query("account", context.account())
//!                     .query("since", since)
//!                     .query("until", until);
//!                 Fetch::rows(&CLICKS, request, Items::at("/data"))
//!                     .pages(Pages::token("/next").in_query("cursor"))
//!                     .into()
//!             }
//!             _ => Flow::unknown_dataset(slice),
//!         }
//!     }
//! }
//!
//! relink_sdk::register!(Acme);
//! # fn main() {}
//! ```
//!
//! # Building blocks
//!
//! | for | use |
//! |---|---|
//! | datasets | [`Table`], [`Column`] |
//! | requests | [`Request::get`], [`Request::post`] and the methods behind them |
//! | reading answers | [`Items`], [`Fetch::with`], [`Fetch::expand`] |
//! | paging | [`Pages`]: token, next address, number, offset, `Link` header |
//! | reports that take time | [`Report`] |
//! | a request per item of a list | [`Each`] |
//! | errors | [`ErrorTable`], [`rule`] |
//! | errors within a 200 | [`Provider::refusal`] |
//! | messages from the provider | [`Inbound`], [`Provider::receive`] |
//! | tests | [`testing`] |
//!
//! A provider that fits none of this implements [`Provider::step`] by hand: a pure function from a
//! state and an event to the next request.
//!
//! # What the defaults know
//!
//! Behind your rules, an [`ErrorTable`] knows RFC 6749 and RFC 6750 by phase, what a status says
//! about a key, a renewable token and one that is not, every form of `Retry-After`, and that a web
//! page, a 5xx or no answer at all proves nothing about a credential. So a rule is one line: its
//! remedy follows from its reason, and who has to act follows from the remedy.
//!
//! # Tests
//!
//! A plugin runs natively against recorded exchanges; see [`testing`] for how they are written.
#![warn(missing_docs)]
#![expect(
    clippy::return_self_not_must_use,
    clippy::needless_pass_by_value,
    reason = "builders take what they change, so a lost result cannot be used further; values are \
              taken as they come, so that authors write no `&`"
)]

mod account;
mod answer;
mod auth;
#[doc(hidden)]
pub mod bindings;
mod column;
mod context;
mod decode;
mod descriptor;
mod diagnose;
#[doc(hidden)]
pub mod export;
mod failure;
mod flow;
mod inbound;
pub mod log;
mod names;
mod oauth2;
mod pages;
mod provider;
mod request;
mod retry_after;
mod table;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use bindings::relink::plugin::types::{
    About, Account, Actor, AuthKind, AuthMethod, Blast, BodyFormat, BudgetKey, Certainty, Chunking, Context,
    CredentialUse, Csv, Daily, Dataset, Delivery, Descriptor, Diagnosis, Echo, Encoding, Event, Facts, Failure, Field,
    Found, Framing, Handshake, Hash, HeaderItem, Hmac, Identity, Inbound, Jws, KeptFrom, KeptValue, Message, Next,
    Oauth1, Oauth2, Operation, Part, Phase, Place, Placement, Proof, RateBudget, Reason, Refresh, Remedy, Request,
    Response, Rotation, Rows, Scope, SecretSlot, SentAt, Signal, SignalEvent, SignedField, SignedHandshake, Signer,
    Slice, Source, StepOut, SyncMode, Throttle, TokenAuth, TransportFailure, TransportKind, Window,
};
pub use column::Column;
pub use context::day_plus;
pub use decode::Items;
pub use diagnose::{ErrorTable, Grant, Rule, rule};
pub use flow::{Each, Fetch, Finished, Flow, Listed, Report};
pub use pages::Pages;
pub use provider::Provider;
pub use request::DEFAULT_CREDENTIAL;
pub use retry_after::Unit;
pub use table::Table;
