//! What a person's repair heals: new secrets, every connection that they can serve, the incident,
//! the gaps by being due now, and the messages that are no longer true, in one transaction.

use relink_core::decide::Scope;
use relink_core::id::{AuthorizationId, ConnectionId, UserId};
use relink_core::reason::{Actor, Blast, Certainty, Diagnosis, Reason, Remedy};
use relink_core::time::Timestamp;
use relink_store::authorizations::{self, Authorization, FIRST_GENERATION, NewAuthorization, TokenUpdate, Tokens};
use relink_store::connections;
use relink_store::incidents::{self, Incident, Resolution};
use relink_store::reconnections::{self, Finish, Reconnection, ReconnectionStatus};
use relink_store::{Tx, breakages};

use super::story::{Story, known};
use crate::audit::{self, Deed};
use crate::credentials::{REFRESH_TOKEN, Secrets};
use crate::engine::Engine;
use crate::reconnect::verify::Verified;
use crate::reconnect::{CallbackError, NotHealed};
use crate::talk::{Explained, SaidBy};

/// A proven new credential.
pub(crate) struct Grant {
    pub(crate) secrets: Secrets,
    pub(crate) granted_scopes: Vec<String>,
    pub(crate) config: String,
    pub(crate) token_issued_at: Option<Timestamp>,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) reauthorize_at: Option<Timestamp>,
    pub(crate) verified: Verified,
}

pub(crate) struct Repaired {
    pub(crate) authorization_id: AuthorizationId,
    pub(crate) connections: Vec<ConnectionId>,
    pub(crate) not_healed: Vec<NotHealed>,
}

/// Who repaired what, and how it is called afterwards.
struct Repair<'a> {
    by: &'a UserId,
    resolution: Resolution,
    action: &'static str,
}

/// Completes a flow on the provider's pages.
pub(crate) async fn settle_reconnection(
    engine: &Engine,
    flow: &Reconnection,
    existing: Option<&Authorization>,
    grant: &Grant,
) -> Result<Repaired, CallbackError> {
    let repair = Repair { by: &flow.user_id, resolution: Resolution::Reconnected, action: "authorization.reconnected" };
    let now = engine.now();
    let mut tx = engine.db().begin().await?;
    let healed = match existing {
        Some(authorization) => heal(engine, &mut tx, authorization, grant, &repair, now).await?,
        None => create(engine, &mut tx, flow, grant, now).await?,
    };
    let result = serde_json::json!({ "healed": healed.connections, "not_healed": healed.not_healed });
    let finish = Finish {
        status: ReconnectionStatus::Succeeded,
        outcome: "reconnected".to_owned(),
        message: None,
        result: Some(result.to_string()),
        authorization_id: Some(healed.authorization_id.clone()),
        finished_at: now,
    };
    reconnections::finish(&mut tx, &flow.workspace_id, &flow.id, &finish).await?;
    tx.commit().await?;
    engine.changed(&flow.workspace_id);
    engine.wake();
    Ok(healed)
}

/// Puts typed secrets in the place of the old ones.
pub(crate) async fn settle_secrets(
    engine: &Engine,
    authorization: &Authorization,
    grant: &Grant,
    by: &UserId,
) -> Result<Repaired, CallbackError> {
    let repair = Repair { by, resolution: Resolution::KeyReplaced, action: "authorization.key-replaced" };
    let mut tx = engine.db().begin().await?;
    let healed = heal(engine, &mut tx, authorization, grant, &repair, engine.now()).await?;
    tx.commit().await?;
    engine.changed(&authorization.workspace_id);
    engine.wake();
    Ok(healed)
}

async fn create(
    engine: &Engine,
    tx: &mut Tx,
    flow: &Reconnection,
    grant: &Grant,
    now: Timestamp,
) -> Result<Repaired, CallbackError> {
    let id = AuthorizationId::new();
    let identity = grant.verified.identity.as_ref();
    let new = NewAuthorization {
        workspace_id: flow.workspace_id.clone(),
        id: id.clone(),
        plugin_id: flow.plugin_id.clone(),
        auth_method: flow.auth_method.clone(),
        subject: identity.map(|identity| identity.subject.clone()),
        label: identity.map_or_else(|| flow.plugin_id.clone(), |identity| identity.label.clone()),
        config: grant.config.clone(),
        granted_scopes: grant.granted_scopes.clone(),
        created_at: now,
        created_by: Some(flow.user_id.clone()),
        tokens: sealed_tokens(engine, &flow.workspace_id, &id, FIRST_GENERATION, grant)?,
    };
    authorizations::create(tx, &new).await?;
    Ok(Repaired { authorization_id: id, connections: Vec::new(), not_healed: Vec::new() })
}

