//! Whom a signal is about, and what follows for each of them.
//!
//! Everything is looked up within one workspace and one plugin, so a plugin that lies can harm nobody but
//! its own customers here.

use std::collections::BTreeMap;
use std::sync::Arc;

use relink_core::id::WorkspaceId;
use relink_core::plugin::{About, Facts, Failure, Field, Message, Phase, Signal, SignalEvent};
use relink_runtime::Plugin;
use relink_store::authorizations::{self, Authorization};
use relink_store::{StoreError, connections};
use url::form_urlencoded;

use super::work::Postponed;
use crate::diagnose;
use crate::engine::Engine;
use crate::settle::{self, Told};
use crate::talk::Explained;

/// Does what a signal asks for. Of whom nobody here has heard, nothing has to be done.
pub(super) async fn follow(
    engine: &Engine,
    plugin: &Arc<Plugin>,
    (workspace, message): (&WorkspaceId, &Message),
    signal: &Signal,
) -> Result<(), Postponed> {
    let account = match &signal.about {
        About::Account(id) => Some(id.as_str()),
        About::Subject(_) => None,
    };
    for authorization in concerned(engine, plugin, workspace, &signal.about).await? {
        let ended = match signal.event {
            SignalEvent::Failed => Some(explain(engine, plugin, message, (&authorization, account)).await?),
            SignalEvent::Restored => None,
        };
        let told = Told {
            workspace_id: workspace,
            authorization_id: &authorization.id,
            account,
            ended: ended.as_ref(),
            at: signal.at.unwrap_or(message.now),
        };
        settle::settle_told(engine, &told).await?;
    }
    Ok(())
}

async fn concerned(
    engine: &Engine,
    plugin: &Plugin,
    workspace: &WorkspaceId,
    about: &About,
) -> Result<Vec<Authorization>, StoreError> {
    let id = match about {
        About::Subject(subject) => {
            return authorizations::list_by_subject(engine.db(), workspace, plugin.id(), subject).await;
        }
        About::Account(id) => id,
    };
    let mut found = BTreeMap::new();
    for connection in connections::list_of_account(engine.db(), workspace, plugin.id(), id).await? {
        let authorization = authorizations::find(engine.db(), workspace, &connection.authorization_id).await?;
        found.extend(authorization.map(|authorization| (authorization.id.clone(), authorization)));
    }
    Ok(found.into_values().collect())
}

/// Asks the plugin to explain the message, as it explains every other failure.
async fn explain(
    engine: &Engine,
    plugin: &Arc<Plugin>,
    message: &Message,
    (authorization, account): (&Authorization, Option<&str>),
) -> Result<Explained, Postponed> {
    let age_ms = authorization.token_issued_at.map(|issued| message.now.since_ms(issued).max(0));
    let failure = Failure {
        now: message.now,
        phase: Phase::Inbound,
        auth_method: authorization.auth_method.clone(),
        status: None,
        headers: message.headers.clone(),
        body: message.body.clone(),
        transport: None,
        redirect_query: (!message.query.is_empty()).then(|| encoded(&message.query)),
        dataset: None,
        account: account.map(str::to_owned),
        facts: Facts {
            token_age_s: age_ms.map(|ms| ms.unsigned_abs() / 1_000),
            has_refresh_token: Some(authorization.has_refresh_token),
            granted_scopes: authorization.granted_scopes.clone(),
            consecutive: 1,
            ..Facts::default()
        },
    };
    Ok(diagnose::explain(engine.calls(), plugin, failure).await?)
}

fn encoded(query: &[Field]) -> String {
    let pairs = query.iter().map(|field| (&field.name, &field.value));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
