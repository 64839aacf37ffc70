//! The pages about plugins.

use super::parts::{ago, ahrefs, google, shell};
use super::{Sample, sample};
use crate::ui::views::plugin::{
    About, AppSecretRow, Aside, FiguresRow, InstallPage, PluginPage, ReachGroup, VersionRow,
};
use crate::ui::views::plugins::{Doubts, PluginAction, PluginRow, PluginState, Plugins};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::{Section, Shell};
use crate::ui::views::webhook::WebhookAddress;
use relink_runtime::{Gate, Refusal};

pub(super) fn plugins() -> Vec<Sample> {
    let list = |shell, plugins| Plugins { shell, plugins };
    let install = |refusal, error| InstallPage { shell: operator(), refusal, error, needs_signature: false };
    let waiting = PluginPage { aside: vec![aside(true), aside(false)], ..plugin(operator()) };
    let error = Some("Choose the file of the plugin.".to_owned());
    vec![
        sample("plugins", &list(operator(), rows())),
        sample("plugins-empty", &list(operator(), Vec::new())),
        sample("plugins-read-only", &list(reader(), rows())),
        sample("plugin", &plugin(operator())),
        sample("plugin-waiting", &waiting),
        sample("plugin-suspected", &PluginPage { state: suspected(), ..plugin(operator()) }),
        sample(
            "plugin-suspected-read-only",
            &PluginPage { state: suspected(), actions: Vec::new(), previous: None, ..plugin(reader()) },
        ),
        sample("plugin-read-only", &PluginPage { actions: Vec::new(), previous: None, ..plugin(reader()) }),
        sample("plugin-removed", &removed(operator())),
        sample("plugin-removed-read-only", &removed(reader())),
        sample("plugin-install", &install(None, error)),
        sample("plugin-install-refused", &install(Some(refusal()), None)),
    ]
}

fn operator() -> Shell {
    shell(Section::Plugins)
}

fn reader() -> Shell {
    let mut shell = operator();
    shell.person.may_operate = false;
    shell
}

fn rows() -> Vec<PluginRow> {
    let row = |provider, state, refusal, figures| PluginRow {
        provider,
        has_page: true,
        version: "1.2.0".to_owned(),
        state,
        refusal,
        figures,
        data_sources: 12,
        publisher: Some("Acme Inc".to_owned()),
    };
    let missing = vec!["Client id".to_owned(), "Client secret".to_owned()];
    vec![
        row(ahrefs(), PluginState::Running, None, Some(figures())),
        row(google(), PluginState::NotSetUp { missing }, None, Some(FiguresRow::default())),
        row(Provider::new("meta", "Meta Ads"), suspected(), None, Some(figures())),
        row(Provider::new("copper", "Copper"), PluginState::Failed, Some(refusal()), None),
        row(Provider::new("x-ads", "X Ads"), PluginState::Removed, None, None),
    ]
}

fn suspected() -> PluginState {
    PluginState::Doubted(Doubts { since: ago(12), until: ago(0), reporting: 14, failing: 12, held: 8 })
}

fn plugin(shell: Shell) -> PluginPage {
    let version = |version: &str, is_in_service, withdrawn: Option<&str>| VersionRow {
        version: version.to_owned(),
        installed_at: ago(90_000),
        is_in_service,
        withdrawn: withdrawn.map(str::to_owned),
        figures: is_in_service.then(figures),
    };
    PluginPage {
        shell,
        provider: google(),
        state: PluginState::RolledBack,
        version: "1.1.0".to_owned(),
        about: About {
            publisher: Some("Acme Inc".to_owned()),
            contract: Some("0.1"),
            digest: Some("5f".repeat(32)),
            loaded_at: Some(ago(3)),
            size: Some("412 KiB".to_owned()),
            redirect_uri: Some("https://relink.example/oauth/callback/wsp_1/google".to_owned()),
            webhook: Some(WebhookAddress {
                label: "Event receiver endpoint".to_owned(),
                address: "https://relink.example/webhooks/wsp_1/google".to_owned(),
                help_url: Some("https://developers.google.com/identity/protocols/risc".to_owned()),
            }),
        },
        aside: Vec::new(),
        figures: figures(),
        reach: vec![ReachGroup {
            heading: "Talks to",
            items: vec!["oauth2.googleapis.com".to_owned(), "googleads.googleapis.com".to_owned()],
        }],
        app_secrets: [true, false]
            .map(|is_set| AppSecretRow { name: "oauth/client_id".to_owned(), label: "Client id".to_owned(), is_set })
            .to_vec(),
        versions: vec![
            version("1.2.0", false, Some("it had too many faults")),
            version("1.1.0", true, None),
            version("1.0.0", false, None),
        ],
        used_by: "12 data sources in 3 workspaces".to_owned(),
        actions: vec![PluginAction { name: "disable", label: "Switch off", icon: "pause" }],
        previous: Some("1.0.0".to_owned()),
        reserved_for: None,
        is_removed: false,
    }
}

/// Nothing is left but whose it was.
fn removed(shell: Shell) -> PluginPage {
    PluginPage {
        state: PluginState::Removed,
        version: String::new(),
        about: About::default(),
        figures: FiguresRow::default(),
        reach: Vec::new(),
        app_secrets: Vec::new(),
        versions: Vec::new(),
        actions: Vec::new(),
        previous: None,
        reserved_for: Some("Acme Inc".to_owned()),
        is_removed: true,
        ..plugin(shell)
    }
}

fn aside(waits: bool) -> Aside {
    Aside {
        version: "1.3.0".to_owned(),
        digest: "7c".repeat(32),
        publisher: Some("Acme Inc".to_owned()),
        waits,
        asks: vec!["talks to more.googleapis.com".to_owned()],
        refusal: refusal(),
    }
}

fn figures() -> FiguresRow {
    FiguresRow {
        calls: "12,402".to_owned(),
        p50: Some("38 µs".to_owned()),
        p99: Some("1.2 ms".to_owned()),
        faults: "3".to_owned(),
        has_faults: true,
        peak_memory: Some("1.5 MiB".to_owned()),
        code: Some("2.1 MiB".to_owned()),
    }
}

fn refusal() -> Refusal {
    Refusal {
        gate: Gate::Imports,
        found: "the component imports wasi:http/outgoing-handler".to_owned(),
        expected: "no import but relink:plugin/diag".to_owned(),
        fix: "build without the standard library's network".to_owned(),
    }
}

#[test]
fn who_may_only_look_gets_no_button_that_changes_plugins() {
    for Sample { name, html } in plugins().into_iter().filter(|sample| sample.name.ends_with("read-only")) {
        assert!(!html.contains("action=\"/plugins/") && !html.contains("href=\"/plugins/install\""), "{name}");
    }
}
