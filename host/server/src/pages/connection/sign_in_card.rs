//! Through whose login the data comes, and the form for a new key.

use std::collections::BTreeMap;

use relink_core::id::ConnectionId;
use relink_core::plugin::{AuthMethod, Descriptor, SettingsSchema};
use relink_store::authorizations::Authorization;
use relink_store::{StoreError, clients, connections};

use crate::pages::lookup::Lookup;
use crate::pages::visit::Visit;
use crate::ui::views::connection::{HealedSource, SignIn};
use crate::ui::views::key_form::{KeyField, KeyForm};
use crate::ui::views::repair::SignInKind;
use crate::ui::views::settings_form::SettingsForm;
use crate::ui::when::When;

pub(super) fn card(
    visit: &Visit,
    lookup: &Lookup,
    authorization: &Authorization,
    names: &BTreeMap<ConnectionId, String>,
    form: Option<KeyForm>,
) -> SignIn {
    let method = lookup.method(authorization);
    let kind = lookup.sign_in_kind(authorization);
    let key_form = form.or_else(|| known_key_form(lookup, authorization));
    SignIn {
        authorization_id: authorization.id.to_string(),
        kind,
        label: authorization.label.clone(),
        authorized_at: When::at(authorization.authorized_at, visit.now),
        authorized_by: lookup.person(authorization.authorized_by.as_ref()).map(str::to_owned),
        may_read: method.as_ref().map(|method| may_read(method, authorization)).unwrap_or_default(),
        renew_by: authorization.reauthorize_at.map(|moment| When::at(moment, visit.now)),
        used_by: used_by(names),
        key_form: key_form.filter(|_| kind == SignInKind::Key),
    }
}

/// The form for a new key of an authorization, with the settings as they are.
pub(in crate::pages) fn known_key_form(lookup: &Lookup, authorization: &Authorization) -> Option<KeyForm> {
    let plugin = lookup.plugin(&authorization.plugin_id)?;
    let method = plugin.descriptor().auth_method(&authorization.auth_method)?;
    Some(key_form(plugin.descriptor(), method, &authorization.config))
}

/// The fields of a way to sign in; `config` says which settings are known.
pub(in crate::pages) fn key_form(descriptor: &Descriptor, method: &AuthMethod, config: &str) -> KeyForm {
    let field = |slot: &relink_core::plugin::SecretSlot| KeyField {
        name: slot.name.clone(),
        label: slot.label.clone(),
        value: String::new(),
        is_public: slot.public,
        is_optional: slot.optional,
        help_url: slot.help_url.clone().filter(|url| url.starts_with("https://")),
        error: None,
    };
    KeyForm {
        method: method.id.clone(),
        fields: method.user_secrets.iter().map(field).collect(),
        settings: settings_form(descriptor, method, config),
        error: None,
    }
}

/// The fields for what people are asked for with a way to sign in.
pub(in crate::pages) fn settings_form(descriptor: &Descriptor, method: &AuthMethod, config: &str) -> SettingsForm {
    let asked = SettingsSchema::of(descriptor).asked_with(method);
    SettingsForm::new(&method.id, &asked, &asked.known(config))
}

/// The granted scopes in the plugin's plain words.
fn may_read(method: &AuthMethod, authorization: &Authorization) -> Vec<String> {
    let scopes = method.oauth2().map(|oauth2| oauth2.scopes.as_slice()).unwrap_or_default();
    let granted = scopes.iter().filter(|scope| authorization.granted_scopes.contains(&scope.name));
    granted.map(|scope| scope.label.clone()).collect()
}

/// What the data sources of a sign-in are called, as far as the person may see them:
/// "Acme Outdoor · 123-456-7890".
pub(super) async fn source_names(
    visit: &Visit,
    authorization: &Authorization,
) -> Result<BTreeMap<ConnectionId, String>, StoreError> {
    let workspace = &authorization.workspace_id;
    let clients = clients::list(visit.db(), workspace).await?;
    let clients: BTreeMap<_, _> = clients.into_iter().map(|client| (client.id, client.name)).collect();
    let dependents = connections::list_of_authorization(visit.db(), workspace, &authorization.id).await?;
    let visible = dependents.into_iter().filter(|connection| visit.person().may_see(&connection.client_id));
    let named = visible.map(|connection| {
        let client = clients.get(&connection.client_id).map_or("", String::as_str);
        (connection.id, format!("{client} · {}", connection.account_label))
    });
    Ok(named.collect())
}

fn used_by(names: &BTreeMap<ConnectionId, String>) -> Vec<HealedSource> {
    let source =
        |(id, name): (&ConnectionId, &String)| HealedSource { connection_id: id.to_string(), name: name.clone() };
    names.iter().map(source).collect()
}
