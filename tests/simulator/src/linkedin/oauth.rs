//! LinkedIn's token endpoint. Only approved partners have refresh tokens, and this app is not one.

use axum::response::Response;
use serde_json::json;

use super::PROVIDER;
use crate::{
    answer,
    call::Call,
    fault::Fault,
    ledger::{CodeRefused, Ending, Ledger, Refused, TokenKind},
    oauth::{
        access_life,
        exchange::{self, ExchangeRefused},
        refusal::refuse,
        rules,
    },
};

/// One sentence for four causes, as LinkedIn has it.
const MISMATCH: &str = "Unable to retrieve access token: appid/redirect uri/code verifier does not \
    match authorization code. Or authorization code expired. Or external member binding exists";

pub(super) fn token(call: &Call, ledger: &mut Ledger) -> Response {
    let Some(client) = exchange::client(call).filter(|client| !client.by_header) else {
        return refuse(400, "invalid_request", "A required parameter \"client_id\" is missing");
    };
    if client.secret.is_none() {
        return refuse(400, "invalid_request", "A required parameter \"client_secret\" is missing");
    }
    if ledger.suffers(PROVIDER, None, None, &Fault::ClientSecretWrong) {
        return refuse(401, "invalid_client", "Client authentication failed");
    }
    match call.form.get("grant_type") {
        Some("authorization_code") => {}
        Some("refresh_token") => {
            let description = "The provided authorization grant or refresh token is invalid, expired \
                               or revoked.";
            return refuse(400, "invalid_grant", description);
        }
        _ => {
            return refuse(400, "invalid_request", "A required parameter \"grant_type\" is missing");
        }
    }
    let code = match exchange::redeem(PROVIDER, call, &client.id, ledger) {
        Ok(code) => code,
        Err(refused) => return code_refused(refused),
    };
    let grant = ledger.open_grant(code.consent(), call.now);
    let life = access_life(ledger, PROVIDER, rules(PROVIDER).expect("LinkedIn has rules").access);
    let access_token = ledger.issue(grant, TokenKind::Access, life, call.now);
    answer::json(
        200,
        &json!({
            "access_token": access_token,
            "expires_in": life.seconds,
            "scope": code.scopes.join(","),
            "token_type": "Bearer",
        }),
    )
}

pub(super) fn introspect(call: &Call, ledger: &Ledger) -> Response {
    let token = call.form.get("token");
    let expires_at = token.and_then(|token| ledger.expires_at(token)).map(|at| at / 1000);
    let body = match ledger.check(PROVIDER, TokenKind::Access, token, call.now) {
        Ok(visitor) => json!({
            "active": true,
            "status": "active",
            "client_id": visitor.client_id,
            "scope": visitor.scopes.join(","),
            "expires_at": expires_at,
            "auth_type": "3L",
        }),
        Err(Refused::Missing | Refused::Unknown) => json!({"active": false}),
        Err(Refused::Expired | Refused::Ended(Ending::Expired)) => {
            json!({"active": false, "status": "expired", "expires_at": expires_at, "auth_type": "3L"})
        }
        Err(_) => {
            json!({"active": false, "status": "revoked", "expires_at": expires_at, "auth_type": "3L"})
        }
    };
    answer::json(200, &body)
}

pub(super) fn revoke(call: &Call, ledger: &mut Ledger) -> Response {
    match call.form.get("token").and_then(|token| ledger.grant_of(token)) {
        Some(grant) => {
            ledger.end_grant(grant, Ending::Revoked);
            answer::json(200, &json!({}))
        }
        None => refuse(400, "invalid_request", "Invalid access token"),
    }
}

fn code_refused(refused: ExchangeRefused) -> Response {
    match refused {
        ExchangeRefused::Missing => refuse(400, "invalid_request", "A required parameter \"code\" is missing"),
        ExchangeRefused::Code(CodeRefused::Unknown) => {
            refuse(400, "invalid_request", "Unable to retrieve access token: authorization code not found")
        }
        ExchangeRefused::RedirectMismatch => refuse(400, "invalid_redirect_uri", MISMATCH),
        ExchangeRefused::Code(_) | ExchangeRefused::NotYours => refuse(400, "invalid_request", MISMATCH),
    }
}