async fn heal(
    engine: &Engine,
    tx: &mut Tx,
    authorization: &Authorization,
    grant: &Grant,
    repair: &Repair<'_>,
    now: Timestamp,
) -> Result<Repaired, CallbackError> {
    let (workspace, id) = (&authorization.workspace_id, &authorization.id);
    let gone = || CallbackError::Host { return_to: None, problem: format!("authorization {id} is gone") };
    let locked = authorizations::lock(tx, workspace, id).await?.ok_or_else(gone)?;
    let update = TokenUpdate {
        workspace_id: workspace.clone(),
        id: id.clone(),
        expected_generation: locked.generation,
        tokens: sealed_tokens(engine, workspace, id, locked.generation + 1, grant)?,
        granted_scopes: Some(grant.granted_scopes.clone()),
        config: Some(grant.config.clone()),
    };
    if !authorizations::store_tokens(tx, &update).await? {
        return Err(gone());
    }
    let identity = grant.verified.identity.as_ref();
    let marked = authorizations::Grant {
        workspace_id: workspace.clone(),
        id: id.clone(),
        subject: identity.map(|identity| identity.subject.clone()),
        label: identity.map_or_else(|| locked.label.clone(), |identity| identity.label.clone()),
        authorized_at: now,
        authorized_by: Some(repair.by.clone()),
        granted_scopes: grant.granted_scopes.clone(),
        reauthorize_at: grant.reauthorize_at,
    };
    authorizations::mark_authorized(tx, &marked).await?;
    breakages::forget(tx, workspace, id).await?;

    let dependents = connections::list_dependents(&mut *tx, workspace, id).await?;
    let (served, unserved): (Vec<_>, Vec<_>) =
        dependents.into_iter().partition(|dependent| grant.verified.can_see(dependent));
    let except: Vec<ConnectionId> = unserved.into_iter().map(|dependent| dependent.id).collect();
    connections::heal_by_authorization(tx, workspace, id, now, &except).await?;
    let mut story = Story { engine, tx, authorization: &locked, now };
    let mut open = incidents::open_of_connections(&mut *story.tx, workspace, id).await?;
    open.extend(incidents::open_of_authorization(&mut *story.tx, workspace, id).await?);
    for incident in open.iter().filter(|incident| !is_of(incident, &except)) {
        story.end(incident, repair.resolution, Some(repair.by)).await?;
    }
    let (mut not_healed, mut opened) = (Vec::new(), Vec::new());
    for connection_id in except {
        let Some(connection) = connections::find(&mut *story.tx, workspace, &connection_id).await? else { continue };
        let explained = not_visible(&marked.label);
        let message = explained.diagnosis.message.clone();
        if !known(story.tx, &connection).await?.is_some_and(|known| known.covers(&explained.diagnosis)) {
            let look_again = now.plus_ms(engine.settings().policy.heal_probe_ms);
            opened.push(story.break_down(&connection, Scope::Connection, &explained, Some(look_again)).await?);
        }
        not_healed.push(NotHealed { connection_id, message });
    }
    story.tell_people(&opened).await?;
    let deed = Deed { by: Some(repair.by), action: repair.action, target: id.as_str(), detail: None };
    audit::note(story.tx, workspace, &deed, now).await?;
    let healed = served.into_iter().map(|dependent| dependent.id).collect();
    Ok(Repaired { authorization_id: id.clone(), connections: healed, not_healed })
}

/// Whether the incident is that of a connection which the new credential does not serve either.
fn is_of(incident: &Incident, connections: &[ConnectionId]) -> bool {
    incident.connection_id.as_ref().is_some_and(|id| connections.contains(id))
}

fn sealed_tokens(
    engine: &Engine,
    workspace: &relink_core::id::WorkspaceId,
    id: &AuthorizationId,
    generation: i64,
    grant: &Grant,
) -> Result<Tokens, CallbackError> {
    let sealed = grant
        .secrets
        .seal(engine.sealer(), workspace, id, generation)
        .map_err(|error| CallbackError::Host { return_to: None, problem: error.to_string() })?;
    Ok(Tokens {
        sealed,
        token_issued_at: grant.token_issued_at,
        access_expires_at: grant.access_expires_at,
        reauthorize_at: grant.reauthorize_at,
        has_refresh_token: grant.secrets.get(REFRESH_TOKEN).is_some(),
    })
}

fn not_visible(login: &str) -> Explained {
    let diagnosis = Diagnosis {
        reason: Reason::InsufficientPrivileges,
        code: "host.account-not-visible".to_owned(),
        cause: Some("role-lost".to_owned()),
        certainty: Certainty::Certain,
        blast: Blast::Account,
        actor: Actor::AccountAdmin,
        remedy: Remedy::AskAdmin,
        retry_after_ms: None,
        message: format!("{login} signed in, but this account is not among those that the login can see."),
        help_url: None,
    };
    Explained { diagnosis, provider_answer: None, said_by: SaidBy::Host }
}
