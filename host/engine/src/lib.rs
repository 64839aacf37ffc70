//! What happens: runs are scheduled, tokens refreshed, failures explained, incidents opened, people
//! told, authorizations reconnected.
//!
//! Start reading at [`run`], the story of one sync. This is the only crate that starts tasks, and
//! [`settle`] holds the only functions that write health.

mod accounts;
mod audit;
mod claim;
mod control;
mod credentials;
pub mod diagnose;
mod engine;
mod housekeeping;
mod inbound;
mod ledger;
mod notify;
mod outbox;
mod person;
pub mod reconnect;
mod recovery;
pub mod rows;
mod run;
mod scheduler;
mod secrets;
mod settings;
mod settle;
mod talk;
mod tokens;
mod wave;

pub use accounts::AccountsError;
pub use control::ControlError;
pub use engine::{Changed, Engine, Parts};
pub use inbound::{Delivery, InboundError};
pub use person::{Person, Role, Visible};
pub use reconnect::{Begun, CallbackError, Completed, NotHealed, ReconnectError, Wanted};
pub use secrets::{SecretsError, SecretsErrorKind, Typed};
pub use settings::{AppSecrets, Clock, MailSettings, Settings};
pub use wave::{Doubted, trust_diagnoses};
