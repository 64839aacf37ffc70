//! Keeps access tokens fresh: one refresh at a time per authorization, never on a thread that
//! somebody may cancel, and never letting a late answer overwrite a newer grant.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::plugin::{Facts, Failure, OAuth2, Phase, Refresh, Response, TransportFailure, TransportKind};
use relink_core::secret::Secret;
use relink_core::time::Timestamp;
use relink_egress::{TokenAnswer, TokenGrant, Tokens};
use relink_store::authorizations::{self, Authorization, Fence};
use relink_store::{Lease, StoreError};

use crate::credentials::{ACCESS_TOKEN, REFRESH_TOKEN, Secrets, app_credentials};
use crate::diagnose;
use crate::engine::{Engine, MissingPlugin};
use crate::talk::Explained;

/// Longer than any token request may take, so that a lease never ends under a living request.
const LEASE_MS: i64 = 180_000;
/// How long another node is waited for.
const LEASE_LOOK: Duration = Duration::from_millis(250);
const MIN_MARGIN_MS: i64 = 300_000;
/// How often tokens that the provider gave are offered to a store that is away.
const STORE_ATTEMPTS: u32 = 60;

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

type SharedRefresh = Shared<BoxFuture<'static, Result<(), Explained>>>;

/// The refreshes in flight in this process.
#[derive(Default)]
pub(crate) struct Refreshes(Mutex<HashMap<AuthorizationId, SharedRefresh>>);

impl Refreshes {
    fn join_or_start(&self, id: &AuthorizationId, start: impl FnOnce() -> SharedRefresh) -> SharedRefresh {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.entry(id.clone()).or_insert_with(start).clone()
    }

