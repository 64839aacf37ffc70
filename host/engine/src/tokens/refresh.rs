//! One refresh: lease, intent, request, store; each durable before the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::plugin::{
    AuthMethod, Failure, OAuth2, Phase, Refresh, SettingsSchema, TransportFailure, TransportKind,
};
use relink_egress::{TokenAnswer, TokenGrant, Tokens};
use relink_runtime::Plugin;
use relink_store::Lease;
use relink_store::authorizations::{self, Authorization, Fence};

use crate::credentials::{ACCESS_TOKEN, REFRESH_TOKEN, Secrets, app_credentials};
use crate::diagnose;
use crate::engine::Engine;
use crate::talk::{Explained, SaidBy};
use crate::tokens::{Fresh, Known, TokenError, facts, find, is_alive, keep, open};

/// Longer than any token request may take, so that a lease never ends under a living request.
const LEASE_MS: i64 = 180_000;
/// How long another node is waited for.
const LEASE_LOOK: Duration = Duration::from_millis(250);

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

/// Takes a refresh out of those in flight when it is over, even if it panics.
struct InFlight<'a> {
    refreshes: &'a Refreshes,
    id: &'a AuthorizationId,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.refreshes.end(self.id);
    }
}

pub(super) async fn refresh(engine: &Engine, authorization: &Authorization) -> Result<(), Explained> {
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
    let _in_flight = InFlight { refreshes: engine.refreshes(), id: &id };
    refresh_once(&engine, &workspace, &id, generation).await.unwrap_or_else(|error| {
        tracing::error!(authorization.id = %id, %error, "a refresh failed in the host");
        Err(diagnose::host_trouble("the host could not refresh the access token"))
    })
}

/// How a refresh ended for whoever holds its lease.
enum Ending {
    Granted(Box<(Fresh, OAuth2, Tokens)>),
    /// Nothing changed at the provider.
    Refused(Explained),
    /// The provider may have rotated the refresh token, and nobody knows to what.
    AnswerLost(Explained),
}

async fn refresh_once(
    engine: &Engine,
    workspace: &WorkspaceId,
    id: &AuthorizationId,
    generation: i64,
) -> Result<Result<(), Explained>, TokenError> {
    let Some((authorization, epoch)) = take_lease(engine, workspace, id, generation).await? else {
        return Ok(Ok(()));
    };
    let is_repeated = authorization.intent_generation == Some(generation);
    match request(engine, authorization).await {
        Ok(Ending::Granted(granted)) => {
            let (fresh, oauth2, tokens) = *granted;
            keep::keep(engine, &fresh, &oauth2, &tokens).await?;
            Ok(Ok(()))
        }
        Ok(Ending::Refused(explained)) => {
            release(engine, workspace, id, epoch).await?;
            Ok(Err(explained))
        }
        // One repetition may hit the grace of a rotated token; more only keep asking whoever does not answer.
        Ok(Ending::AnswerLost(explained)) if is_repeated => {
            release(engine, workspace, id, epoch).await?;
            Ok(Err(explained))
        }
        Ok(Ending::AnswerLost(explained)) => {
            leave_intent(engine, workspace, id, epoch).await?;
            Ok(Err(explained))
        }
        // Nothing was sent.
        Err(error) => {
            release(engine, workspace, id, epoch).await?;
            Err(error)
        }
    }
}

async fn request(engine: &Engine, authorization: Authorization) -> Result<Ending, TokenError> {
    let (plugin, method) = engine.plugin(&authorization.plugin_id, &authorization.auth_method)?;
    let fresh = open(engine, authorization, false)?;
    let Some((oauth2, grant)) = grant_of(&method, &fresh.secrets) else {
        let has_ended = !is_alive(&fresh.authorization, engine.now());
        let said_by = if has_ended { SaidBy::Host } else { SaidBy::Plugin };
        return Ok(Ending::Refused(diagnose::permission_ended(said_by)));
    };
    let oauth2 = match SettingsSchema::of(plugin.descriptor()).endpoints(oauth2, &fresh.authorization.config) {
        Ok(oauth2) => oauth2,
        Err(problem) => {
            tracing::warn!(plugin.name = plugin.id(), problem, "a token endpoint has no address");
            return Ok(Ending::Refused(diagnose::refused_by_plugin()));
        }
    };
    let app = app_credentials(&engine.settings().app_secrets, plugin.id(), &method.id);
    // Asked before anything is sent: what fails afterwards must not look as if nothing had been.
    let failure = failure(engine, &fresh).await?;
    match engine.egress().token_request(plugin.descriptor(), &oauth2, &grant, &app).await {
        Ok(TokenAnswer { tokens: Some(tokens), .. }) => Ok(Ending::Granted(Box::new((fresh, oauth2, tokens)))),
        Ok(TokenAnswer { response, .. }) => {
            let failure = diagnose::with_response(failure, &response);
            Ok(Ending::Refused(explain(engine, &plugin, failure).await))
        }
        Err(transport) => {
            let ending = if may_have_arrived(&transport) { Ending::AnswerLost } else { Ending::Refused };
            let failure = Failure { transport: Some(transport), ..failure };
            Ok(ending(explain(engine, &plugin, failure).await))
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

/// Ends the lease but not the intent: the provider may have rotated, and recovery must try once more.
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

fn grant_of<'m>(method: &'m AuthMethod, secrets: &Secrets) -> Option<(&'m OAuth2, TokenGrant)> {
    let oauth2 = method.oauth2()?;
    let grant = match oauth2.refresh {
        Refresh::None => return None,
        Refresh::RefreshToken(_) => TokenGrant::RefreshToken { refresh_token: secrets.get(REFRESH_TOKEN)?.clone() },
        Refresh::ExtendAccessToken => {
            TokenGrant::ExtendAccessToken { access_token: secrets.get(ACCESS_TOKEN)?.clone() }
        }
    };
    Some((oauth2, grant))
}

/// What is known of a refresh that failed, before its answer is added.
async fn failure(engine: &Engine, fresh: &Fresh) -> Result<Failure, TokenError> {
    let now = engine.now();
    let known = Known {
        requested_scopes: fresh.authorization.granted_scopes.clone(),
        consecutive: 1,
        fleet_failure_ratio: engine.fleet_failure_ratio(&fresh.authorization.plugin_id).await?,
    };
    Ok(Failure {
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
        facts: facts(fresh, known, now),
    })
}

async fn explain(engine: &Engine, plugin: &Arc<Plugin>, failure: Failure) -> Explained {
    match diagnose::explain(engine.calls(), plugin, failure).await {
        Ok(explained) => explained,
        Err(fault) => diagnose::plugin_misbehaved(&fault),
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_refresh_that_panics_is_not_in_flight_for_ever() {
        let (refreshes, id) = (Refreshes::default(), AuthorizationId::new());
        let refused = || ready(Err(diagnose::host_trouble("it panics"))).boxed().shared();
        let granted = || ready(Ok(())).boxed().shared();
        let mut first = refreshes.join_or_start(&id, refused);
        assert!(refreshes.join_or_start(&id, granted).now_or_never().unwrap().is_err(), "they share one");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _in_flight = InFlight { refreshes: &refreshes, id: &id };
            assert!((&mut first).now_or_never().unwrap().is_ok());
        }));
        assert!(panicked.is_err());
        assert!(refreshes.join_or_start(&id, granted).now_or_never().unwrap().is_ok());
    }
}
