//! Guests to order: small plugins in WebAssembly text, honest until a test changes a part.

use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use relink_core::plugin::{Context, Event, Facts, Failure, Message, Operation, Phase};
use relink_core::time::Timestamp;
use relink_runtime::{Compile, Limits, Loader, LoaderConfig, Plugin, Proof, Refusal};
use serde_json::{Value, json};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, Type, WorldItem};

use crate::abi::Memory;

/// Runs for ever.
pub(crate) const LOOP: &str = "(loop $l (br $l)) unreachable";

const ANSWERS_AT: usize = 1024;

/// What a guest is made of. Each function is either its answer, or WebAssembly text in its place.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) descriptor: Value,
    pub(crate) diagnosis: Value,
    pub(crate) step_out: Value,
    pub(crate) migrated: Value,
    pub(crate) signals: Value,
    pub(crate) describe: Option<String>,
    pub(crate) classify: Option<String>,
    pub(crate) step: Option<String>,
    pub(crate) migrate: Option<String>,
    pub(crate) receive: Option<String>,
    pub(crate) realloc: String,
    /// Before the memory: imports.
    pub(crate) imports: String,
    /// After it: functions, globals, data.
    pub(crate) extra: String,
    pub(crate) pages: u32,
    pub(crate) wit: String,
    pub(crate) version: String,
}

impl Default for Guest {
    fn default() -> Self {
        Self::of_contract("0.2")
    }
}

impl Guest {
    /// As a plugin that was built for this version of the contract.
    pub(crate) fn of_contract(folder: &str) -> Self {
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit").join(folder).join("plugin.wit");
        Self {
            descriptor: descriptor(),
            diagnosis: diagnosis(),
            step_out: step_out(),
            migrated: json!([4, 5]),
            signals: json!([{"about": {"subject": "42"}, "event": "failed", "at": 1_700_000_000_000_u64}]),
            describe: None,
            classify: None,
            step: None,
            migrate: None,
            receive: None,
            realloc: "
                (local $address i32)
                (local.set $address (i32.and
                    (i32.add (global.get $heap) (i32.sub (local.get 2) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get 2))))
                (global.set $heap (i32.add (local.get $address) (local.get 3)))
                (local.get $address)"
                .to_owned(),
            imports: String::new(),
            extra: String::new(),
            pages: 4,
            wit: std::fs::read_to_string(wit).unwrap(),
            version: format!("{folder}.0"),
        }
    }

    pub(crate) fn with_version(version: &str) -> Self {
        let mut guest = Self::default();
        guest.descriptor["version"] = json!(version);
        guest
    }

    pub(crate) fn named(id: &str) -> Self {
        let mut guest = Self::default();
        guest.descriptor["id"] = json!(id);
        guest
    }

    pub(crate) fn stepping(body: &str) -> Self {
        Self { step: Some(body.to_owned()), ..Self::default() }
    }

    pub(crate) fn component(&self) -> Vec<u8> {
        self.component_with(|module| module).unwrap()
    }

    /// The component around what `change` makes of the core module, if it can become one.
    pub(crate) fn component_with(&self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Option<Vec<u8>> {
        let mut resolve = Resolve::default();
        if self.wit.contains("import wasi:") {
            let wasi = "package wasi:filesystem@0.2.3; interface types { open: func(); }";
            resolve.push_str("wasi.wit", wasi).unwrap();
        }
        let package = resolve.push_str("plugin.wit", &self.wit).unwrap();
        let world = resolve.select_world(&[package], Some("plugin")).unwrap();
        let mut module = change(wat::parse_str(self.text(&resolve, world)).unwrap());
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).ok()?;
        ComponentEncoder::default().module(&module).ok()?.encode().ok()
    }

    fn is_of_0_1(&self) -> bool {
        self.version.starts_with("0.1.")
    }

