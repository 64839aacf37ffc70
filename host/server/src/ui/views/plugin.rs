//! `/plugins/{id}` and `/plugins/install`: one plugin, and how another comes.

use askama::Template;
use relink_runtime::Refusal;

use crate::ui::icon;
use crate::ui::views::plugins::{PluginAction, PluginState};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::Shell;
use crate::ui::views::webhook::WebhookAddress;
use crate::ui::when::When;

#[derive(Template)]
#[template(path = "plugin.html")]
pub(crate) struct PluginPage {
    pub(crate) shell: Shell,
    pub(crate) provider: Provider,
    pub(crate) state: PluginState,
    /// Of what is in service, or of the file that is not.
    pub(crate) version: String,
    pub(crate) about: About,
    /// Files that claim to be this plugin and wait or were refused.
    pub(crate) aside: Vec<Aside>,
    pub(crate) figures: FiguresRow,
    pub(crate) reach: Vec<ReachGroup>,
    pub(crate) app_secrets: Vec<AppSecretRow>,
    pub(crate) versions: Vec<VersionRow>,
    /// "12 data sources in 3 workspaces".
    pub(crate) used_by: String,
    /// Empty for those who may only look.
    pub(crate) actions: Vec<PluginAction>,
    /// The version that a rollback would bring back.
    pub(crate) previous: Option<String>,
    /// Who alone may publish the plugin although it was removed.
    pub(crate) reserved_for: Option<String>,
    /// Nothing is left of it but that.
    pub(crate) is_removed: bool,
}

/// What there is to know of the version in service.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub(crate) publisher: Option<String>,
    pub(crate) contract: Option<&'static str>,
    pub(crate) digest: Option<String>,
    pub(crate) loaded_at: Option<When>,
    /// The size of the component.
    pub(crate) size: Option<String>,
    /// Where the provider sends people back to; the operator registers it there.
    pub(crate) redirect_uri: Option<String>,
    /// Where it sends messages by itself, if it does.
    pub(crate) webhook: Option<WebhookAddress>,
}

/// A file that is not in service.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    pub(crate) version: String,
    pub(crate) digest: String,
    /// Who signed it.
    pub(crate) publisher: Option<String>,
    pub(crate) waits: bool,
    /// What it asks for beyond what was granted.
    pub(crate) asks: Vec<String>,
    pub(crate) refusal: Refusal,
}

/// What calls have cost, in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct FiguresRow {
    pub(crate) calls: String,
    /// Half of the calls took no longer; none before the first one.
    pub(crate) p50: Option<String>,
    pub(crate) p99: Option<String>,
    pub(crate) faults: String,
    pub(crate) has_faults: bool,
    pub(crate) peak_memory: Option<String>,
    /// None until the first call brings the code in.
    pub(crate) code: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct ReachGroup {
    pub(crate) heading: &'static str,
    pub(crate) items: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct AppSecretRow {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) is_set: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct VersionRow {
    pub(crate) version: String,
    pub(crate) installed_at: When,
    pub(crate) is_in_service: bool,
    /// Why it was taken out of service for good.
    pub(crate) withdrawn: Option<String>,
    /// None if it was not in service since the start.
    pub(crate) figures: Option<FiguresRow>,
}

#[derive(Template)]
#[template(path = "plugin_install.html")]
pub(crate) struct InstallPage {
    pub(crate) shell: Shell,
    /// Why the last file was not taken.
    pub(crate) refusal: Option<Refusal>,
    /// What is wrong with the form itself.
    pub(crate) error: Option<String>,
    /// Whether this host takes only what publishers have signed.
    pub(crate) needs_signature: bool,
}
