//! X's token endpoint. A refresh token works once; using it a second time ends the whole grant.

use axum::response::Response;
use serde_json::json;

use super::PROVIDER;
use crate::{
    answer,
    call::Call,
    fault::Fault,
    ledger::{Ending, Ledger, Refused, TokenKind},
    oauth::{
        access_life,
        exchange::{self, Client},
        refusal::{Refusal, refuse},
        rules,
    },
};

const BAD_CODE: &str = "Value passed for the authorization code was invalid.";
const BAD_TOKEN: &str = "Value passed for the token was invalid.";

pub(super) fn token(call: &Call, ledger: &mut Ledger) -> Response {
    let client = match client(call, ledger) {
        Ok(client) => client,
        Err(refusal) => return refusal.answer(),
    };
    match call.form.get("grant_type") {
        Some("authorization_code") => match exchange::redeem(PROVIDER, call, &client.id, ledger) {
            Err(_) => refuse(400, "invalid_request", BAD_CODE),
            Ok(code) => {
                let grant = ledger.open_grant(code.consent(), call.now);
                issued(grant, call, ledger)
            }
        },
        Some("refresh_token") => refresh(call, &client, ledger),
        _ => refuse(400, "invalid_request", "Missing required parameter [grant_type]."),
    }
}

pub(super) fn revoke(call: &Call, ledger: &mut Ledger) -> Response {
    if let Err(refusal) = client(call, ledger) {
        return refusal.answer();
    }
    match call.form.get("token").and_then(|token| ledger.grant_of(token)) {
        Some(grant) => {
            ledger.end_grant(grant, Ending::Revoked);
            answer::json(200, &json!({"revoked": true}))
        }
        None => refuse(400, "invalid_request", BAD_TOKEN),
    }
}

/// A confidential client must use the header; a public one sends its id alone.
fn client(call: &Call, ledger: &Ledger) -> Result<Client, Refusal> {
    let client = exchange::client(call).filter(|client| client.by_header == client.secret.is_some());
    let Some(client) = client else {
        return Err(Refusal::new(401, "unauthorized_client", "Missing valid authorization header"));
    };
    if ledger.suffers(PROVIDER, None, None, &Fault::ClientSecretWrong) {
        return Err(Refusal::new(401, "unauthorized_client", "Missing valid authorization header"));
    }
    Ok(client)
}

fn refresh(call: &Call, client: &Client, ledger: &mut Ledger) -> Response {
    let sent = call.form.get("refresh_token");
    match ledger.check(PROVIDER, TokenKind::Refresh, sent, call.now) {
        Ok(visitor) if visitor.client_id == client.id => {
            ledger.spend(sent.unwrap_or_default());
            issued(visitor.grant, call, ledger)
        }
        Err(Refused::Spent) => {
            if let Some(grant) = sent.and_then(|token| ledger.grant_of(token)) {
                ledger.end_grant(grant, Ending::Reused);
            }
            refuse(400, "invalid_request", BAD_TOKEN)
        }
        _ => refuse(400, "invalid_request", BAD_TOKEN),
    }
}

fn issued(grant: u64, call: &Call, ledger: &mut Ledger) -> Response {
    let rules = rules(PROVIDER).expect("X has rules");
    let life = access_life(ledger, PROVIDER, rules.access);
    let scopes = ledger.grant(grant).map(|grant| grant.scopes.clone()).unwrap_or_default();
    let mut tokens = json!({
        "token_type": "bearer",
        "expires_in": life.seconds,
        "access_token": ledger.issue(grant, TokenKind::Access, life, call.now),
        "scope": scopes.join(" "),
    });
    if let Some(refresh) = rules.refresh.filter(|_| scopes.iter().any(|scope| scope == "offline.access")) {
        tokens["refresh_token"] = json!(ledger.issue(grant, TokenKind::Refresh, refresh, call.now));
    }
    answer::json(200, &tokens)
}
