//! Meta's token endpoint: a code becomes a token of some hours, and `fb_exchange_token` makes one of
//! sixty days of it. There are no refresh tokens, and a dead token cannot be exchanged.

use axum::response::Response;
use serde_json::{Value, json};

use super::{PROVIDER, access_token, errors};
use crate::{
    answer,
    call::Call,
    fault::Fault,
    ledger::{CodeRefused, Ledger, Life, TokenKind},
    oauth::{
        access_life,
        exchange::{self, Client, ExchangeRefused},
        rules,
    },
    world::world,
};

/// `expires_in` as seen in answers: sixty days less the time since the login.
pub(crate) const LONG_LIVED: Life = Life { prefix: "EAAG", seconds: 5_183_944 };

pub(super) fn token(call: &Call, ledger: &mut Ledger) -> Response {
    let Some(client) = exchange::client(call) else {
        return errors::graph(400, 101, None, "Missing client_id parameter.");
    };
    if client.secret.is_none() {
        return errors::graph(400, 1, None, "Missing client_secret parameter.");
    }
    if ledger.suffers(PROVIDER, None, None, &Fault::ClientSecretWrong) {
        return errors::graph(400, 1, None, "Error validating client secret.");
    }
    match call.param("grant_type") {
        None | Some("authorization_code") => exchange_code(call, &client, ledger),
        Some("fb_exchange_token") => extend(call, ledger),
        Some(other) => errors::invalid_parameter(&format!("Invalid grant_type: {other}")),
    }
}

fn exchange_code(call: &Call, client: &Client, ledger: &mut Ledger) -> Response {
    let code = match exchange::redeem(PROVIDER, call, &client.id, ledger) {
        Ok(code) => code,
        Err(refused) => return code_refused(refused),
    };
    let short = rules(PROVIDER).expect("Meta has rules").access;
    let grant = ledger.open_grant(code.consent(), call.now);
    issued(grant, short, call, ledger)
}

fn extend(call: &Call, ledger: &mut Ledger) -> Response {
    match ledger.check(PROVIDER, TokenKind::Access, call.param("fb_exchange_token"), call.now) {
        Err(refused) => errors::bad_token(refused),
        Ok(visitor) if super::suffers(ledger, &visitor, None, &Fault::Suspended) => errors::checkpoint(),
        Ok(visitor) => {
            let life = access_life(ledger, PROVIDER, LONG_LIVED);
            issued(visitor.grant, life, call, ledger)
        }
    }
}

fn issued(grant: u64, life: Life, call: &Call, ledger: &mut Ledger) -> Response {
    let access_token = ledger.issue(grant, TokenKind::Access, life, call.now);
    answer::json(200, &json!({"access_token": access_token, "token_type": "bearer", "expires_in": life.seconds}))
}

fn code_refused(refused: ExchangeRefused) -> Response {
    let (subcode, message) = match refused {
        ExchangeRefused::Missing => (None, "Missing authorization code"),
        ExchangeRefused::Code(CodeRefused::Used) => (Some(36009), "This authorization code has been used."),
        ExchangeRefused::Code(CodeRefused::Expired) => (Some(36007), "This authorization code has expired."),
        ExchangeRefused::RedirectMismatch => (
            Some(36008),
            "Error validating verification code. Please make sure your redirect_uri is identical to \
             the one you used in the OAuth dialog request",
        ),
        ExchangeRefused::Code(CodeRefused::Unknown) | ExchangeRefused::NotYours => {
            (None, "Invalid verification code format.")
        }
    };
    errors::graph(400, 100, subcode, message)
}

/// Tells about another token. A dead one is described inside a 200.
pub(super) fn debug_token(call: &Call, ledger: &Ledger) -> Response {
    if access_token(call).is_none() {
        return errors::graph(400, 2500, None, "An access token is required to request this resource.");
    }
    let input = call.param("input_token");
    let data = match ledger.check(PROVIDER, TokenKind::Access, input, call.now) {
        Ok(visitor) => json!({
            "app_id": visitor.client_id,
            "type": "USER",
            "application": "Relink",
            "is_valid": true,
            "expires_at": input.and_then(|token| ledger.expires_at(token)).map(|at| at / 1000),
            "scopes": visitor.scopes,
            "user_id": world().subject(PROVIDER, &visitor.login),
        }),
        Err(refused) => {
            let (code, subcode, message) = errors::token_problem(refused);
            let mut error = json!({"code": code, "message": message});
            error["subcode"] = subcode.map_or(Value::Null, |subcode| json!(subcode));
            json!({"error": error, "is_valid": false, "scopes": []})
        }
    };
    answer::json(200, &json!({"data": data}))
}
