//! A person repairs an authorization, or makes a new one, on the provider's own pages.
//!
//! The flow is bound to the browser session that began it, to one plugin and to one workspace by its
//! own redirect URI (RFC 9700, mix-up and cross-user session fixation). Nothing stored is touched
//! before the new grant is proven to be the same login with enough scope.

mod begin;
mod complete;
mod error;
mod query;
pub(crate) mod verify;

use std::collections::BTreeMap;

use relink_core::id::{AuthorizationId, ClientId, ConnectionId, ReconnectionId};
use url::Url;

pub use error::{CallbackError, ReconnectError};

/// A new authorization that a person wants.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub plugin_id: &'a str,
    pub auth_method: &'a str,
    /// For whose data.
    pub client: &'a ClientId,
    /// What the plugin asks people for that is no secret, as it was typed.
    pub settings: BTreeMap<String, String>,
}

/// Where to send the browser.
#[derive(Clone, Debug)]
pub struct Begun {
    pub reconnection_id: ReconnectionId,
    pub authorize_url: Url,
}

/// What a finished reconnection did.
#[derive(Clone, Debug)]
pub struct Completed {
    pub authorization_id: AuthorizationId,
    pub return_to: String,
    pub healed: Vec<ConnectionId>,
    pub not_healed: Vec<NotHealed>,
    /// The authorization did not exist before.
    pub is_new: bool,
    /// For whom a new authorization was begun.
    pub client_id: Option<ClientId>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct NotHealed {
    pub connection_id: ConnectionId,
    pub message: String,
}
