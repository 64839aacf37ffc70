//! The remaining pages.

use axum::http::StatusCode;

use super::parts::{CSRF, SUPPORT, ago, ahrefs, client, google, notices, rows, shell, viewer_shell};
use super::{Sample, sample};
use crate::ui::views::clients::{ClientPage, ClientRow, Clients};
use crate::ui::views::help::HelpReason;
use crate::ui::views::notices::NoticesPage;
use crate::ui::views::plugins::{PluginAction, PluginRow, PluginState, Plugins};
use crate::ui::views::problem::Problem;
use crate::ui::views::provider::Provider;
use crate::ui::views::settings::{PersonRow, Settings, TokenRow};
use crate::ui::views::shell::Section;
use crate::ui::views::sign_in::{Login, Welcome};
use crate::ui::views::webhook::WebhookAddress;
use crate::ui::words::help;

pub(super) fn the_others() -> Vec<Sample> {
    let client_row = |name: &str, data_sources, broken, expires_soon| ClientRow {
        id: client(name).id,
        name: name.to_owned(),
        data_sources,
        broken,
        expires_soon,
    };
    let clients = vec![
        client_row("Acme Outdoor", 12, 1, 0),
        client_row("Bluebird Cafe", 6, 2, 0),
        client_row("Cobalt Systems", 9, 0, 1),
        client_row("Delta Foods", 4, 0, 0),
        client_row("Echo Travel", 0, 0, 0),
    ];
    let client_page = |rows| ClientPage {
        shell: shell(Section::Clients),
        id: "cli_1".to_owned(),
        name: "Acme Outdoor".to_owned(),
        incidents: Vec::new(),
        rows,
    };
    let mut notices_open = notices();
    let notices_resolved = notices_open.split_off(2);
    let no_notices = NoticesPage { shell: viewer_shell(), open: Vec::new(), resolved: Vec::new() };
    let help = help::by_code("invalid-refresh-token").unwrap();
    vec![
        sample("clients", &Clients { shell: shell(Section::Clients), clients }),
        sample("clients-empty", &Clients { shell: viewer_shell(), clients: Vec::new() }),
        sample("client", &client_page(rows())),
        sample("client-empty", &client_page(Vec::new())),
        sample(
            "notices",
            &NoticesPage { shell: shell(Section::Other), open: notices_open, resolved: notices_resolved },
        ),
        sample("notices-empty", &no_notices),
        sample("plugins", &Plugins { shell: shell(Section::Plugins), plugins: plugins() }),
        sample("plugins-empty", &Plugins { shell: shell(Section::Plugins), plugins: Vec::new() }),
        sample("settings", &settings()),
        sample(
            "help",
            &HelpReason {
                shell: shell(Section::Other),
                help,
                others: help::all().iter().map(|help| (help.code, help.title)).collect(),
            },
        ),
        sample(
            "login",
            &Login {
                csrf: CSRF.to_owned(),
                email: "tom@northside.example".to_owned(),
                return_to: "/data-sources".to_owned(),
                error: Some("The e-mail address or the password does not match.".to_owned()),
                notice: None,
                support_url: SUPPORT.to_owned(),
            },
        ),
        sample(
            "welcome",
            &Welcome {
                csrf: CSRF.to_owned(),
                token: "welcome-token".to_owned(),
                workspace: "Northside Agency".to_owned(),
                name: "Olga Owner".to_owned(),
                email: "olga".to_owned(),
                name_error: None,
                email_error: Some("Write the whole address, with an @ in it.".to_owned()),
                password_error: Some("Use at least 12 characters.".to_owned()),
                password_min_length: 12,
                support_url: SUPPORT.to_owned(),
            },
        ),
        sample("problem-not-found", &Problem::of(StatusCode::NOT_FOUND, SUPPORT)),
        sample(
            "problem-server",
            &Problem {
                reference: Some("req_01JD".to_owned()),
                ..Problem::of(StatusCode::INTERNAL_SERVER_ERROR, SUPPORT)
            },
        ),
    ]
}

fn plugins() -> Vec<PluginRow> {
    let row = |provider, state, hosts: &[&str]| PluginRow {
        provider,
        version: "1.2.0".to_owned(),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        redirect_uri: Some("https://relink.example/oauth/callback/wsp_1/google".to_owned()),
        webhook: Some(WebhookAddress {
            label: "Event receiver endpoint".to_owned(),
            address: "https://relink.example/webhooks/ws_1/google".to_owned(),
            help_url: Some("https://developers.google.com/identity/protocols/risc".to_owned()),
        }),
        state,
        data_sources: 12,
        publisher: Some("Acme Inc".to_owned()),
        asks: Vec::new(),
        actions: vec![PluginAction { name: "disable", label: "Switch off".to_owned() }],
    };
    vec![
        row(ahrefs(), PluginState::Running, &["api.ahrefs.com"]),
        row(
            google(),
            PluginState::NotSetUp { missing: vec!["client_id".to_owned(), "client_secret".to_owned()] },
            &["accounts.google.com", "oauth2.googleapis.com", "googleads.googleapis.com"],
        ),
        row(
            Provider::new("copper", "Copper"),
            PluginState::Failed { why: "It asks for a host feature that this version does not have.".to_owned() },
            &["api.copper.com"],
        ),
        row(Provider::new("x-ads", "X Ads"), PluginState::Removed, &["ads-api.x.com"]),
    ]
}

fn settings() -> Settings {
    let person = |name: &str, role: &str, clients: &str, is_active| PersonRow {
        name: name.to_owned(),
        email: format!("{}@northside.example", name.to_lowercase()),
        role: role.to_owned(),
        clients: clients.to_owned(),
        is_active,
    };
    let token = |id: &str, last_used_at| TokenRow {
        id: id.to_owned(),
        name: format!("Dashboard {id}"),
        owner: "Tom Reyes".to_owned(),
        created_at: ago(90_000),
        last_used_at,
    };
    Settings {
        shell: shell(Section::Settings),
        people: vec![
            person("Olga", "Owner", "All clients", true),
            person("Sam", "Staff", "Acme Outdoor", true),
            person("Ana", "Staff", "All clients", false),
        ],
        tokens: vec![token("tok_1", Some(ago(3))), token("tok_2", None)],
        new_token: Some("rlk_4f6d0c1b9a8e7d6c5b4a39281706f5e4".to_owned()),
        token_name: String::new(),
        token_error: None,
    }
}
