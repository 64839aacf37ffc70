//! What the control interface does.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Provider, Simulator, answer, clock, courier,
    dispatch::Shared,
    fault::Fault,
    news::Webhook,
    oauth,
    trouble::{Reach, Subject, Trouble},
};

/// Whom a command is about.
#[derive(Deserialize)]
pub(super) struct Target {
    provider: Option<Provider>,
    login: Option<String>,
    key: Option<String>,
    account: Option<String>,
}

impl Target {
    fn subject(&self) -> Subject {
        let who = self.login.clone().or_else(|| self.key.clone());
        Subject { who, account: self.account.clone() }
    }
}

#[derive(Deserialize)]
pub(super) struct FaultCommand {
    #[serde(flatten)]
    target: Target,
    fault: String,
    params: Option<Value>,
    #[serde(default)]
    reach: Reach,
    times: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct KeyCommand {
    provider: Provider,
    key: String,
    #[serde(default)]
    delete: bool,
}

#[derive(Deserialize)]
pub(super) struct TokenCommand {
    provider: Provider,
    login: String,
    client_id: Option<String>,
    scopes: Option<Vec<String>>,
}

/// Without a webhook the provider tells nobody any more.
#[derive(Deserialize)]
pub(super) struct WebhookCommand {
    provider: Provider,
    webhook: Option<Webhook>,
}

#[derive(Deserialize)]
pub(super) struct Settings {
    provider: Provider,
    access_lifetime_s: Option<u64>,
}

pub(super) async fn fault(State(shared): State<Arc<Shared>>, Json(command): Json<FaultCommand>) -> Response {
    let Some(provider) = command.target.provider else {
        return refused("provider is missing");
    };
    let fault = match read_fault(&command.fault, command.params.as_ref()) {
        Ok(fault) => fault,
        Err(error) => return refused(&format!("fault {:?}: {error}", command.fault)),
    };
    let trouble =
        Trouble { provider, subject: command.target.subject(), fault, reach: command.reach, times: command.times };
    if let Some(refusal) = trouble.refusal() {
        return refused(&refusal);
    }
    let letters = shared.with_ledger(|ledger| ledger.place_and_tell(trouble, clock::now()));
    tokio::spawn(courier::deliver(letters));
    done()
}

pub(super) async fn heal(State(shared): State<Arc<Shared>>, Json(target): Json<Target>) -> Response {
    let letters = shared.with_ledger(|ledger| {
        if let Some(provider) = target.provider {
            return ledger.heal_and_tell(provider, &target.subject(), clock::now());
        }
        ledger.heal_all();
        Vec::new()
    });
    tokio::spawn(courier::deliver(letters));
    done()
}

pub(super) async fn webhooks(State(shared): State<Arc<Shared>>, Json(command): Json<WebhookCommand>) -> Response {
    shared.with_ledger(|ledger| ledger.set_webhook(command.provider, command.webhook));
    done()
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    shared.reset();
    done()
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>, Json(command): Json<KeyCommand>) -> Response {
    let provider = command.provider;
    if command.delete {
        let trouble = Trouble::new(provider, &command.key, Fault::KeyDeleted);
        if let Some(refusal) = trouble.refusal() {
            return refused(&refusal);
        }
        shared.with_ledger(|ledger| ledger.place(trouble, clock::now()));
        return done();
    }
    match shared.with_ledger(|ledger| ledger.create_key(provider, &command.key)) {
        Some(key) => answer::json(200, &json!(key)),
        None => refused(&format!("{provider} has no client {:?}", command.key)),
    }
}

pub(super) async fn tokens(State(shared): State<Arc<Shared>>, Json(command): Json<TokenCommand>) -> Response {
    let provider = command.provider;
    if !provider.has_logins() {
        return refused(&format!("{provider} has keys, not tokens"));
    }
    let client_id = command.client_id.as_deref().unwrap_or(Simulator::CLIENT_ID);
    let scopes: Vec<&str> = match &command.scopes {
        Some(scopes) => scopes.iter().map(String::as_str).collect(),
        None => oauth::usual_scopes(provider).to_vec(),
    };
    let tokens = shared.with_ledger(|ledger| {
        oauth::issue_as_if_allowed(ledger, provider, &command.login, client_id, &scopes, clock::now())
    });
    answer::json(200, &json!(tokens))
}

pub(super) async fn settings(State(shared): State<Arc<Shared>>, Json(settings): Json<Settings>) -> Response {
    shared.with_ledger(|ledger| {
        ledger.set_access_lifetime(settings.provider, settings.access_lifetime_s);
    });
    done()
}

/// Parameters that are left out have their usual values.
fn read_fault(name: &str, params: Option<&Value>) -> Result<Fault, serde_json::Error> {
    let tagged = json!({"fault": name, "params": params.cloned().unwrap_or_else(|| json!({}))});
    // Faults without parameters are written without them.
    serde_json::from_value(tagged).or_else(|_| serde_json::from_value(json!({"fault": name})))
}

fn done() -> Response {
    answer::json(200, &json!({"ok": true}))
}

fn refused(problem: &str) -> Response {
    answer::json(422, &json!({"error": problem}))
}
