//! Connecting a data source: first the provider, then the way to sign in.

use axum::extract::Query;
use axum::response::Response;
use http::StatusCode;
use relink_core::id::ClientId;
use relink_core::plugin::{AuthMethod, Descriptor};
use relink_engine::{ReconnectError, SecretsErrorKind, Wanted};
use relink_store::{StoreError, authorizations, clients, connections};
use serde::Deserialize;

use crate::pages::form::Fields;
use crate::pages::lookup::kind_of;
use crate::pages::secrets::filled;
use crate::pages::visit::Visit;
use crate::pages::{connection, see_other};
use crate::ui::views::connect::{ConnectMethod, ConnectProvider, ExistingSignIn, Method, ProviderChoice, Way};
use crate::ui::views::provider::Provider;
use crate::ui::views::repair::SignInKind;
use crate::ui::views::shell::Section;
use crate::web::trouble::Trouble;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    plugin: String,
    #[serde(default)]
    client: String,
    #[serde(default)]
    search: String,
}

pub(super) async fn page(visit: Visit, Query(wish): Query<Wish>) -> Result<Response, Trouble> {
    refuse_viewers(&visit)?;
    if !wish.plugin.is_empty() {
        let page = methods_page(&visit, &wish.plugin, &wish.client, |_, way| way).await?;
        return Ok(visit.respond(&page));
    }
    let lookup = visit.lookup().await?;
    let search = wish.search.trim().to_lowercase();
    let plugins = visit.app.engine().registry().plugins();
    let choices = plugins.iter().map(|plugin| choice(plugin.descriptor()));
    let page = ConnectProvider {
        shell: visit.shell(Section::DataSources, &lookup).await?,
        client_id: wish.client,
        providers: choices.filter(|choice| matches(choice, &search)).collect(),
        search: wish.search,
    };
    Ok(visit.respond(&page))
}

fn choice(descriptor: &Descriptor) -> ProviderChoice {
    let mut offers: Vec<&str> = descriptor.datasets.iter().map(|dataset| dataset.label.as_str()).collect();
    offers.dedup();
    ProviderChoice { provider: Provider::new(&descriptor.id, &descriptor.display_name), offers: offers.join(", ") }
}

fn matches(choice: &ProviderChoice, search: &str) -> bool {
    choice.provider.name.to_lowercase().contains(search) || choice.offers.to_lowercase().contains(search)
}

pub(super) fn refuse_viewers(visit: &Visit) -> Result<(), Trouble> {
    if visit.identity.may_repair() {
        return Ok(());
    }
    Err(Trouble::forbidden("Your role does not include connecting data sources."))
}

/// The ways to sign in; `adjust` may fill in the form of one of them.
async fn methods_page(
    visit: &Visit,
    plugin_id: &str,
    client_id: &str,
    adjust: impl Fn(&AuthMethod, Way) -> Way,
) -> Result<ConnectMethod, Trouble> {
    let lookup = visit.lookup().await?;
    let plugin = lookup.plugin(plugin_id).ok_or_else(Trouble::not_found)?;
    let descriptor = plugin.descriptor();
    let method = |method: &AuthMethod| Method {
        id: method.id.clone(),
        label: method.label.clone(),
        way: adjust(method, way(visit, descriptor, method)),
    };
    Ok(ConnectMethod {
        shell: visit.shell(Section::DataSources, &lookup).await?,
        provider: lookup.provider(plugin_id),
        client_id: client_id.to_owned(),
        methods: descriptor.auth.iter().map(method).collect(),
        existing: existing(visit, plugin_id).await?,
        help_url: descriptor.help_url.clone().filter(|url| url.starts_with("https://")),
    })
}

fn way(visit: &Visit, descriptor: &Descriptor, method: &AuthMethod) -> Way {
    if !missing_app_secrets(&visit.app, &descriptor.id, method).is_empty() {
        return Way::NotSetUp;
    }
    match (kind_of(method), method.oauth2()) {
        (SignInKind::OAuth, Some(oauth2)) => Way::OAuth {
            scopes: oauth2.scopes.iter().map(|scope| scope.label.clone()).collect(),
            settings: connection::settings_form(descriptor, method, "{}"),
        },
        (SignInKind::OAuth, None) => Way::NotSetUp,
        (SignInKind::Key, _) => Way::Key(connection::key_form(descriptor, method, "{}")),
    }
}

