//! Plugins in a registry that speaks the distribution protocol of the Open Container Initiative: where one is,
//! how it is laid out there, and the way there and back.
//!
//! Only commands of the operator and of authors come here; no request that reaches the server leads to a
//! registry, and nothing here decides whether a plugin may run. What comes from a registry is as strange as a
//! file from anywhere, and goes through the same gates.

mod address;
mod artifact;
mod authorities;
mod login;
mod remote;
mod trouble;

pub(crate) use address::{Address, SCHEME};
pub(crate) use artifact::Artifact;
pub(crate) use authorities::read_authorities;
pub(crate) use login::saved_login;
pub(crate) use remote::{Found, Protocol, Remote};