    fn end(&self, id: &AuthorizationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
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

/// What the host knows about the token, for the plugin to judge by.
pub(crate) fn facts(fresh: &Fresh, requested_scopes: Vec<String>, consecutive: u32, now: Timestamp) -> Facts {
    let age_ms = fresh.authorization.token_issued_at.map(|issued| now.since_ms(issued).max(0));
    Facts {
        token_age_s: age_ms.map(|ms| ms.unsigned_abs() / 1_000),
        has_refresh_token: Some(fresh.authorization.has_refresh_token),
        just_refreshed: Some(fresh.just_refreshed),
        newer_token_in_store: Some(false),
        granted_scopes: fresh.authorization.granted_scopes.clone(),
        requested_scopes,
        consecutive,
        fleet_failure_ratio: None,
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

async fn refresh(engine: &Engine, authorization: &Authorization) -> Result<(), Explained> {
    let (workspace, id, generation) =
        (authorization.workspace_id.clone(), authorization.id.clone(), authorization.generation);
    let running = engine.refreshes().join_or_start(&authorization.id, || {
        let task = engine.spawn(refresh_and_end(engine.clone(), workspace, id, generation));
        async move { task.await.unwrap_or_else(|_| Err(diagnose::host_trouble("the refresh was interrupted"))) }
            .boxed()
            .shared()
    });
    running.await
}

async fn refresh_and_end(
    engine: Engine,
    workspace: WorkspaceId,
    id: AuthorizationId,
    generation: i64,
) -> Result<(), Explained> {
    let result = refresh_once(&engine, &workspace, &id, generation).await;
    engine.refreshes().end(&id);
    result.unwrap_or_else(|error| {
        tracing::error!(authorization.id = %id, %error, "a refresh failed in the host");
        Err(diagnose::host_trouble("the host could not refresh the access token"))
    })
}

/// Lease, intent, request, store: in this order, each durable before the next.
async fn refresh_once(
    engine: &Engine,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    generation: i64,
) -> Result<Result<(), Explained>, TokenError> {
    let Some((authorization, epoch)) = take_lease(engine, workspace, id, generation).await? else {
        return Ok(Ok(()));
    };
    let (plugin, method) = engine.plugin(&authorization.plugin_id, &authorization.auth_method)?;
    let fresh = open(engine, authorization, false)?;
    let Some((oauth2, grant)) = method.oauth2().and_then(|oauth2| Some((oauth2, grant_of(oauth2, &fresh.secrets)?)))
    else {
        release(engine, workspace, id, epoch).await?;
        return Ok(Err(explain(engine, &fresh, &plugin, None).await));
    };
    let app = app_credentials(&engine.settings().app_secrets, plugin.id(), &method.id);
    let answer = engine.egress().token_request(plugin.descriptor(), oauth2, &grant, &app).await;
    match answer {
        Ok(TokenAnswer { tokens: Some(tokens), .. }) => {
            keep(engine, &fresh, oauth2, tokens).await?;
            Ok(Ok(()))
        }
        Ok(TokenAnswer { response, .. }) => {
            release(engine, workspace, id, epoch).await?;
            Ok(Err(explain(engine, &fresh, &plugin, Some(Ok(response))).await))
        }
        Err(transport) => {
            if may_have_arrived(&transport) {
                leave_intent(engine, workspace, id, epoch).await?;
            } else {
                release(engine, workspace, id, epoch).await?;
            }
            Ok(Err(explain(engine, &fresh, &plugin, Some(Err(transport))).await))
        }
    }
}

/// Takes the lease and records the intent; none if somebody else has refreshed meanwhile.
async fn take_lease(
    engine: &Engine,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    generation: i64,
) -> Result<Option<(Authorization, i64)>, TokenError> {
    loop {
        let authorization = find(engine, workspace, id).await?;
        if authorization.generation != generation {
            return Ok(None);
        }
        let now = engine.now();
        let mut tx = engine.db().begin().await?;
        let lease = Lease { owner: &engine.settings().node, now, until: now.plus_ms(LEASE_MS) };
        if let Some(epoch) = authorizations::take_lease(&mut tx, workspace, id, &lease).await?
            && authorizations::record_intent(&mut tx, workspace, id, Fence { epoch, generation }, now).await?
        {
            tx.commit().await?;
            return Ok(Some((authorization, epoch)));
        }
        tx.rollback().await?;
        tokio::time::sleep(LEASE_LOOK).await;
    }
}

async fn release(engine: &Engine, workspace: &WorkspaceId, id: &AuthorizationId, epoch: i64) -> Result<(), TokenError> {
    let mut tx = engine.db().begin().await?;
    authorizations::release_lease(&mut tx, workspace, id, epoch).await?;
    Ok(tx.commit().await?)
}

/// Ends the lease but not the intent: the provider may have rotated, and recovery must try again.
async fn leave_intent(
    engine: &Engine,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    epoch: i64,
) -> Result<(), TokenError> {
    let mut tx = engine.db().begin().await?;
    authorizations::leave_intent(&mut tx, workspace, id, epoch).await?;
    Ok(tx.commit().await?)
}

/// Whether the provider may have acted on a request whose answer was lost.
fn may_have_arrived(transport: &TransportFailure) -> bool {
    match transport.kind {
        TransportKind::Timeout | TransportKind::Reset | TransportKind::TooLarge | TransportKind::Other => true,
        TransportKind::Dns | TransportKind::Connect | TransportKind::Tls | TransportKind::Blocked => false,
    }
}

fn grant_of(oauth2: &OAuth2, secrets: &Secrets) -> Option<TokenGrant> {
    match oauth2.refresh {
        Refresh::None => None,
        Refresh::RefreshToken(_) => {
            Some(TokenGrant::RefreshToken { refresh_token: secrets.get(REFRESH_TOKEN)?.clone() })
        }
        Refresh::ExtendAccessToken => {
            Some(TokenGrant::ExtendAccessToken { access_token: secrets.get(ACCESS_TOKEN)?.clone() })
        }
    }
}

/// Stores new tokens before anything uses them, and does not give up when the store is away: the
/// old refresh token may already be worth nothing.
async fn keep(engine: &Engine, fresh: &Fresh, oauth2: &OAuth2, tokens: Tokens) -> Result<(), TokenError> {
    let mut attempt = 0;
    loop {
        match store_tokens(engine, &fresh.authorization, &fresh.secrets, oauth2, &tokens).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt >= STORE_ATTEMPTS => return Err(error),
            Err(error) => {
                tracing::error!(authorization.id = %fresh.authorization.id, %error, "new tokens are not stored yet");
                attempt += 1;
                tokio::time::sleep(Duration::from_secs(u64::from(attempt.min(30)))).await;
            }
        }
    }
}

async fn store_tokens(
    engine: &Engine,
    authorization: &Authorization,
    old: &Secrets,
    oauth2: &OAuth2,
    tokens: &Tokens,
) -> Result<(), TokenError> {
    let now = engine.now();
    let secrets = with_tokens(old, tokens);
    let generation = authorization.generation + 1;
    let sealed = secrets
        .seal(engine.sealer(), &authorization.workspace_id, &authorization.id, generation)
        .map_err(|problem| TokenError::Sealed { id: authorization.id.clone(), problem: problem.to_string() })?;
    let update = authorizations::TokenUpdate {
        workspace_id: authorization.workspace_id.clone(),
        id: authorization.id.clone(),
        expected_generation: authorization.generation,
        tokens: authorizations::Tokens {
            sealed,
            token_issued_at: Some(now),
            access_expires_at: access_expiry(oauth2, tokens, now),
            reauthorize_at: authorization.reauthorize_at.or_else(|| reauthorize_at(oauth2, tokens, now)),
            has_refresh_token: secrets.get(REFRESH_TOKEN).is_some(),
        },
        granted_scopes: tokens.scopes.clone(),
    };
    let mut tx = engine.db().begin().await?;
    let is_newest = authorizations::store_tokens(&mut tx, &update).await?;
    if !is_newest {
        tracing::info!(authorization.id = %authorization.id, "a newer grant is stored; the refreshed tokens are dropped");
    }
    Ok(tx.commit().await?)
}

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

type Reply = Result<Response, TransportFailure>;

async fn explain(
    engine: &Engine,
    fresh: &Fresh,
    plugin: &std::sync::Arc<relink_runtime::Plugin>,
    reply: Option<Reply>,
) -> Explained {
    let now = engine.now();
    let requested = fresh.authorization.granted_scopes.clone();
    let failure = Failure {
        now,
        phase: Phase::Refresh,
        auth_method: fresh.authorization.auth_method.clone(),
        status: None,
        headers: Vec::new(),
        body: Vec::new(),
        transport: None,
        redirect_query: None,
        dataset: None,
        account: None,
        facts: facts(fresh, requested, 1, now),
    };
    let failure = match reply {
        None => return diagnose::permission_ended(),
        Some(Ok(response)) => diagnose::with_response(failure, &response),
        Some(Err(transport)) => Failure { transport: Some(transport), ..failure },
    };
    match diagnose::explain(engine.calls(), plugin, failure).await {
        Ok(explained) => explained,
        Err(fault) => diagnose::plugin_misbehaved(&fault),
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
