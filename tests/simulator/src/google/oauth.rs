//! Google's token, revocation and userinfo endpoints.

use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    Provider, answer,
    call::Call,
    fault::Fault,
    ledger::{Code, CodeRefused, Ending, Ledger, TokenKind, Visitor},
    oauth::{
        access_life,
        exchange::{self, Client, ExchangeRefused},
        refusal::{Refusal, refuse},
        rules,
    },
    world::world,
};

const PROVIDER: Provider = Provider::Google;

pub(super) fn token(call: &Call, ledger: &mut Ledger) -> Response {
    let client = match client(call, ledger) {
        Ok(client) => client,
        Err(refusal) => return refusal.answer(),
    };
    match call.param("grant_type") {
        Some("authorization_code") => match exchange::redeem(PROVIDER, call, &client.id, ledger) {
            Ok(code) => exchanged(call, &code, ledger),
            Err(refused) => code_refused(refused),
        },
        Some("refresh_token") => refresh(call, &client, ledger),
        _ => refuse(400, "unsupported_grant_type", "Invalid grant_type"),
    }
}

/// Drops every grant of the person to this app's project, whichever token was sent.
pub(super) fn revoke(call: &Call, ledger: &mut Ledger) -> Response {
    let grant = call.param("token").and_then(|token| ledger.grant_of(token));
    let Some(grant) = grant.and_then(|id| ledger.grant(id)).filter(|grant| grant.ended.is_none()) else {
        return refuse(400, "invalid_token", "Token expired or revoked");
    };
    let (login, client_id) = (grant.login.clone(), grant.client_id.clone());
    ledger.end_grants(PROVIDER, Some(&login), Some(&client_id), Ending::Revoked);
    answer::json(200, &json!({}))
}

pub(super) fn userinfo(visitor: &Visitor) -> Response {
    let world = world();
    let name = world.name(PROVIDER, &visitor.login);
    answer::json(
        200,
        &json!({
            "sub": world.subject(PROVIDER, &visitor.login),
            "name": name,
            "given_name": name.split(' ').next(),
            "picture": "https://lh3.googleusercontent.com/a/default-user=s96-c",
            "email": visitor.login,
            "email_verified": true,
        }),
    )
}

fn client(call: &Call, ledger: &Ledger) -> Result<Client, Refusal> {
    let Some(client) = exchange::client(call) else {
        return Err(Refusal::new(400, "invalid_request", "Could not determine client ID from request."));
    };
    if client.secret.is_none() {
        return Err(Refusal::new(400, "invalid_request", "client_secret is missing."));
    }
    if ledger.suffers(PROVIDER, None, None, &Fault::ClientSecretWrong) {
        return Err(Refusal::new(401, "invalid_client", "The provided client secret is invalid."));
    }
    Ok(client)
}

fn exchanged(call: &Call, code: &Code, ledger: &mut Ledger) -> Response {
    let rules = rules(PROVIDER).expect("Google has rules");
    let grant = ledger.open_grant(code.consent(), call.now);
    let life = access_life(ledger, PROVIDER, rules.access);
    let mut tokens = json!({
        "access_token": ledger.issue(grant, TokenKind::Access, life, call.now),
        "expires_in": life.seconds,
        "scope": code.scopes.join(" "),
        "token_type": "Bearer",
    });
    if let Some(refresh) = rules.refresh.filter(|_| code.offline) {
        tokens["refresh_token"] = json!(ledger.issue(grant, TokenKind::Refresh, refresh, call.now));
    }
    if code.scopes.iter().any(|scope| scope == "openid") {
        tokens["id_token"] = json!(id_token(&code.login, &code.client_id, call.now));
    }
    answer::json(200, &tokens)
}

fn refresh(call: &Call, client: &Client, ledger: &mut Ledger) -> Response {
    let sent = call.param("refresh_token");
    if sent.is_none() {
        return refuse(400, "invalid_request", "Missing required parameter: refresh_token");
    }
    let Ok(visitor) = ledger.check(PROVIDER, TokenKind::Refresh, sent, call.now) else {
        return refuse(400, "invalid_grant", "Token has been expired or revoked.");
    };
    if visitor.client_id != client.id {
        return refuse(401, "unauthorized_client", "Unauthorized");
    }
    if let Some(refusal) = condition(&visitor, ledger) {
        return refusal;
    }
    let documented = rules(PROVIDER).expect("Google has rules").access;
    let life = access_life(ledger, PROVIDER, documented);
    let access_token = ledger.issue(visitor.grant, TokenKind::Access, life, call.now);
    answer::json(
        200,
        &json!({
            "access_token": access_token,
            "expires_in": life.seconds,
            "scope": visitor.scopes.join(" "),
            "token_type": "Bearer",
        }),
    )
}

/// What stands between a good refresh token and its use.
fn condition(visitor: &Visitor, ledger: &Ledger) -> Option<Response> {
    let suffers = |fault: &Fault| ledger.suffers(PROVIDER, Some(&visitor.login), None, fault);
    if suffers(&Fault::Suspended) {
        return Some(refuse(400, "invalid_grant", "Account has been deleted"));
    }
    if suffers(&Fault::Unexplained) {
        return Some(refuse(400, "grant_on_hold", "Bad Request"));
    }
    suffers(&Fault::MfaRequired).then(|| {
        let body = json!({
            "error": "invalid_grant",
            "error_description": "reauth related error (invalid_rapt)",
            "error_subtype": "invalid_rapt",
        });
        answer::json(400, &body)
    })
}

fn code_refused(refused: ExchangeRefused) -> Response {
    match refused {
        ExchangeRefused::Missing => refuse(400, "invalid_request", "Missing required parameter: code"),
        ExchangeRefused::Code(CodeRefused::Unknown) => refuse(400, "invalid_grant", "Malformed auth code."),
        ExchangeRefused::RedirectMismatch => refuse(400, "redirect_uri_mismatch", "Bad Request"),
        ExchangeRefused::Code(_) | ExchangeRefused::NotYours => refuse(400, "invalid_grant", "Bad Request"),
    }
}

/// Claims as Google sends them. The signature is noise: whoever gets the token straight from the
/// token endpoint need not verify it (OpenID Connect Core 3.1.3.7).
fn id_token(login: &str, client_id: &str, now: i64) -> String {
    let issued_at = now / 1000;
    let claims = json!({
        "iss": "https://accounts.google.com",
        "azp": client_id,
        "aud": client_id,
        "sub": world().subject(PROVIDER, login),
        "email": login,
        "email_verified": true,
        "iat": issued_at,
        "exp": issued_at + 3600,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "RS256", "kid": "simulated", "typ": "JWT"});
    format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode([7; 256]))
}