    fn text(&self, resolve: &Resolve, world: wit_parser::WorldId) -> String {
        let provider = format!("relink:plugin/provider@{}", self.version);
        let mut memory = Memory::new(resolve, ANSWERS_AT);
        let mut answer = |function: &str, value: &Value| {
            let address = memory.place(&result_type(resolve, world, function), value);
            format!("(i32.const {address})")
        };
        let describe = self.describe.clone().unwrap_or_else(|| answer("describe", &self.descriptor));
        let classify = self.classify.clone().unwrap_or_else(|| answer("classify", &self.diagnosis));
        let step = self.step.clone().unwrap_or_else(|| answer("step", &self.step_out));
        let newer = if self.is_of_0_1() {
            String::new()
        } else {
            let migrate = self.migrate.clone().unwrap_or_else(|| answer("migrate", &self.migrated));
            let receive = self.receive.clone().unwrap_or_else(|| answer("receive", &self.signals));
            format!(
                r#"(func (export "{provider}#migrate") (param i32 i32 i32 i32) (result i32) {migrate})
                (func (export "{provider}#receive") (param i64 i32 i32 i32 i32 i32 i32) (result i32) {receive})"#
            )
        };
        let Memory { bytes, .. } = memory;
        let Self { imports, extra, pages, realloc, .. } = self;
        let heap = (ANSWERS_AT + bytes.len()).next_multiple_of(64);
        let data = bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:02x}").unwrap();
            text
        });
        format!(
            r#"(module
                {imports}
                (memory (export "memory") {pages})
                (global $heap (mut i32) (i32.const {heap}))
                {extra}
                (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
                (func (export "{provider}#describe") (result i32) {describe})
                (func (export "{provider}#classify") (param i32) (result i32) {classify})
                (func (export "{provider}#step") (param i32) (result i32) {step})
                {newer}
                (data (i32.const {ANSWERS_AT}) "{data}"))"#
        )
    }
}

