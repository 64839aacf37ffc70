//! What the control interface tells.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Provider, answer, clock,
    dispatch::Shared,
    fault::Fault,
    ledger::{Key, Ledger, TokenKind},
    trouble::Subject,
    world::{Account, world},
};

const RECENT_ON_PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct Prefix {
    prefix: String,
}

pub(super) async fn state(State(shared): State<Arc<Shared>>) -> Response {
    let now = clock::now();
    let (mut providers, troubles, lifetimes) = shared.with_ledger(|ledger| {
        let providers: Vec<Value> = Provider::ALL.iter().map(|provider| describe(*provider, ledger, now)).collect();
        (providers, json!(ledger.troubles()), json!(ledger.access_lifetimes()))
    });
    let traffic = shared.traffic();
    for (provider, description) in Provider::ALL.iter().zip(&mut providers) {
        description["counts"] = json!(traffic.counts(*provider));
    }
    let recent: Vec<_> = traffic.recent().rev().take(RECENT_ON_PAGE).collect();
    answer::json(
        200,
        &json!({
            "providers": providers,
            "troubles": troubles,
            "access_lifetimes_s": lifetimes,
            "recent": recent,
        }),
    )
}

pub(super) async fn log(State(shared): State<Arc<Shared>>) -> Response {
    let traffic = shared.traffic();
    answer::json(200, &json!({"requests": traffic.recent().collect::<Vec<_>>()}))
}

pub(super) async fn count(State(shared): State<Arc<Shared>>, Query(query): Query<Prefix>) -> Response {
    answer::json(200, &json!({"count": shared.traffic().count(&query.prefix)}))
}

fn describe(provider: Provider, ledger: &Ledger, now: i64) -> Value {
    json!({
        "id": provider,
        "name": provider.display_name(),
        "faults": faults(provider, &Subject::WHOLE_PROVIDER),
        "logins": logins(provider, ledger, now),
        "keys": keys(provider, ledger),
    })
}

fn logins(provider: Provider, ledger: &Ledger, now: i64) -> Vec<Value> {
    let known = world().logins.iter().filter(|login| login.provider == provider).map(|login| login.email);
    let mut emails: Vec<&str> = known.collect();
    for email in ledger.logins_with_grants(provider) {
        if !emails.contains(&email) {
            emails.push(email);
        }
    }
    let describe = |email: &&str| {
        let subject = Subject { who: Some((*email).to_owned()), account: None };
        let grants: Vec<u64> = ledger.live_grants(provider, email).map(|(id, _)| id).collect();
        let live = |kind| grants.iter().map(|id| ledger.live_tokens(*id, kind, now)).sum::<usize>();
        let accounts = world().login(provider, email).map(|login| login.accounts).unwrap_or_default();
        json!({
            "login": email,
            "subject": world().subject(provider, email),
            "name": world().name(provider, email),
            "live_grants": grants.len(),
            "live_access_tokens": live(TokenKind::Access),
            "live_refresh_tokens": live(TokenKind::Refresh),
            "faults": faults(provider, &subject),
            "accounts": accounts
                .iter()
                .filter_map(|id| world().account(provider, id))
                .map(|account| describe_account(Some(email), account))
                .collect::<Vec<_>>(),
        })
    };
    emails.iter().map(describe).collect()
}

fn keys(provider: Provider, ledger: &Ledger) -> Vec<Value> {
    let mine = |key: &&Key| key.provider == provider;
    let newest = |key: &&Key| ledger.newest_key(provider, &key.name).is_some_and(|newest| newest.serial == key.serial);
    ledger
        .keys()
        .iter()
        .filter(mine)
        .filter(newest)
        .map(|key| {
            let subject = Subject { who: Some(key.name.clone()), account: None };
            let mut description = json!(key);
            description["faults"] = json!(faults(provider, &subject));
            description
        })
        .collect()
}

fn describe_account(login: Option<&str>, account: &Account) -> Value {
    let subject = Subject { who: login.map(str::to_owned), account: Some(account.id.to_owned()) };
    json!({
        "id": account.id,
        "name": account.name,
        "faults": faults(account.provider, &subject),
    })
}

/// The buttons that make sense for a subject.
fn faults(provider: Provider, subject: &Subject) -> Vec<Value> {
    Fault::all()
        .iter()
        .filter(|fault| fault.can_happen(provider, subject))
        .map(|fault| {
            let mut button = json!(fault);
            button["label"] = json!(fault.label());
            button["weather"] = json!(fault.is_weather());
            button
        })
        .collect()
}
