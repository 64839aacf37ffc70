use relink_core::plugin::{
    AuthKind, BodyFormat, Budget, BudgetKey, CredentialUse, Place, Placement, Refresh, SecretSlot, SettingsSchema,
    Signer, TokenAuth,
};

use super::*;

fn oauth2() -> OAuth2 {
    OAuth2 {
        authorize_url: "https://login.example.com/authorize".to_owned(),
        token_url: "https://api.example.com/token".to_owned(),
        revoke_url: None,
        scopes: Vec::new(),
        scope_separator: " ".to_owned(),
        pkce: true,
        token_auth: TokenAuth::Body,
        token_body: BodyFormat::Form,
        param_names: Vec::new(),
        authorize_params: Vec::new(),
        reconnect_params: Vec::new(),
        login_hint_param: None,
        token_params: Vec::new(),
        refresh_params: Vec::new(),
        refresh: Refresh::None,
        token_pointers: Vec::new(),
        keep: Vec::new(),
        assumed_lifetime_s: None,
        reauthorize_days: None,
        issuer: None,
    }
}

fn credential_use(secret: &str) -> CredentialUse {
    let placement = Placement {
        secret: secret.to_owned(),
        place: Place::Header,
        name: "authorization".to_owned(),
        prefix: "Bearer ".to_owned(),
        suffix: String::new(),
    };
    CredentialUse { name: "default".to_owned(), placements: vec![placement], signer: None, hosts: Vec::new() }
}

fn method(kind: AuthKind, credential_use: CredentialUse) -> AuthMethod {
    let slot = SecretSlot {
        name: "client_secret".to_owned(),
        label: String::new(),
        help_url: None,
        public: false,
        optional: false,
    };
    AuthMethod {
        id: "oauth".to_owned(),
        label: String::new(),
        kind,
        app_secrets: vec![slot],
        user_secrets: Vec::new(),
        uses: vec![credential_use],
    }
}

fn descriptor(method: AuthMethod) -> Descriptor {
    Descriptor {
        id: "example".to_owned(),
        display_name: "Example".to_owned(),
        aliases: Vec::new(),
        version: "1.0.0".to_owned(),
        requires: Vec::new(),
        hosts: vec!["api.example.com".to_owned(), "*.example.net".to_owned()],
        auth: vec![method],
        datasets: Vec::new(),
        budgets: Vec::new(),
        config_schema: "{}".to_owned(),
        help_url: None,
        inbound: None,
    }
}

fn with_oauth2(oauth2: OAuth2) -> Descriptor {
    descriptor(method(AuthKind::OAuth2Code(oauth2), credential_use("access_token")))
}

/// Checks that there is exactly one problem, and that it names what it is about.
fn check_problem(descriptor: &Descriptor, about: &str) {
    let problems = check_descriptor(descriptor).unwrap_err();
    assert!(problems.len() == 1 && problems[0].to_string().contains(about), "{problems:?}");
}

#[test]
fn an_honest_descriptor_has_no_problem() {
    assert_eq!(check_descriptor(&with_oauth2(oauth2())), Ok(()));
    let key = method(AuthKind::StaticSecret, credential_use("client_secret"));
    assert_eq!(check_descriptor(&descriptor(key)), Ok(()));
}

#[test]
fn the_token_endpoint_must_be_a_host_of_the_plugin() {
    for url in ["https://evil.test/token", "http://api.example.com/token", "https://127.0.0.1/"] {
        check_problem(&with_oauth2(OAuth2 { token_url: url.to_owned(), ..oauth2() }), "token-url");
        let revoke_url = Some(url.to_owned());
        check_problem(&with_oauth2(OAuth2 { revoke_url, ..oauth2() }), "revoke-url");
    }
    let authorize_url = "http://login.example.com/".to_owned();
    check_problem(&with_oauth2(OAuth2 { authorize_url, ..oauth2() }), "authorize-url");
}

#[test]
fn what_people_type_leads_nowhere_else_than_the_example_did() {
    let authorize_url = "https://{settings.shop}.com/oauth".to_owned();
    let mut descriptor = with_oauth2(OAuth2 { authorize_url, ..oauth2() });
    descriptor.hosts.push("x.com".to_owned());
    descriptor.config_schema = r#"{"properties":{"shop":{"type":"string"}}}"#.to_owned();
    let address = |shop: &str| {
        let config = format!(r#"{{"shop":"{shop}"}}"#);
        SettingsSchema::of(&descriptor).address("https://{settings.shop}.com/oauth", &config).unwrap()
    };
    assert!(is_within(&descriptor, &address("x")));
    assert!(!is_within(&descriptor, &address("evil")));
}

#[test]
fn uses_must_name_what_the_host_has() {
    let undeclared = method(AuthKind::OAuth2Code(oauth2()), credential_use("api_key"));
    check_problem(&descriptor(undeclared), "api_key");
    let no_token = method(AuthKind::StaticSecret, credential_use("access_token"));
    check_problem(&descriptor(no_token), "access_token");
    let mut signed = credential_use("access_token");
    signed.signer = Some(Signer { name: "sorcery".to_owned(), params: Vec::new() });
    let signed = method(AuthKind::OAuth2Code(oauth2()), signed);
    check_problem(&descriptor(signed), "sorcery");
}

#[test]
fn hosts_that_are_too_wide_are_problems() {
    for host in ["*", "*.com", "*.co.uk", "127.0.0.1", "API.example.com", "example.com:443"] {
        let mut wide = with_oauth2(oauth2());
        wide.hosts.push(host.to_owned());
        check_problem(&wide, host);
        let mut wide = with_oauth2(oauth2());
        wide.auth[0].uses[0].hosts.push(host.to_owned());
        check_problem(&wide, host);
    }
}

#[test]
fn a_budget_without_calls_is_a_problem() {
    let mut stuck = with_oauth2(oauth2());
    stuck.budgets.push(Budget {
        name: "none".to_owned(),
        calls: 0,
        per_ms: 1_000,
        hosts: Vec::new(),
        key: BudgetKey::App,
    });
    check_problem(&stuck, "none");
}
