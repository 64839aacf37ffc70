//! Providers that can be connected, and how one signs in to them.

use axum::Json;
use axum::extract::State;
use relink_core::plugin::{AuthMethod, Choice, Descriptor, SecretSlot, Setting, SettingsSchema};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shape::Listed;
use crate::app::App;
use crate::auth::extract::Caller;
use crate::pages::lookup::kind_of;
use crate::ui::views::repair::SignInKind;

#[derive(Serialize, ToSchema)]
pub(crate) struct Provider {
    id: String,
    display_name: String,
    aliases: Vec<String>,
    help_url: Option<String>,
    auth_methods: Vec<Method>,
    datasets: Vec<Dataset>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Method {
    id: String,
    label: String,
    /// `oauth`: on the provider's pages. `key`: with values that a person types.
    kind: &'static str,
    /// The values that a person types.
    secrets: Vec<TypedSecret>,
    /// What the plugin wants to know that is no secret.
    settings: Vec<TypedSetting>,
    /// What the provider will ask for, in plain words.
    scopes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TypedSecret {
    name: String,
    label: String,
    /// It may be shown while it is typed, as an address or a user name.
    is_public: bool,
    is_optional: bool,
    /// Where the provider shows it to people.
    help_url: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TypedSetting {
    name: String,
    label: String,
    description: Option<String>,
    /// What is taken if none is given.
    default: Option<String>,
    /// All that can be given; any if there are none.
    choices: Vec<TypedChoice>,
    is_required: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TypedChoice {
    value: String,
    label: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Dataset {
    name: String,
    label: String,
    account_kind: Option<String>,
}

/// List the providers
#[utoipa::path(get, path = "/api/v1/providers", tag = "providers", responses((status = 200, body = Listed<Provider>)))]
pub(crate) async fn list(State(app): State<App>, _: Caller) -> Json<Listed<Provider>> {
    let plugins = app.engine().registry().plugins();
    let provider = |plugin: &std::sync::Arc<relink_runtime::Plugin>| {
        let descriptor = plugin.descriptor();
        Provider {
            id: descriptor.id.clone(),
            display_name: descriptor.display_name.clone(),
            aliases: descriptor.aliases.clone(),
            help_url: descriptor.help_url.clone(),
            auth_methods: descriptor.auth.iter().map(|method| shown(descriptor, method)).collect(),
            datasets: descriptor.datasets.iter().map(dataset).collect(),
        }
    };
    Json(Listed::whole(plugins.iter().map(provider).collect()))
}

fn shown(descriptor: &Descriptor, method: &AuthMethod) -> Method {
    let settings = SettingsSchema::of(descriptor).asked_with(method).settings();
    let scopes = method.oauth2().map(|oauth2| oauth2.scopes.as_slice()).unwrap_or_default();
    Method {
        id: method.id.clone(),
        label: method.label.clone(),
        kind: match kind_of(method) {
            SignInKind::OAuth => "oauth",
            SignInKind::Key => "key",
        },
        secrets: method.user_secrets.iter().map(secret).collect(),
        settings: settings.into_iter().map(setting).collect(),
        scopes: scopes.iter().map(|scope| scope.label.clone()).collect(),
    }
}

fn secret(slot: &SecretSlot) -> TypedSecret {
    TypedSecret {
        name: slot.name.clone(),
        label: slot.label.clone(),
        is_public: slot.public,
        is_optional: slot.optional,
        help_url: slot.help_url.clone().filter(|url| url.starts_with("https://")),
    }
}

fn setting(setting: Setting) -> TypedSetting {
    let Setting { name, label, description, default, choices, is_required } = setting;
    let choices = choices.into_iter().map(|Choice { value, label }| TypedChoice { value, label }).collect();
    TypedSetting { name, label, description, default, choices, is_required }
}

fn dataset(dataset: &relink_core::plugin::Dataset) -> Dataset {
    Dataset { name: dataset.name.clone(), label: dataset.label.clone(), account_kind: dataset.account_kind.clone() }
}
