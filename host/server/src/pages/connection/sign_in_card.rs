//! Through whose login the data comes, and the form for a new key.

use relink_core::plugin::AuthMethod;
use relink_store::authorizations::Authorization;
use relink_store::connections::{self, Connection};
use relink_store::{StoreError, clients};

use crate::pages::lookup::Lookup;
use crate::pages::visit::Visit;
use crate::ui::views::connection::{HealedSource, SignIn};
use crate::ui::views::key_form::{KeyField, KeyForm};
use crate::ui::views::repair::SignInKind;
use crate::ui::when::When;

pub(super) async fn card(
    visit: &Visit,
    lookup: &Lookup,
    authorization: &Authorization,
    form: Option<KeyForm>,
) -> Result<SignIn, StoreError> {
    let method = lookup.method(authorization);
    let kind = lookup.sign_in_kind(authorization);
    let key_form = form.or_else(|| method.as_ref().map(|method| key_form(method, |_| None)));
    Ok(SignIn {
        authorization_id: authorization.id.to_string(),
        kind,
        label: authorization.label.clone(),
        authorized_at: When::at(authorization.authorized_at, visit.now),
        authorized_by: lookup.person(authorization.authorized_by.as_ref()).map(str::to_owned),
        may_read: method.as_ref().map(|method| may_read(method, authorization)).unwrap_or_default(),
        renew_by: authorization.reauthorize_at.map(|moment| When::at(moment, visit.now)),
        used_by: used_by(visit, authorization).await?,
        key_form: key_form.filter(|_| kind == SignInKind::Key),
    })
}

/// The fields of a way to sign in; `problem` says what is wrong with the one of a name.
pub(in crate::pages) fn key_form(method: &AuthMethod, problem: impl Fn(&str) -> Option<String>) -> KeyForm {
    let field = |slot: &relink_core::plugin::SecretSlot| KeyField {
        name: slot.name.clone(),
        label: slot.label.clone(),
        value: String::new(),
        is_public: slot.public,
        help_url: slot.help_url.clone().filter(|url| url.starts_with("https://")),
        error: problem(&slot.name),
    };
    KeyForm { method: method.id.clone(), fields: method.user_secrets.iter().map(field).collect(), error: None }
}

/// The granted scopes in the plugin's plain words.
fn may_read(method: &AuthMethod, authorization: &Authorization) -> Vec<String> {
    let scopes = method.oauth2().map(|oauth2| oauth2.scopes.as_slice()).unwrap_or_default();
    let granted = scopes.iter().filter(|scope| authorization.granted_scopes.contains(&scope.name));
    granted.map(|scope| scope.label.clone()).collect()
}

async fn used_by(visit: &Visit, authorization: &Authorization) -> Result<Vec<HealedSource>, StoreError> {
    let workspace = &authorization.workspace_id;
    let dependents = connections::list_of_authorization(visit.db(), workspace, &authorization.id).await?;
    let mut sources = Vec::new();
    for connection in dependents.iter().filter(|connection| visit.person().may_see(&connection.client_id)) {
        let name = name_of(visit, connection).await?;
        sources.push(HealedSource { connection_id: connection.id.to_string(), name });
    }
    Ok(sources)
}

/// "Acme Outdoor · 123-456-7890"
pub(super) async fn name_of(visit: &Visit, connection: &Connection) -> Result<String, StoreError> {
    let client = clients::find(visit.db(), &connection.workspace_id, &connection.client_id).await?;
    let client = client.map(|client| client.name).unwrap_or_default();
    Ok(format!("{client} · {}", connection.account_label))
}
