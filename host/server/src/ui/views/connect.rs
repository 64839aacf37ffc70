//! Connecting a data source: provider, way of signing in, accounts.

use askama::Template;

use crate::ui::icon;
use crate::ui::views::data_sources::Choice;
use crate::ui::views::key_form::KeyForm;
use crate::ui::views::provider::Provider;
use crate::ui::views::settings_form::SettingsForm;
use crate::ui::views::shell::Shell;

/// `/connect`: which provider?
#[derive(Template)]
#[template(path = "connect_provider.html")]
pub(crate) struct ConnectProvider {
    pub(crate) shell: Shell,
    /// The client for whom it is, if known.
    pub(crate) client_id: String,
    /// What was searched for.
    pub(crate) search: String,
    pub(crate) providers: Vec<ProviderChoice>,
}

#[derive(Clone, Debug)]
pub(crate) struct ProviderChoice {
    pub(crate) provider: Provider,
    /// What can be read, from the labels of its datasets.
    pub(crate) offers: String,
}

/// `/connect?plugin=…`: how to sign in?
#[derive(Template)]
#[template(path = "connect_method.html")]
pub(crate) struct ConnectMethod {
    pub(crate) shell: Shell,
    pub(crate) provider: Provider,
    pub(crate) client_id: String,
    pub(crate) methods: Vec<Method>,
    /// Logins that are already here and could be used again.
    pub(crate) existing: Vec<ExistingSignIn>,
    /// The provider's own help on connecting.
    pub(crate) help_url: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) way: Way,
}

#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// On the provider's own pages, which will ask for these permissions.
    OAuth {
        scopes: Vec<String>,
        settings: SettingsForm,
    },
    Key(KeyForm),
    /// The operator has not given the host what it needs for this.
    NotSetUp,
}

/// A login that is already connected. A broken one is not offered: choosing it would repair nothing.
#[derive(Clone, Debug)]
pub(crate) struct ExistingSignIn {
    pub(crate) authorization_id: String,
    pub(crate) label: String,
    pub(crate) used_by: usize,
    pub(crate) is_broken: bool,
}

/// `/connect/{authorization_id}/accounts`: which accounts, and for whom?
#[derive(Template)]
#[template(path = "connect_accounts.html")]
pub(crate) struct ConnectAccounts {
    pub(crate) shell: Shell,
    pub(crate) provider: Provider,
    pub(crate) authorization_id: String,
    /// Whose login it is.
    pub(crate) login: String,
    pub(crate) accounts: Vec<AccountChoice>,
    pub(crate) clients: Vec<Choice>,
    pub(crate) new_client: String,
    pub(crate) error: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct AccountChoice {
    pub(crate) id: String,
    pub(crate) label: String,
    /// "Ad account", and the manager account through which it is reached.
    pub(crate) detail: String,
    pub(crate) is_selected: bool,
    /// "Already connected for Acme Outdoor"
    pub(crate) note: Option<String>,
}
