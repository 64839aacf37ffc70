//! The browser comes back: checks, exchange, proof, and only then one transaction that heals.

use std::sync::Arc;

use relink_core::id::WorkspaceId;
use relink_core::plugin::{AuthMethod, Facts, Failure, Field, KeptFrom, OAuth2, Phase, SettingsSchema};
use relink_core::reason::{Diagnosis, Reason};
use relink_core::secret::Secret;
use relink_egress::{TokenGrant, Tokens};
use relink_runtime::Plugin;
use relink_store::authorizations::{self, Authorization};
use relink_store::reconnections::{self, Finish, Reconnection, ReconnectionStatus, sealed_place};
use relink_store::token::token_hash;
use subtle::ConstantTimeEq;

use super::query::CallbackQuery;
use super::verify::{Candidate, Verified};
use super::{CallbackError, Completed};
use crate::credentials::app_credentials;
use crate::diagnose;
use crate::engine::Engine;
use crate::ledger::merged_config;
use crate::settle::{self, Grant};
use crate::talk::Explained;
use crate::tokens::answer;

/// What the exchange gave.
struct Granted {
    tokens: Tokens,
    /// JSON of the settings: what was known before, and what the provider said.
    config: String,
}

impl Engine {
    /// Completes the flow that `raw_query` answers, if the same browser session began it.
    ///
    /// Runs to its end even if the caller goes away: an authorization code can be used only once.
    pub async fn complete(
        &self,
        workspace: &WorkspaceId,
        plugin_id: &str,
        raw_query: &str,
        session_hash: Option<&[u8]>,
    ) -> Result<Completed, CallbackError> {
        let query = CallbackQuery::parse(raw_query)?;
        let reconnection = self.take(workspace, plugin_id, &query, session_hash).await?;
        let engine = self.clone();
        let task = self.spawn(async move { engine.complete_taken(reconnection, query).await });
        task.await.unwrap_or_else(|error| {
            Err(CallbackError::Host { return_to: None, problem: format!("the task ended early: {error}") })
        })
    }

    /// Takes the flow, once, after the browser proved that it is the one that began it.
    async fn take(
        &self,
        workspace: &WorkspaceId,
        plugin_id: &str,
        query: &CallbackQuery,
        session_hash: Option<&[u8]>,
    ) -> Result<Reconnection, CallbackError> {
        let state_hash = token_hash(&query.state);
        let found = reconnections::find_by_state(self.db(), &state_hash).await?;
        let found = found.ok_or(CallbackError::UnknownState)?;
        if found.workspace_id != *workspace || found.plugin_id != plugin_id {
            return Err(CallbackError::UnknownState);
        }
        let is_same_session = session_hash.is_some_and(|hash| bool::from(hash.ct_eq(&found.session_hash)));
        if !is_same_session {
            return Err(CallbackError::ForeignSession);
        }
        let mut tx = self.db().begin().await?;
        let taken = reconnections::take_by_state(&mut tx, &state_hash, self.now()).await?;
        tx.commit().await?;
        match taken {
            Some(reconnection) => Ok(reconnection),
            None if found.status == ReconnectionStatus::Started => Err(CallbackError::Expired),
            None => Err(CallbackError::AlreadyUsed),
        }
    }

    async fn complete_taken(&self, flow: Reconnection, query: CallbackQuery) -> Result<Completed, CallbackError> {
        let result = self.exchange_and_heal(&flow, query).await;
        if let Err(error) = &result {
            tracing::info!(reconnection.id = %flow.id, plugin.name = flow.plugin_id, outcome = error.code(), %error, "a reconnection failed");
            let mut tx = self.db().begin().await?;
            let finish = Finish {
                status: ReconnectionStatus::Failed,
                outcome: error.code().to_owned(),
                message: Some(error.message()),
                result: None,
                authorization_id: None,
                finished_at: self.now(),
            };
            reconnections::finish(&mut tx, &flow.workspace_id, &flow.id, &finish).await?;
            tx.commit().await?;
            self.changed(&flow.workspace_id);
        }
        result
    }