fn result_type(resolve: &Resolve, world: wit_parser::WorldId, function: &str) -> Type {
    let mut interfaces = resolve.worlds[world].exports.values().filter_map(|item| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    resolve.interfaces[interfaces.next().unwrap()].functions[function].result.unwrap()
}

pub(crate) fn descriptor() -> Value {
    json!({
        "id": "acme",
        "display-name": "Acme",
        "aliases": ["acme-ads"],
        "version": "1.0.0",
        "requires": [],
        "hosts": ["api.acme.com", "login.acme.com"],
        "auth": [oauth(), api_key()],
        "datasets": [{
            "name": "campaigns",
            "label": "campaigns and spend",
            "primary-key": ["id", "day"],
            "row-schema": r#"{"type":"object","properties":{"id":{},"day":{}}}"#,
            "account-kind": null,
            "mode": {"daily": {"day-field": "day", "max-window-days": 30, "restate-days": 3, "history-days": null}},
        }],
        "budgets": [{"name": "calls", "calls": 10, "per-ms": 1000, "hosts": ["api.acme.com"], "key": "app"}],
        "config-schema": "{}",
        "help-url": "https://acme.com/help",
        "inbound": inbound(),
    })
}

fn oauth() -> Value {
    json!({
        "id": "oauth",
        "label": "Log in with Acme",
        "kind": {"oauth2-code": {
            "authorize-url": "https://login.acme.com/authorize",
            "token-url": "https://login.acme.com/token",
            "revoke-url": "https://login.acme.com/revoke",
            "scopes": [{"name": "ads", "label": "See your campaigns", "required": true}],
            "scope-separator": " ",
            "pkce": true,
            "token-auth": "body",
            "token-body": "form",
            "param-names": [],
            "authorize-params": [{"name": "access_type", "value": "offline"}],
            "reconnect-params": [{"name": "prompt", "value": "consent"}],
            "login-hint-param": "login_hint",
            "token-params": [],
            "refresh-params": [],
            "refresh": {"refresh-token": {"grace-s": 60}},
            "token-pointers": [{"name": "access_token", "value": "/data/token"}],
            "keep": [{"source": "token-answer", "name": "region", "into-config": "region"}],
            "assumed-lifetime-s": 3600,
            "reauthorize-days": null,
            "issuer": "https://login.acme.com",
        }},
        "app-secrets": [
            {"name": "client_id", "label": "Client id", "help-url": null, "public": true, "optional": false},
            {"name": "webhook_secret", "label": "Webhook secret", "help-url": null, "public": false, "optional": true},
        ],
        "user-secrets": [],
        "uses": [{
            "name": "default",
            "placements": [{"secret": "access_token", "where": "header", "name": "authorization", "prefix": "Bearer ", "suffix": ""}],
            "signer": null,
            "hosts": ["api.acme.com"],
        }],
    })
}

fn api_key() -> Value {
    json!({
        "id": "api-key",
        "label": "Paste a key",
        "kind": "static-secret",
        "app-secrets": [],
        "user-secrets": [{"name": "api_key", "label": "API key", "help-url": "https://acme.com/keys", "public": false, "optional": false}],
        "uses": [{
            "name": "key",
            "placements": [{"secret": "api_key", "where": "query", "name": "key", "prefix": "", "suffix": ""}],
            "signer": null,
            "hosts": [],
        }],
    })
}

/// As many providers do it: a moment and the body, hashed with a secret of the operator.
fn inbound() -> Value {
    let sent_at = json!({"header-item": {"header": "acme-signature", "item": "t"}});
    json!({
        "label": "Webhook URL",
        "proof": {"hmac": {
            "secret": "webhook_secret",
            "hash": "sha256",
            "signature": {"header-item": {"header": "acme-signature", "item": "v1"}},
            "prefix": "",
            "encoding": "hex",
            "content": [{"value": sent_at}, {"text": "."}, "body"],
            "sent-at": {"source": sent_at, "milliseconds": false, "tolerance-s": 300},
        }},
        "handshake": {"echo": {"challenge": "challenge", "token": "verify_token", "secret": "webhook_secret"}},
        "help-url": "https://acme.com/webhooks",
    })
}

pub(crate) fn diagnosis() -> Value {
    json!({
        "reason": "provider-specific",
        "code": "acme.subscription-lapsed",
        "cause": "subscription-lapsed",
        "certainty": "certain",
        "blast": "authorization",
        "actor": "account-admin",
        "remedy": "fix-billing",
        "retry-after-ms": 5000,
        "message": "The subscription has lapsed.",
        "help-url": "https://acme.com/billing",
    })
}

pub(crate) fn step_out() -> Value {
    json!({
        "state": [1, 2, 3],
        "found": [
            {"rows": {"dataset": "campaigns", "rows": "{\"id\":1,\"day\":\"2026-01-01\"}\n"}},
            {"identity": {"subject": "42", "label": "ann@example.com"}},
            {"account": {"id": "act_1", "label": "Main", "kind": null, "parent": "act_0"}},
        ],
        "throttle": {"budget": "calls", "remaining": 3, "resets-at": 1_800_000_060_000_u64},
        "next": {"send": request()},
    })
}

pub(crate) fn request() -> Value {
    json!({
        "method": "GET",
        "url": "https://api.acme.com/campaigns",
        "headers": [{"name": "accept", "value": "application/json"}],
        "body": null,
        "credential": "default",
        "deliver": {"chunks": {"framing": {"csv": {"delimiter": ";", "header": true, "skip-lines": 2}}, "max-bytes": 65536}},
        "timeout-ms": 5000,
        "idempotent": true,
    })
}

/// Limits for tests: deadlines that a busy machine keeps, and that a test can wait for.
pub(crate) fn limits() -> Limits {
    Limits {
        describe_deadline: Duration::from_secs(2),
        classify_deadline: Duration::from_millis(300),
        step_deadline: Duration::from_millis(300),
        rest_after_refusal: Duration::from_millis(20),
        ..Limits::default()
    }
}

pub(crate) fn load(guest: &Guest) -> Result<Plugin, Refusal> {
    load_bytes(&guest.component())
}

pub(crate) fn load_bytes(component: &[u8]) -> Result<Plugin, Refusal> {
    static LOADER: LazyLock<Loader> = LazyLock::new(|| {
        let supported_features = vec!["auth:oauth1".to_owned(), "signer:hmac".to_owned()];
        let (compile, proof) = (Compile::Here, Proof::Fixtures);
        Loader::new(LoaderConfig { limits: limits(), cache_dir: None, compile, proof, supported_features }).unwrap()
    });
    LOADER.load(component)
}

pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

pub(crate) fn context() -> Context {
    let config = "{}".to_owned();
    Context { now: NOW, seed: vec![7; 16], config, auth_method: "oauth".to_owned(), account: Some("act_1".to_owned()) }
}

pub(crate) fn start() -> Event {
    Event::Start(Operation::Probe)
}

pub(crate) fn message() -> Message {
    Message { now: NOW, headers: Vec::new(), query: Vec::new(), body: b"{\"user\":\"42\"}".to_vec() }
}

pub(crate) fn failure() -> Failure {
    Failure {
        now: NOW,
        phase: Phase::Sync,
        auth_method: "oauth".to_owned(),
        status: Some(403),
        headers: Vec::new(),
        body: b"{\"error\":\"subscription\"}".to_vec(),
        transport: None,
        redirect_query: None,
        dataset: Some("campaigns".to_owned()),
        account: None,
        facts: Facts::default(),
    }
}
