//! The secrets of one authorization: sealed in the store, open only here and in egress.

use std::collections::BTreeMap;

use relink_core::id::{AuthorizationId, WorkspaceId};
use relink_core::secret::Secret;
use relink_egress::Credentials;
use relink_store::authorizations::{Authorization, sealed_place};
use relink_store::seal::{SealError, Sealer};

use crate::settings::AppSecrets;

pub(crate) const ACCESS_TOKEN: &str = "access_token";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

/// The secrets of an authorization by name: tokens, or what a person typed.
#[derive(Clone, Default)]
pub(crate) struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    pub(crate) fn from_map(map: BTreeMap<String, Secret>) -> Self {
        Self(map)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    pub(crate) fn insert(&mut self, name: &str, value: Secret) {
        self.0.insert(name.to_owned(), value);
    }

    /// Seals the secrets for exactly this authorization and generation: moved elsewhere they do not open.
    pub(crate) fn seal(
        &self,
        sealer: &Sealer,
        workspace: &WorkspaceId,
        id: &AuthorizationId,
        generation: i64,
    ) -> Result<Vec<u8>, SealError> {
        let plain: BTreeMap<&str, &str> =
            self.0.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
        let plain = Secret::new(serde_json::to_string(&plain).expect("texts are JSON"));
        sealer.seal(&sealed_place(workspace, id, generation), &plain)
    }

    pub(crate) fn open(sealer: &Sealer, authorization: &Authorization) -> Result<Self, SealError> {
        let place = sealed_place(&authorization.workspace_id, &authorization.id, authorization.generation);
        let plain = sealer.open(&place, &authorization.sealed)?;
        let no_map = |_| SealError::DoesNotOpen { place: format!("the map of secrets of {}", authorization.id) };
        let map: BTreeMap<String, String> = serde_json::from_str(plain.expose()).map_err(no_map)?;
        Ok(Self(map.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()))
    }

    /// These secrets and the operator's, as egress places them. The refresh token stays behind: no
    /// request of a plugin has a use for it.
    pub(crate) fn with_app_secrets(&self, app: &AppSecrets, plugin_id: &str, method_id: &str) -> Credentials {
        let own = self.0.iter().filter(|(name, _)| *name != REFRESH_TOKEN);
        own.fold(app_credentials(app, plugin_id, method_id), |credentials, (name, secret)| {
            credentials.with(name.clone(), secret.clone())
        })
    }
}

/// The operator's secrets for one auth method of one plugin.
pub(crate) fn app_credentials(app: &AppSecrets, plugin_id: &str, method_id: &str) -> Credentials {
    let secrets = app.get(plugin_id).and_then(|methods| methods.get(method_id)).into_iter().flatten();
    secrets.fold(Credentials::new(), |credentials, (name, secret)| credentials.with(name.clone(), secret.clone()))
}
