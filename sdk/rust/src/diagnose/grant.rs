//! What kind of credential failed, since the same answer means different things for different ones.

use crate::{AuthKind, AuthMethod, Descriptor, Failure, Phase, Refresh};

/// What the host can do by itself when an access token has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// A key or password that a person typed; only a person can replace it.
    Secret,
    /// A token with a refresh token behind it: the host renews it and tells nobody.
    Refreshable,
    /// A token without a refresh token: a person must authorize again.
    NotRefreshable,
}

impl Grant {
    /// Reads it from the facts of the failure and, where these are silent, from the descriptor.
    pub fn of(descriptor: &Descriptor, failure: &Failure) -> Self {
        let named = descriptor.auth.iter().find(|method| method.id == failure.auth_method);
        let Some(method) = named.or_else(|| likeliest(descriptor, failure.phase)) else {
            return Self::Secret;
        };
        let normally = match &method.kind {
            AuthKind::StaticSecret => return Self::Secret,
            AuthKind::Oauth2Code(oauth) => matches!(oauth.refresh, Refresh::RefreshToken(_)),
            AuthKind::Oauth2ClientCredentials(_) => return Self::Refreshable,
            AuthKind::Oauth1(_) => false,
        };
        if failure.facts.has_refresh_token.unwrap_or(normally) { Self::Refreshable } else { Self::NotRefreshable }
    }
}

/// The method that must be meant when none is named: only OAuth has redirects and token endpoints.
fn likeliest(descriptor: &Descriptor, phase: Phase) -> Option<&AuthMethod> {
    let is_oauth = |method: &&AuthMethod| !matches!(method.kind, AuthKind::StaticSecret);
    match phase {
        Phase::Authorize | Phase::Exchange | Phase::Refresh => descriptor.auth.iter().find(is_oauth),
        Phase::Probe | Phase::Sync | Phase::Revoke | Phase::Inbound => None,
    }
    .or(descriptor.auth.first())
}
