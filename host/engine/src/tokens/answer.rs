//! What follows from the answer of a token endpoint.

use relink_core::plugin::{OAuth2, Refresh};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_egress::{TokenGrant, Tokens};

use crate::credentials::{ACCESS_TOKEN, REFRESH_TOKEN, Secrets};

/// The secrets after a token answer; a refresh token that was not sent again stays.
pub(crate) fn with_tokens(old: &Secrets, tokens: &Tokens) -> Secrets {
    let mut secrets = old.clone();
    secrets.insert(ACCESS_TOKEN, tokens.access_token.clone());
    if let Some(refresh_token) = &tokens.refresh_token {
        secrets.insert(REFRESH_TOKEN, refresh_token.clone());
    }
    secrets
}

pub(crate) fn access_expiry(oauth2: &OAuth2, tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    let seconds = tokens.expires_in_s.or(oauth2.assumed_lifetime_s)?;
    Some(now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// When a person must authorize again whatever the host does.
pub(crate) fn reauthorize_at(oauth2: &OAuth2, tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    if let Some(seconds) = tokens.refresh_token_expires_in_s {
        return Some(now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)));
    }
    if let Some(days) = oauth2.reauthorize_days {
        return Some(now.plus_seconds(i64::from(days) * 86_400));
    }
    match oauth2.refresh {
        Refresh::None => access_expiry(oauth2, tokens, now),
        Refresh::RefreshToken(_) | Refresh::ExtendAccessToken => None,
    }
}

/// The secrets of a first grant.
pub(crate) fn first_secrets(tokens: &Tokens) -> Secrets {
    with_tokens(&Secrets::default(), tokens)
}

/// The access token alone, to exchange it for a longer one.
pub(crate) fn extension_of(oauth2: &OAuth2, access_token: &Secret) -> Option<TokenGrant> {
    matches!(oauth2.refresh, Refresh::ExtendAccessToken)
        .then(|| TokenGrant::ExtendAccessToken { access_token: access_token.clone() })
}
