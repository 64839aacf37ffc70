//! LinkedIn: OAuth, who the member is, and the advertising API.

mod ads;
pub(crate) mod errors;
mod oauth;

use axum::response::Response;
use serde_json::json;

use crate::{
    Provider, answer,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, TokenKind, Visitor},
    oauth::authorize,
    traffic::Endpoint,
    world::world,
};

const PROVIDER: Provider = Provider::LinkedIn;

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let endpoint = match (call.host.as_str(), call.path.as_str()) {
        ("www.linkedin.com", "/oauth/v2/authorization") => Endpoint::Consent,
        ("www.linkedin.com", "/oauth/v2/accessToken") if call.param("grant_type") == Some("refresh_token") => {
            Endpoint::Refresh
        }
        ("www.linkedin.com", "/oauth/v2/accessToken") => Endpoint::Exchange,
        ("www.linkedin.com", _) => Endpoint::Other,
        _ => Endpoint::Api,
    };
    let credential = call
        .bearer()
        .or_else(|| call.form.get("refresh_token"))
        .or_else(|| call.form.get("code"))
        .or_else(|| call.form.get("token"));
    Visit {
        endpoint,
        who: credential.and_then(|text| ledger.login_behind(text)).map(str::to_owned),
        account: ads::account_in(call),
    }
}

pub(crate) fn answer(call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    match (visit.endpoint, call.path.as_str()) {
        (Endpoint::Consent, _) => authorize::authorize(PROVIDER, call, ledger),
        (Endpoint::Exchange | Endpoint::Refresh, _) => oauth::token(call, ledger),
        (_, "/oauth/v2/introspectToken") => oauth::introspect(call, ledger),
        (_, "/oauth/v2/revoke") => oauth::revoke(call, ledger),
        (Endpoint::Api, _) => match ledger.check(PROVIDER, TokenKind::Access, call.bearer(), call.now) {
            Err(refused) => errors::bad_token(refused),
            Ok(visitor) if ledger.suffers(PROVIDER, Some(&visitor.login), None, &Fault::Suspended) => {
                errors::restricted_member()
            }
            Ok(visitor) => api(call, visit, &visitor, ledger),
        },
        _ => errors::service(404, 0, None, "Not Found"),
    }
}

fn api(call: &Call, visit: &Visit, visitor: &Visitor, ledger: &Ledger) -> Response {
    match call.route().as_slice() {
        ["userinfo"] => userinfo(visitor),
        ["me"] => me(visitor),
        ["rest", rest @ ..] => {
            if call.header("linkedin-version").is_none_or(|version| version.len() != 6) {
                return errors::service(
                    400,
                    0,
                    Some("VERSION_MISSING"),
                    "A version must be present. Please specify a version by adding the \
                     LinkedIn-Version header.",
                );
            }
            match rest {
                ["me"] => me(visitor),
                _ => ads::answer(call, visit, rest, visitor, ledger),
            }
        }
        _ => errors::service(404, 0, Some("RESOURCE_NOT_FOUND"), "Not Found"),
    }
}

fn userinfo(visitor: &Visitor) -> Response {
    if !visitor.may_any(&["openid"]) {
        return errors::not_enough_permissions("userinfo.GET.NO_VERSION");
    }
    let name = world().name(PROVIDER, &visitor.login);
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    let mut body = json!({
        "sub": world().subject(PROVIDER, &visitor.login),
        "name": name,
        "given_name": given,
        "family_name": family,
        "locale": {"country": "US", "language": "en"},
    });
    if visitor.may_any(&["email"]) {
        body["email"] = json!(visitor.login);
        body["email_verified"] = json!(true);
    }
    answer::json(200, &body)
}

fn me(visitor: &Visitor) -> Response {
    if !visitor.may_any(&["r_liteprofile", "r_basicprofile", "profile"]) {
        return errors::not_enough_permissions("GET /me");
    }
    let name = world().name(PROVIDER, &visitor.login);
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    answer::json(
        200,
        &json!({
            "id": world().subject(PROVIDER, &visitor.login),
            "localizedFirstName": given,
            "localizedLastName": family,
        }),
    )
}
