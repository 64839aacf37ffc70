//! The only way from Relink to a provider.
//!
//! Plugins say which request to send; this crate decides whether it may be sent, puts the secrets
//! in, sends it, and takes the secrets out of what comes back. It follows no redirect, reads no
//! proxy setting, keeps no cookie, retries nothing and stores nothing. No secret is in any `Debug`,
//! `Display` or log line of this crate.
//!
//! One request, read in order: [`send`](Egress::send) → `target` (may it go there?) → `draft` (may
//! it look like this?) → `placement` (secrets in) → `budgets` (may it go now?) → `client` (public
//! addresses only) → `body` (bounded, inflated, secrets out) → `framing` (cut at record borders).
//!
//! The other way round, [`prove`](Egress::prove) says whether a message that came in is the provider's own.

mod address;
mod answer;
mod body;
mod budgets;
mod check;
mod client;
mod config;
mod credentials;
mod draft;
mod failure;
mod framing;
mod hosts;
mod inbound;
mod inflate;
mod placement;
mod redact;
mod resolver;
mod response_head;
mod routes;
mod send;
mod target;
mod token;

pub use url::Url;

pub use answer::Answer;
pub use budgets::Scope;
pub use check::{DescriptorProblem, FEATURES, check_descriptor, is_within, may_send};
pub use client::BuildError;
pub use config::EgressConfig;
pub use credentials::Credentials;
pub use failure::SendError;
pub use inbound::{AppSecrets, HandshakeAnswer, Posted, Proven, Unproven, shake_hands};
pub use routes::{RouteError, Routes};
pub use send::{Call, Egress};
pub use token::{TokenAnswer, TokenGrant, TokenKind, TokenRefusal, Tokens};