    async fn exchange_and_heal(&self, flow: &Reconnection, query: CallbackQuery) -> Result<Completed, CallbackError> {
        let host = |problem: String| CallbackError::Host { return_to: Some(flow.return_to.clone()), problem };
        let (plugin, method) =
            self.plugin(&flow.plugin_id, &flow.auth_method).map_err(|error| host(error.to_string()))?;
        let oauth2 = method.oauth2().ok_or_else(|| host("the plugin no longer signs in with OAuth".to_owned()))?;
        if !query.comes_from(oauth2.issuer.as_deref()) {
            let (return_to, provider) = (flow.return_to.clone(), plugin.descriptor().display_name.clone());
            return Err(CallbackError::ForeignIssuer { return_to, provider });
        }
        let Some(code) = query.code.clone() else {
            return Err(self
                .refusal(flow, &plugin, Phase::Authorize, |failure| Failure {
                    redirect_query: Some(query.for_plugin.clone()),
                    ..failure
                })
                .await);
        };
        let granted = self.exchange(flow, &plugin, &method, oauth2, code, &query).await?;
        let requested: Vec<String> = oauth2.scopes.iter().map(|scope| scope.name.clone()).collect();
        let granted_scopes = granted.tokens.scopes.clone().unwrap_or_else(|| requested.clone());
        check_scopes(oauth2, &granted_scopes, &flow.return_to)?;

        let secrets = answer::first_secrets(&granted.tokens);
        let config = granted.config;
        let candidate = Candidate {
            plugin: &plugin,
            method: &method,
            secrets: &secrets,
            config: &config,
            granted_scopes: &granted_scopes,
            budget_key: flow.id.as_str(),
        };
        let verified = candidate.verify(self).await.map_err(|explained| refused(flow, explained))?;
        let existing =
            self.existing(flow, verified.identity.as_ref().map(|identity| identity.subject.as_str())).await?;
        check_login(existing.as_ref(), &verified, &flow.return_to)?;

        let now = self.now();
        let grant = Grant {
            secrets,
            granted_scopes,
            config,
            token_issued_at: Some(now),
            access_expires_at: answer::access_expiry(oauth2, &granted.tokens, now),
            reauthorize_at: answer::reauthorize_at(oauth2, &granted.tokens, now),
            verified,
        };
        let healed = settle::settle_reconnection(self, flow, existing.as_ref(), &grant).await?;
        Ok(Completed {
            authorization_id: healed.authorization_id,
            return_to: flow.return_to.clone(),
            healed: healed.connections,
            not_healed: healed.not_healed,
            is_new: existing.is_none(),
            client_id: flow.client_id.clone(),
        })
    }

    async fn exchange(
        &self,
        flow: &Reconnection,
        plugin: &Arc<Plugin>,
        method: &AuthMethod,
        oauth2: &OAuth2,
        code: Secret,
        query: &CallbackQuery,
    ) -> Result<Granted, CallbackError> {
        let host = |problem: String| CallbackError::Host { return_to: Some(flow.return_to.clone()), problem };
        let verifier = self
            .sealer()
            .open(&sealed_place(&flow.workspace_id, &flow.id), &flow.sealed)
            .map_err(|error| host(error.to_string()))?;
        let grant = TokenGrant::AuthorizationCode {
            code,
            redirect_uri: flow.redirect_uri.clone(),
            verifier: oauth2.pkce.then_some(verifier),
        };
        let config = merged_config(&flow.config, &answer::config_of(&kept_of_callback(oauth2, query)));
        let oauth2 = SettingsSchema::of(plugin.descriptor()).endpoints(oauth2, &config).map_err(host)?;
        let app = app_credentials(&self.settings().app_secrets, plugin.id(), &method.id);
        let mut tokens = self.token_request(flow, plugin, &oauth2, &grant, &app).await?;
        if let Some(extension) = answer::extension_of(&oauth2, &tokens.access_token) {
            tokens = self.token_request(flow, plugin, &oauth2, &extension, &app).await?;
        }
        let config = merged_config(&config, &answer::config_of(&tokens.kept));
        Ok(Granted { tokens, config })
    }

