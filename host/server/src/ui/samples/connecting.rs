//! The steps of connecting a data source.

use super::connections::{key_form, settings_form};
use super::parts::{choices, google, shell};
use super::{Sample, sample};
use crate::ui::views::connect::{
    AccountChoice, ConnectAccounts, ConnectMethod, ConnectProvider, ExistingSignIn, Method, ProviderChoice, Way,
};
use crate::ui::views::provider::Provider;
use crate::ui::views::shell::Section;

pub(super) fn connecting() -> Vec<Sample> {
    let choice = |id: &str, name: &str, offers: &str| ProviderChoice {
        provider: Provider::new(id, name),
        offers: offers.to_owned(),
    };
    let pick = ConnectProvider {
        shell: shell(Section::DataSources),
        client_id: "cli_1".to_owned(),
        search: String::new(),
        providers: vec![
            choice("ahrefs", "Ahrefs", "Backlinks, domain rating, keywords"),
            choice("google-ads", "Google Ads", "Campaigns, spend and clicks"),
            choice("linkedin-ads", "LinkedIn Ads", "Campaigns and their results"),
        ],
    };
    let no_match = ConnectProvider {
        shell: shell(Section::DataSources),
        client_id: String::new(),
        search: "zebra".to_owned(),
        providers: Vec::new(),
    };
    let scopes = vec!["See your campaigns and their results".to_owned(), "See your e-mail address".to_owned()];
    let method = |id: &str, label: &str, way| Method { id: id.to_owned(), label: label.to_owned(), way };
    let existing = |label: &str, is_broken| ExistingSignIn {
        authorization_id: "auth_1".to_owned(),
        label: label.to_owned(),
        used_by: 3,
        is_broken,
    };
    let methods = ConnectMethod {
        shell: shell(Section::DataSources),
        provider: google(),
        client_id: "cli_1".to_owned(),
        methods: vec![
            method("oauth", "Sign in at Google Ads", Way::OAuth { scopes, settings: settings_form("oauth") }),
            method("api-key", "With an API key", Way::Key(key_form(false))),
            method("service", "With a service account", Way::NotSetUp),
        ],
        existing: vec![existing("ana@northside.example", true), existing("tom@northside.example", false)],
        help_url: Some("https://support.google.com/google-ads".to_owned()),
    };
    let account = |id: &str, label: &str, note: Option<&str>| AccountChoice {
        id: id.to_owned(),
        label: label.to_owned(),
        detail: format!("{id} · through Northside MCC"),
        is_selected: note.is_none(),
        note: note.map(str::to_owned),
    };
    let accounts = ConnectAccounts {
        shell: shell(Section::DataSources),
        provider: google(),
        authorization_id: "auth_1".to_owned(),
        login: "ana@northside.example".to_owned(),
        accounts: vec![
            account("123-456-7890", "Search", None),
            account("555-010-2233", "Brand", Some("Already connected for Bluebird Cafe")),
        ],
        clients: choices(&["Acme Outdoor", "Bluebird Cafe"]),
        new_client: String::new(),
        error: Some("Choose at least one account.".to_owned()),
    };
    vec![
        sample("connect-provider", &pick),
        sample("connect-provider-no-match", &no_match),
        sample("connect-method", &methods),
        sample("connect-accounts", &accounts),
    ]
}
