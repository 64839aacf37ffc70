//! What follows from the answer of a token endpoint.

use relink_core::plugin::{Field, OAuth2, Refresh};
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
    if let Some(end) = refresh_token_end(tokens, now) {
        return Some(end);
    }
    if let Some(days) = oauth2.reauthorize_days {
        return Some(now.plus_seconds(i64::from(days) * 86_400));
    }
    match oauth2.refresh {
        Refresh::None => access_expiry(oauth2, tokens, now),
        Refresh::RefreshToken(_) | Refresh::ExtendAccessToken => None,
    }
}

/// The same after a refresh: what the answer says of a refresh token that rolls on, or else what was known, for
/// a permission of so many days is not prolonged by its use.
pub(crate) fn reauthorize_at_after_refresh(
    known: Option<Timestamp>,
    tokens: &Tokens,
    now: Timestamp,
) -> Option<Timestamp> {
    refresh_token_end(tokens, now).or(known)
}

fn refresh_token_end(tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    let seconds = tokens.refresh_token_expires_in_s?;
    Some(now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// The settings that a plugin wants to have kept of an answer, as JSON.
pub(crate) fn config_of(kept: &[Field]) -> String {
    let map: serde_json::Map<String, serde_json::Value> =
        kept.iter().map(|field| (field.name.clone(), field.value.clone().into())).collect();
    serde_json::Value::Object(map).to_string()
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);

    #[test]
    fn a_refresh_token_that_rolls_on_is_not_about_to_end() {
        let known = Some(NOW.plus_seconds(60));
        for (said, expected) in [(None, known), (Some(3_600), Some(NOW.plus_seconds(3_600)))] {
            let tokens = Tokens {
                access_token: Secret::new("new".to_owned()),
                refresh_token: None,
                expires_in_s: Some(60),
                refresh_token_expires_in_s: said,
                scopes: None,
                kept: Vec::new(),
            };
            assert_eq!(reauthorize_at_after_refresh(known, &tokens, NOW), expected);
        }
    }
}
