//! Sends the browser to the provider.

use oauth2::{CsrfToken, PkceCodeChallenge};
use relink_core::id::{AuthorizationId, ClientId, ReconnectionId, WorkspaceId};
use relink_core::plugin::{AuthMethod, OAuth2, SettingsSchema, TokenAuth};
use relink_core::secret::Secret;
use relink_runtime::Plugin;
use relink_store::reconnections::sealed_place;
use relink_store::{authorizations, connections, reconnections, token::token_hash};
use url::Url;

use super::{Begun, ReconnectError, Wanted};
use crate::credentials::app_credentials;
use crate::engine::Engine;
use crate::person::{Person, Role};

/// How long a person may take on the provider's pages.
const FLOW_MS: i64 = 600_000;
const STATE_BYTES: u32 = 32;

/// What a flow is begun for.
struct Flow<'a> {
    authorization_id: Option<&'a AuthorizationId>,
    client_id: Option<&'a ClientId>,
    login_hint: Option<&'a str>,
    /// JSON of the settings that are known.
    config: &'a str,
}

impl Engine {
    /// Begins to repair an authorization; the browser is then sent to `authorize_url`.
    ///
    /// It needs nothing from the provider or the old grant, so it works however dead they are.
    pub async fn begin_reconnect(
        &self,
        person: &Person,
        id: &AuthorizationId,
        session_hash: &[u8],
        return_to: &str,
    ) -> Result<Begun, ReconnectError> {
        let found = authorizations::find(self.db(), &person.workspace_id, id).await?;
        let authorization = found.ok_or(ReconnectError::NotFound)?;
        let dependents = connections::list_of_authorization(self.db(), &person.workspace_id, id).await?;
        if !person.may_use(&dependents) {
            return Err(ReconnectError::NotFound);
        }
        if person.role == Role::Viewer {
            return Err(ReconnectError::NotAllowed);
        }
        let (plugin, method) = self.reconnectable(&authorization.plugin_id, &authorization.auth_method)?;
        let flow = Flow {
            authorization_id: Some(id),
            client_id: None,
            login_hint: Some(&authorization.label),
            config: &authorization.config,
        };
        self.begin(person, &plugin, &method, &flow, session_hash, return_to).await
    }

    /// Begins a new authorization.
    pub async fn begin_connect(
        &self,
        person: &Person,
        wanted: &Wanted<'_>,
        session_hash: &[u8],
        return_to: &str,
    ) -> Result<Begun, ReconnectError> {
        if !person.may_change(wanted.client) {
            return Err(ReconnectError::NotAllowed);
        }
        let (plugin, method) = self.reconnectable(wanted.plugin_id, wanted.auth_method)?;
        let asked = SettingsSchema::of(plugin.descriptor()).asked_with(&method);
        let config = asked.typed_into("{}", &wanted.settings).map_err(ReconnectError::Settings)?;
        let flow = Flow { authorization_id: None, client_id: Some(wanted.client), login_hint: None, config: &config };
        self.begin(person, &plugin, &method, &flow, session_hash, return_to).await
    }

    fn reconnectable(
        &self,
        plugin_id: &str,
        method_id: &str,
    ) -> Result<(std::sync::Arc<Plugin>, AuthMethod), ReconnectError> {
        self.plugin(plugin_id, method_id).map_err(|missing| ReconnectError::Plugin(missing.to_string()))
    }

