//! Names that pages need again and again: of people, of providers, of ways to sign in.

use std::collections::BTreeMap;
use std::sync::Arc;

use relink_core::id::{UserId, WorkspaceId};
use relink_core::plugin::{AuthKind, AuthMethod};
use relink_core::time::Timestamp;
use relink_runtime::Plugin;
use relink_store::authorizations::Authorization;
use relink_store::incidents::{Incident, Resolution, Scope};
use relink_store::{StoreError, users};

use crate::app::App;
use crate::ui::views::notices::Resolved;
use crate::ui::views::provider::Provider;
use crate::ui::views::repair::SignInKind;
use crate::ui::when::{self, When};
use crate::ui::words::{Case, Words};

pub(super) struct Lookup {
    app: App,
    people: BTreeMap<UserId, String>,
    pub(super) now: Timestamp,
}

/// What the wording of an incident needs besides the incident.
pub(super) struct Circumstances<'a> {
    pub(super) authorization: Option<&'a Authorization>,
    /// The account, where it is one account that cannot be read.
    pub(super) account: Option<&'a str>,
    pub(super) last_success_at: Option<Timestamp>,
}

impl Lookup {
    pub(super) async fn new(app: &App, workspace: &WorkspaceId, now: Timestamp) -> Result<Self, StoreError> {
        let people = users::list(app.engine().db(), workspace).await?;
        let people = people.into_iter().map(|user| (user.id, user.name)).collect();
        Ok(Self { app: app.clone(), people, now })
    }

    pub(super) fn person(&self, id: Option<&UserId>) -> Option<&str> {
        self.people.get(id?).map(String::as_str)
    }

    pub(super) fn plugin(&self, id: &str) -> Option<Arc<Plugin>> {
        self.app.engine().registry().get(id)
    }

    /// The provider behind a plugin, also while the plugin is not loaded.
    pub(super) fn provider(&self, plugin_id: &str) -> Provider {
        let name = self.plugin(plugin_id).map(|plugin| plugin.descriptor().display_name.clone());
        Provider::new(plugin_id, name.unwrap_or_else(|| plugin_id.to_owned()))
    }

    pub(super) fn method(&self, authorization: &Authorization) -> Option<AuthMethod> {
        self.plugin(&authorization.plugin_id)?.descriptor().auth_method(&authorization.auth_method).cloned()
    }

    /// How people sign in; a plugin that is not loaded is judged by what the authorization records.
    pub(super) fn sign_in_kind(&self, authorization: &Authorization) -> SignInKind {
        match self.method(authorization) {
            Some(method) => kind_of(&method),
            None if authorization.token_issued_at.is_some() => SignInKind::OAuth,
            None => SignInKind::Key,
        }
    }

    pub(super) fn words(&self, incident: &Incident, circumstances: &Circumstances<'_>) -> Words {
        let authorization = circumstances.authorization;
        let method = authorization.and_then(|authorization| self.method(authorization));
        let data_until = circumstances.last_success_at.map(|moment| when::day(moment, self.now));
        Words::of(&Case {
            reason: incident.reason,
            cause: incident.cause.as_deref(),
            actor: incident.actor,
            remedy: incident.remedy,
            provider: &self.provider(&incident.plugin_id).name,
            login: authorization.map_or("this server", |authorization| &authorization.label),
            account: circumstances.account.filter(|_| incident.scope == Scope::Connection),
            authorized_by: authorization.and_then(|authorization| self.person(authorization.authorized_by.as_ref())),
            opened_on: &when::day(incident.opened_at, self.now),
            data_until: data_until.as_deref(),
            message: &incident.message,
            reauthorize_days: method.as_ref().and_then(|method| method.oauth2()?.reauthorize_days),
            uses_key: authorization.is_some_and(|found| self.sign_in_kind(found) == SignInKind::Key),
        })
    }

    pub(super) fn resolved(&self, incident: &Incident) -> Option<Resolved> {
        let at = When::at(incident.resolved_at?, self.now);
        let by = self.person(incident.resolved_by.as_ref()).map(|name| format!(" by {name}")).unwrap_or_default();
        let how = match incident.resolution {
            Some(Resolution::Reconnected) => format!("Reconnected{by}"),
            Some(Resolution::KeyReplaced) => format!("Key updated{by}"),
            Some(Resolution::Removed) => format!("Stopped{by}"),
            Some(Resolution::Superseded) => "Something else is wrong now".to_owned(),
            Some(Resolution::Recovered) | None => "Recovered by itself".to_owned(),
        };
        Some(Resolved { how, at })
    }
}

/// On the provider's own pages, or with values that a person types.
pub(crate) fn kind_of(method: &AuthMethod) -> SignInKind {
    match method.kind {
        AuthKind::OAuth2Code(_) | AuthKind::OAuth1(_) => SignInKind::OAuth,
        AuthKind::OAuth2ClientCredentials(_) | AuthKind::StaticSecret => SignInKind::Key,
    }
}