    async fn token_request(
        &self,
        flow: &Reconnection,
        plugin: &Arc<Plugin>,
        oauth2: &OAuth2,
        grant: &TokenGrant,
        app: &relink_egress::Credentials,
    ) -> Result<Tokens, CallbackError> {
        match self.egress().token_request(plugin.descriptor(), oauth2, grant, app).await {
            Ok(answer) => match answer.tokens {
                Some(tokens) => Ok(tokens),
                None => Err(self
                    .refusal(flow, plugin, Phase::Exchange, |failure| {
                        diagnose::with_response(failure, &answer.response)
                    })
                    .await),
            },
            Err(transport) => {
                let with_transport = |failure| Failure { transport: Some(transport), ..failure };
                Err(self.refusal(flow, plugin, Phase::Exchange, with_transport).await)
            }
        }
    }

    /// Lets the plugin say what a refusal means.
    async fn refusal(
        &self,
        flow: &Reconnection,
        plugin: &Arc<Plugin>,
        phase: Phase,
        evidence: impl FnOnce(Failure) -> Failure,
    ) -> CallbackError {
        let failure = evidence(Failure {
            now: self.now(),
            phase,
            auth_method: flow.auth_method.clone(),
            status: None,
            headers: Vec::new(),
            body: Vec::new(),
            transport: None,
            redirect_query: None,
            dataset: None,
            account: None,
            facts: Facts { consecutive: 1, ..Facts::default() },
        });
        match diagnose::explain(self.calls(), plugin, failure).await {
            Ok(explained) => refused(flow, explained),
            Err(fault) => refused(flow, diagnose::plugin_misbehaved(&fault)),
        }
    }

    /// The authorization that the flow repairs, or the one that the same login already has here:
    /// providers drop the oldest of too many grants, so a login is authorized once.
    async fn existing(
        &self,
        flow: &Reconnection,
        subject: Option<&str>,
    ) -> Result<Option<Authorization>, CallbackError> {
        if let Some(id) = &flow.authorization_id {
            return Ok(authorizations::find(self.db(), &flow.workspace_id, id).await?);
        }
        let Some(subject) = subject else { return Ok(None) };
        let (workspace, plugin, method) = (&flow.workspace_id, &flow.plugin_id, &flow.auth_method);
        Ok(authorizations::find_by_subject(self.db(), workspace, (plugin, method), subject).await?)
    }
}

/// What the provider said on the way back that a plugin wants to have kept.
fn kept_of_callback(oauth2: &OAuth2, query: &CallbackQuery) -> Vec<Field> {
    let kept = oauth2.keep.iter().filter(|kept| kept.source == KeptFrom::CallbackQuery);
    kept.filter_map(|kept| query.get(&kept.name).map(|value| Field::new(kept.into_config.clone(), value))).collect()
}

fn refused(flow: &Reconnection, explained: Explained) -> CallbackError {
    let Diagnosis { reason, .. } = explained.diagnosis;
    let (return_to, diagnosis) = (flow.return_to.clone(), explained.diagnosis);
    let says_no = |word: &str| word.contains("declined") || word.contains("cancel");
    let is_cancelled = says_no(&diagnosis.code) || diagnosis.cause.as_deref().is_some_and(says_no);
    if reason == Reason::AccountActionRequired && is_cancelled {
        CallbackError::Declined { return_to, diagnosis }
    } else {
        CallbackError::ProviderRefused { return_to, diagnosis }
    }
}

fn check_scopes(oauth2: &OAuth2, granted: &[String], return_to: &str) -> Result<(), CallbackError> {
    let missing = oauth2.scopes.iter().filter(|scope| scope.required && !granted.contains(&scope.name));
    let labels: Vec<String> = missing.map(|scope| scope.label.clone()).collect();
    if labels.is_empty() {
        Ok(())
    } else {
        Err(CallbackError::MissingScopes { return_to: return_to.to_owned(), labels })
    }
}

/// Nothing is overwritten before the grant is proven to be of the same login.
fn check_login(existing: Option<&Authorization>, verified: &Verified, return_to: &str) -> Result<(), CallbackError> {
    let Some(existing) = existing else { return Ok(()) };
    if verified.is_login(existing.subject.as_deref()) {
        return Ok(());
    }
    let (return_to, expected) = (return_to.to_owned(), existing.label.clone());
    Err(match &verified.identity {
        Some(identity) => CallbackError::WrongAccount { return_to, expected, got: identity.label.clone() },
        None => CallbackError::UnknownAccount { return_to, expected },
    })
}