    async fn begin(
        &self,
        person: &Person,
        plugin: &Plugin,
        method: &AuthMethod,
        flow: &Flow<'_>,
        session_hash: &[u8],
        return_to: &str,
    ) -> Result<Begun, ReconnectError> {
        let display_name = &plugin.descriptor().display_name;
        let oauth2 = method.oauth2().ok_or_else(|| ReconnectError::NotOAuth(display_name.clone()))?;
        let client_id = self.app_client_id(plugin, method, oauth2)?;
        let page = SettingsSchema::of(plugin.descriptor())
            .address(&oauth2.authorize_url, flow.config)
            .map_err(ReconnectError::Plugin)?;
        if !relink_egress::is_within(plugin.descriptor(), &page) {
            return Err(ReconnectError::Plugin(format!(
                "{display_name} would sign in at {page}, which is none of its hosts"
            )));
        }
        let state = CsrfToken::new_random_len(STATE_BYTES);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let id = ReconnectionId::new();
        let redirect_uri = self.redirect_uri(&person.workspace_id, plugin.id());
        let sealed = self
            .sealer()
            .seal(&sealed_place(&person.workspace_id, &id), &Secret::new(verifier.into_secret()))
            .map_err(|error| ReconnectError::Host(error.to_string()))?;

        let now = self.now();
        let mut tx = self.db().begin().await?;
        let new = reconnections::NewReconnection {
            workspace_id: person.workspace_id.clone(),
            id: id.clone(),
            authorization_id: flow.authorization_id.cloned(),
            plugin_id: plugin.id().to_owned(),
            auth_method: method.id.clone(),
            client_id: flow.client_id.cloned(),
            user_id: person.user_id.clone(),
            session_hash: session_hash.to_vec(),
            state_hash: token_hash(state.secret()).to_vec(),
            sealed,
            redirect_uri: redirect_uri.clone(),
            return_to: return_to.to_owned(),
            config: flow.config.to_owned(),
            created_at: now,
            expires_at: now.plus_ms(FLOW_MS),
        };
        reconnections::create(&mut tx, &new).await?;
        tx.commit().await?;

        let authorize_url = AuthorizeUrl { page: &page, oauth2, client_id: &client_id, redirect_uri: &redirect_uri }
            .build(state.secret(), challenge.as_str(), flow)
            .map_err(|error| {
                ReconnectError::Plugin(format!("the authorize URL of {display_name} is wrong: {error}"))
            })?;
        Ok(Begun { reconnection_id: id, authorize_url: self.egress().routes().rewrite(&authorize_url) })
    }

    fn app_client_id(&self, plugin: &Plugin, method: &AuthMethod, oauth2: &OAuth2) -> Result<String, ReconnectError> {
        let app = app_credentials(&self.settings().app_secrets, plugin.id(), &method.id);
        let missing = |secret: &str| ReconnectError::MissingAppSecret {
            plugin: plugin.descriptor().display_name.clone(),
            secret: secret.to_owned(),
        };
        if oauth2.token_auth != TokenAuth::None && app.get("client_secret").is_none() {
            return Err(missing("client_secret"));
        }
        Ok(app.get("client_id").ok_or_else(|| missing("client_id"))?.expose().to_owned())
    }

    /// What the operator registers at the provider for one plugin: no two workspaces or plugins share it, so an
    /// answer that was meant for one cannot be given to another.
    pub fn redirect_uri(&self, workspace: &WorkspaceId, plugin_id: &str) -> String {
        let base = self.settings().base_url.as_str().trim_end_matches('/');
        format!("{base}/oauth/callback/{workspace}/{plugin_id}")
    }
}

struct AuthorizeUrl<'a> {
    page: &'a str,
    oauth2: &'a OAuth2,
    client_id: &'a str,
    redirect_uri: &'a str,
}

impl AuthorizeUrl<'_> {
    /// RFC 6749 section 4.1.1 with RFC 7636, under the provider's own names.
    fn build(&self, state: &str, challenge: &str, flow: &Flow<'_>) -> Result<Url, url::ParseError> {
        let oauth2 = self.oauth2;
        let scopes: Vec<&str> = oauth2.scopes.iter().map(|scope| scope.name.as_str()).collect();
        let scope = scopes.join(&oauth2.scope_separator);
        let mut parameters: Vec<(&str, &str)> = vec![
            (oauth2.param_name("response_type"), "code"),
            (oauth2.param_name("client_id"), self.client_id),
            (oauth2.param_name("redirect_uri"), self.redirect_uri),
            (oauth2.param_name("state"), state),
        ];
        if !scope.is_empty() {
            parameters.push((oauth2.param_name("scope"), &scope));
        }
        if oauth2.pkce {
            parameters.push(("code_challenge", challenge));
            parameters.push(("code_challenge_method", "S256"));
        }
        if let (Some(name), Some(hint)) = (&oauth2.login_hint_param, flow.login_hint) {
            parameters.push((name, hint));
        }
        let renewal = oauth2.reconnect_params.iter().filter(|_| flow.authorization_id.is_some());
        for extra in oauth2.authorize_params.iter().chain(renewal) {
            if is_protected(oauth2, &extra.name) {
                continue;
            }
            parameters.retain(|(name, _)| *name != extra.name);
            parameters.push((&extra.name, &extra.value));
        }
        let mut url = Url::parse(self.page)?;
        url.query_pairs_mut().extend_pairs(parameters);
        Ok(url)
    }
}

/// What binds the flow to this host and browser is never a plugin's to replace.
fn is_protected(oauth2: &OAuth2, name: &str) -> bool {
    ["client_id", "redirect_uri", "state"].iter().any(|standard| oauth2.param_name(standard) == name)
        || name.starts_with("code_challenge")
}
