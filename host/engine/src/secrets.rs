//! API keys and other typed secrets: proven with the provider before they replace anything.

use std::collections::BTreeMap;

use relink_core::id::AuthorizationId;
use relink_core::plugin::{AuthMethod, SettingsSchema, Unusable};
use relink_core::secret::Secret;
use relink_store::authorizations::{self, Authorization, FIRST_GENERATION, NewAuthorization, Tokens};
use relink_store::{StoreError, connections};

use crate::credentials::Secrets;
use crate::engine::Engine;
use crate::person::{Person, Role};
use crate::reconnect::verify::{Candidate, Verified};
use crate::reconnect::{CallbackError, Completed, Wanted};
use crate::settle::{self, Grant};
use crate::talk::Explained;

/// What a person typed into the form of a key.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub secrets: BTreeMap<String, Secret>,
    /// What is no secret: a region, a subdomain.
    pub settings: BTreeMap<String, String>,
}

/// What is wrong, and with which field, so that the message can stand beside it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SecretsError {
    pub kind: SecretsErrorKind,
    /// The name of the secret.
    pub field: Option<String>,
    pub message: String,
    /// The settings that are missing or cannot be used.
    pub settings: Vec<Unusable>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretsErrorKind {
    NotFound,
    NotAllowed,
    /// A field is missing, or the provider does not accept the values.
    Refused,
    Host,
}

/// Longer than any key; a paste of something else.
const MAX_SECRET: usize = 16 * 1024;

impl Engine {
    /// Tries the new values with the provider and only then puts them in the place of the old ones.
    /// Secrets that are left empty and settings that are not named keep their old value.
    pub async fn replace_secrets(
        &self,
        person: &Person,
        id: &AuthorizationId,
        typed: Typed,
    ) -> Result<Completed, SecretsError> {
        let authorization = self.repairable(person, id).await?;
        // If the old values no longer open, all must be typed anew.
        let old = Secrets::open(self.sealer(), &authorization).unwrap_or_default();
        let (plugin, method) =
            self.plugin(&authorization.plugin_id, &authorization.auth_method).map_err(|missing| host(&missing))?;
        let asked = SettingsSchema::of(plugin.descriptor()).asked_with(&method);
        let config = asked.typed_into(&authorization.config, &typed.settings).map_err(unusable)?;
        let secrets = read_typed(&method, typed.secrets, &old)?;
        let candidate = Candidate {
            plugin: &plugin,
            method: &method,
            secrets: &secrets,
            config: &config,
            granted_scopes: &[],
            budget_key: authorization.id.as_str(),
        };
        let verified = candidate.verify(self).await.map_err(|explained| refused(&method, &explained))?;
        if !verified.is_login(authorization.subject.as_deref()) {
            let whose = match &verified.identity {
                Some(identity) => format!("belongs to {}", identity.label),
                None => "does not say whose it is".to_owned(),
            };
            return Err(refused_field(
                &method,
                format!("This key {whose}, but this connection uses {}.", authorization.label),
            ));
        }
        let grant = grant_of(secrets, config, verified);
        let healed = settle::settle_secrets(self, &authorization, &grant, &person.user_id)
            .await
            .map_err(|error: CallbackError| host(&error))?;
        Ok(Completed {
            authorization_id: healed.authorization_id,
            return_to: String::new(),
            healed: healed.connections,
            not_healed: healed.not_healed,
            is_new: false,
            client_id: None,
        })
    }

    /// Makes a new authorization of typed secrets, after the provider accepted them.
    pub async fn connect_with_secrets(
        &self,
        person: &Person,
        wanted: &Wanted<'_>,
        secrets: BTreeMap<String, Secret>,
    ) -> Result<AuthorizationId, SecretsError> {
        if !person.may_change(wanted.client) {
            return Err(not_allowed());
        }
        let (plugin, method) = self.plugin(wanted.plugin_id, wanted.auth_method).map_err(|missing| host(&missing))?;
        let asked = SettingsSchema::of(plugin.descriptor()).asked_with(&method);
        let config = asked.typed_into("{}", &wanted.settings).map_err(unusable)?;
        let secrets = read_typed(&method, secrets, &Secrets::default())?;
        let id = AuthorizationId::new();
        let candidate = Candidate {
            plugin: &plugin,
            method: &method,
            secrets: &secrets,
            config: &config,
            granted_scopes: &[],
            budget_key: id.as_str(),
        };
        let verified = candidate.verify(self).await.map_err(|explained| refused(&method, &explained))?;
        let workspace = &person.workspace_id;
        let sealed = secrets.seal(self.sealer(), workspace, &id, FIRST_GENERATION).map_err(|error| host(&error))?;
        let identity = verified.identity.as_ref();
        let new = NewAuthorization {
            workspace_id: workspace.clone(),
            id: id.clone(),
            plugin_id: wanted.plugin_id.to_owned(),
            auth_method: wanted.auth_method.to_owned(),
            subject: identity.map(|identity| identity.subject.clone()),
            label: identity.map_or_else(|| method.label.clone(), |identity| identity.label.clone()),
            config: config.clone(),
            granted_scopes: Vec::new(),
            created_at: self.now(),
            created_by: Some(person.user_id.clone()),
            tokens: Tokens {
                sealed,
                token_issued_at: None,
                access_expires_at: None,
                reauthorize_at: None,
                has_refresh_token: false,
            },
        };
        let mut tx = self.db().begin().await?;
        authorizations::create(&mut tx, &new).await?;
        tx.commit().await?;
        self.changed(workspace);
        Ok(id)
    }

