//! Keeps access tokens fresh: one refresh at a time per authorization, never on a thread that
//! somebody may cancel, and never letting a late answer overwrite a newer grant.

pub(crate) mod answer;
pub(crate) mod journal;
mod keep;
mod refresh;

use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::plugin::{Facts, Refresh};
use relink_core::time::Timestamp;
use relink_store::StoreError;
use relink_store::authorizations::{self, Authorization};

use crate::credentials::Secrets;
use crate::engine::{Engine, MissingPlugin};
use crate::talk::Explained;
use crate::tokens::refresh::refresh;

pub(crate) use self::refresh::Refreshes;

const MIN_MARGIN_MS: i64 = 300_000;

/// Usable secrets and what they were read from.
pub(crate) struct Fresh {
    pub(crate) secrets: Secrets,
    pub(crate) authorization: Authorization,
    pub(crate) just_refreshed: bool,
}

/// Why there is no usable token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The provider or the network said no.
    #[error("the access token could not be refreshed: {}", .0.diagnosis.code)]
    Refused(Explained),
    #[error(transparent)]
    Plugin(#[from] MissingPlugin),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("authorization {0} is gone")]
    Gone(AuthorizationId),
    #[error("the secrets of authorization {id} cannot be opened: {problem}")]
    Sealed { id: AuthorizationId, problem: String },
}

/// Gives the secrets of an authorization, refreshed first if the access token is about to end.
pub(crate) async fn fresh(engine: &Engine, workspace: &WorkspaceId, id: &AuthorizationId) -> Result<Fresh, TokenError> {
    let authorization = find(engine, workspace, id).await?;
    if !is_ending(&authorization, engine.now()) || !can_refresh(engine, &authorization) {
        return open(engine, authorization, false);
    }
    match refresh(engine, &authorization).await {
        Ok(()) => open(engine, find(engine, workspace, id).await?, true),
        // What still works is used while the token endpoint is away.
        Err(explained) if !explained.diagnosis.is_breakage() && is_alive(&authorization, engine.now()) => {
            open(engine, authorization, false)
        }
        Err(explained) => Err(TokenError::Refused(explained)),
    }
}

/// Refreshes after the provider refused the token of `stale_generation`, unless somebody already did.
pub(crate) async fn renewed(
    engine: &Engine,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    stale_generation: i64,
) -> Result<Fresh, TokenError> {
    let authorization = find(engine, workspace, id).await?;
    if authorization.generation == stale_generation {
        refresh(engine, &authorization).await.map_err(TokenError::Refused)?;
    }
    open(engine, find(engine, workspace, id).await?, true)
}

/// What the host knows beside the token itself.
pub(crate) struct Known {
    pub(crate) requested_scopes: Vec<String>,
    pub(crate) consecutive: u32,
    pub(crate) fleet_failure_ratio: Option<f64>,
}

/// What the host knows about the token, for the plugin to judge by.
pub(crate) fn facts(fresh: &Fresh, known: Known, now: Timestamp) -> Facts {
    let age_ms = fresh.authorization.token_issued_at.map(|issued| now.since_ms(issued).max(0));
    Facts {
        token_age_s: age_ms.map(|ms| ms.unsigned_abs() / 1_000),
        has_refresh_token: Some(fresh.authorization.has_refresh_token),
        just_refreshed: Some(fresh.just_refreshed),
        // Whoever settles the run compares generations: a failure with tokens that were replaced says nothing.
        newer_token_in_store: None,
        granted_scopes: fresh.authorization.granted_scopes.clone(),
        requested_scopes: known.requested_scopes,
        consecutive: known.consecutive,
        fleet_failure_ratio: known.fleet_failure_ratio,
    }
}

async fn find(engine: &Engine, workspace: &WorkspaceId, id: &AuthorizationId) -> Result<Authorization, TokenError> {
    let found = authorizations::find(engine.db(), workspace, id).await?;
    found.ok_or_else(|| TokenError::Gone(id.clone()))
}

fn open(engine: &Engine, authorization: Authorization, just_refreshed: bool) -> Result<Fresh, TokenError> {
    let secrets = Secrets::open(engine.sealer(), &authorization)
        .map_err(|problem| TokenError::Sealed { id: authorization.id.clone(), problem: problem.to_string() })?;
    Ok(Fresh { secrets, authorization, just_refreshed })
}

/// Whether the host has a way to renew the token without the person.
pub(crate) fn can_refresh(engine: &Engine, authorization: &Authorization) -> bool {
    let Ok((_, method)) = engine.plugin(&authorization.plugin_id, &authorization.auth_method) else { return false };
    match method.oauth2().map(|oauth2| oauth2.refresh) {
        Some(Refresh::RefreshToken(_)) => authorization.has_refresh_token,
        Some(Refresh::ExtendAccessToken) => true,
        Some(Refresh::None) | None => false,
    }
}

fn is_alive(authorization: &Authorization, now: Timestamp) -> bool {
    authorization.access_expires_at.is_none_or(|expires| expires > now)
}

/// Whether the token ends within five minutes or a tenth of its life, but never in its first half.
fn is_ending(authorization: &Authorization, now: Timestamp) -> bool {
    let Some(expires) = authorization.access_expires_at else { return false };
    let life = authorization.token_issued_at.map_or(0, |issued| expires.since_ms(issued).max(0));
    let margin = MIN_MARGIN_MS.max(life / 10).min(life / 2);
    expires.since_ms(now) <= margin
}