/// The secrets of the app that the operator has yet to set for a way to sign in.
pub(crate) fn missing_app_secrets(app: &crate::app::App, plugin_id: &str, method: &AuthMethod) -> Vec<String> {
    let set = app.engine().settings().app_secrets.get(plugin_id).and_then(|methods| methods.get(&method.id));
    let is_missing = |name: &str| set.is_none_or(|set| !set.contains_key(name));
    let slots = method.app_secrets.iter().filter(|slot| !slot.optional && is_missing(&slot.name));
    slots.map(|slot| slot.label.clone()).collect()
}

/// The sign-ins that are already here and whose data the person may see some of.
async fn existing(visit: &Visit, plugin_id: &str) -> Result<Vec<ExistingSignIn>, StoreError> {
    let workspace = &visit.person().workspace_id;
    let mut sign_ins = Vec::new();
    for authorization in authorizations::list(visit.db(), workspace, Some(plugin_id)).await? {
        let dependents = connections::list_of_authorization(visit.db(), workspace, &authorization.id).await?;
        let used_by = dependents.iter().filter(|connection| visit.person().may_see(&connection.client_id)).count();
        if used_by > 0 || dependents.is_empty() {
            sign_ins.push(ExistingSignIn {
                authorization_id: authorization.id.to_string(),
                label: authorization.label,
                used_by,
                is_broken: authorization.incident_id.is_some(),
            });
        }
    }
    Ok(sign_ins)
}

pub(super) async fn begin(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    refuse_viewers(&visit)?;
    let (plugin_id, method_id) = (fields.get("plugin"), fields.get("method"));
    let lookup = visit.lookup().await?;
    let plugin = lookup.plugin(plugin_id).ok_or_else(Trouble::not_found)?;
    let method = plugin.descriptor().auth_method(method_id).ok_or_else(Trouble::not_found)?.clone();
    let client = client_of(&visit, fields.get("client_id")).await?;
    let wanted = Wanted { plugin_id, auth_method: method_id, client: &client, settings: fields.settings() };
    let engine = visit.app.engine();
    match kind_of(&method) {
        SignInKind::OAuth => {
            let session = &visit.session().token_hash;
            match engine.begin_connect(visit.person(), &wanted, session, "/data-sources").await {
                Ok(begun) => Ok(see_other(begun.authorize_url.as_str())),
                Err(ReconnectError::Settings(unusable)) => {
                    refused(visit, &fields, |way| match way {
                        Way::OAuth { scopes, settings } => {
                            Way::OAuth { scopes, settings: settings.refused(&wanted.settings, &unusable) }
                        }
                        way => way,
                    })
                    .await
                }
                Err(error) => Err(error.into()),
            }
        }
        SignInKind::Key => match engine.connect_with_secrets(visit.person(), &wanted, fields.typed().secrets).await {
            Ok(id) => Ok(see_other(&format!("/connect/{id}/accounts?client={client}"))),
            Err(error) if error.kind == SecretsErrorKind::Refused => {
                refused(visit, &fields, |way| match way {
                    Way::Key(form) => Way::Key(filled(form, &fields, &error)),
                    way => way,
                })
                .await
            }
            Err(error) => Err(error.into()),
        },
    }
}

/// The page once more; `say` says what is wrong with the way that was tried.
async fn refused(visit: Visit, fields: &Fields, say: impl Fn(Way) -> Way) -> Result<Response, Trouble> {
    let here = format!("/connect?plugin={}", fields.get("plugin"));
    let visit = visit.at(&here);
    let adjust = |method: &AuthMethod, way: Way| if method.id == fields.get("method") { say(way) } else { way };
    let page = methods_page(&visit, fields.get("plugin"), fields.get("client_id"), adjust).await?;
    Ok(visit.respond_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// The client for whom it is. Without one, the first that the person may see stands in: which client
/// gets which account is chosen afterwards.
async fn client_of(visit: &Visit, id: &str) -> Result<ClientId, Trouble> {
    let all = clients::list(visit.db(), &visit.person().workspace_id).await?;
    let mut visible = all.into_iter().map(|client| client.id).filter(|client| visit.person().may_change(client));
    let found = if id.is_empty() { visible.next() } else { visible.find(|client| client.as_str() == id) };
    match found {
        Some(client) => Ok(client),
        None if id.is_empty() => crate::pages::connect_accounts::make_client(visit, "First client").await,
        None => Err(Trouble::not_found()),
    }
}