    async fn repairable(&self, person: &Person, id: &AuthorizationId) -> Result<Authorization, SecretsError> {
        let workspace = &person.workspace_id;
        let found = authorizations::find(self.db(), workspace, id).await?;
        let dependents = connections::list_of_authorization(self.db(), workspace, id).await?;
        let not_found = || SecretsError {
            kind: SecretsErrorKind::NotFound,
            field: None,
            message: "There is no such authorization.".to_owned(),
            settings: Vec::new(),
        };
        let authorization = found.filter(|_| person.may_use(&dependents)).ok_or_else(not_found)?;
        if person.role == Role::Viewer { Err(not_allowed()) } else { Ok(authorization) }
    }
}

fn read_typed(
    method: &AuthMethod,
    mut typed: BTreeMap<String, Secret>,
    old: &Secrets,
) -> Result<Secrets, SecretsError> {
    let mut secrets = BTreeMap::new();
    for slot in &method.user_secrets {
        let value = typed.remove(&slot.name).map(|value| Secret::new(value.expose().trim().to_owned()));
        let value = value.filter(|value| !value.expose().is_empty()).or_else(|| old.get(&slot.name).cloned());
        let field = |message: String| refusal(Some(slot.name.clone()), message);
        let value = match value {
            Some(value) => value,
            None if slot.optional => continue,
            None => return Err(field(format!("Enter the {}.", slot.label))),
        };
        if value.expose().len() > MAX_SECRET || value.expose().chars().any(char::is_control) {
            return Err(field(format!("This is not a {}: paste the value alone.", slot.label)));
        }
        secrets.insert(slot.name.clone(), value);
    }
    Ok(Secrets::from_map(secrets))
}

fn grant_of(secrets: Secrets, config: String, verified: Verified) -> Grant {
    Grant {
        secrets,
        granted_scopes: Vec::new(),
        config,
        token_issued_at: None,
        access_expires_at: None,
        reauthorize_at: None,
        verified,
    }
}

fn refused(method: &AuthMethod, explained: &Explained) -> SecretsError {
    refused_field(method, format!("{} Nothing was changed.", explained.diagnosis.message))
}

/// Puts the message beside the first field that is a real secret.
fn refused_field(method: &AuthMethod, message: String) -> SecretsError {
    let field = method.user_secrets.iter().find(|slot| !slot.public).map(|slot| slot.name.clone());
    refusal(field, message)
}

fn refusal(field: Option<String>, message: String) -> SecretsError {
    SecretsError { kind: SecretsErrorKind::Refused, field, message, settings: Vec::new() }
}

fn unusable(settings: Vec<Unusable>) -> SecretsError {
    SecretsError { settings, ..refusal(None, "Look at what is marked below.".to_owned()) }
}

fn not_allowed() -> SecretsError {
    SecretsError {
        kind: SecretsErrorKind::NotAllowed,
        field: None,
        message: "Only people who may change data of this client can do this.".to_owned(),
        settings: Vec::new(),
    }
}

fn host(problem: &impl std::fmt::Display) -> SecretsError {
    tracing::error!(%problem, "secrets could not be taken");
    SecretsError {
        kind: SecretsErrorKind::Host,
        field: None,
        message: "Something went wrong on our side. Nothing was changed; try again in a minute.".to_owned(),
        settings: Vec::new(),
    }
}

impl From<StoreError> for SecretsError {
    fn from(error: StoreError) -> Self {
        host(&error)
    }
}
