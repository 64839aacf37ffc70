//! Google: OAuth 2, userinfo, Google Ads and Google Analytics 4.

mod accounts;
mod ads;
mod analytics;
pub(crate) mod errors;
mod gaql;
mod oauth;

use axum::response::Response;

use crate::{
    Provider, answer,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, TokenKind, Visitor},
    news,
    oauth::authorize,
    traffic::Endpoint,
    world::{Account, Kind, world},
};

const ADS_SCOPE: &str = "https://www.googleapis.com/auth/adwords";
const ANALYTICS_SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/analytics.readonly", "https://www.googleapis.com/auth/analytics"];

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let endpoint = match (call.host.as_str(), call.path.as_str()) {
        ("accounts.google.com", _) => Endpoint::Consent,
        ("oauth2.googleapis.com", "/token") if call.param("grant_type") == Some("refresh_token") => Endpoint::Refresh,
        ("oauth2.googleapis.com", "/token") => Endpoint::Exchange,
        ("oauth2.googleapis.com", _) | ("www.googleapis.com", "/oauth2/v3/certs") => Endpoint::Other,
        _ => Endpoint::Api,
    };
    let credential = call
        .bearer()
        .or_else(|| call.param("refresh_token"))
        .or_else(|| call.param("code"))
        .or_else(|| call.param("token"));
    Visit {
        endpoint,
        who: credential.and_then(|text| ledger.login_behind(text)).map(str::to_owned),
        account: account_in(call),
    }
}

pub(crate) fn answer(call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    match (call.host.as_str(), call.path.as_str()) {
        ("accounts.google.com", _) => authorize::authorize(Provider::Google, call, ledger),
        ("oauth2.googleapis.com", "/token") => oauth::token(call, ledger),
        ("oauth2.googleapis.com", "/revoke") => oauth::revoke(call, ledger),
        ("www.googleapis.com", "/oauth2/v3/certs") => answer::json(200, &news::key_set()),
        ("openidconnect.googleapis.com" | "www.googleapis.com", path) if path.ends_with("/userinfo") => {
            with_visitor(call, ledger, |visitor, _| oauth::userinfo(visitor))
        }
        ("googleads.googleapis.com", _) => {
            with_visitor(call, ledger, |visitor, ledger| ads::answer(call, visit, visitor, ledger))
        }
        ("analyticsadmin.googleapis.com", _) => {
            with_visitor(call, ledger, |visitor, ledger| accounts::answer(call, visitor, ledger))
        }
        ("analyticsdata.googleapis.com", _) => {
            with_visitor(call, ledger, |visitor, ledger| analytics::answer(call, visit, visitor, ledger))
        }
        _ => errors::not_found(&call.path),
    }
}

fn with_visitor(call: &Call, ledger: &Ledger, work: impl FnOnce(&Visitor, &Ledger) -> Response) -> Response {
    match ledger.check(Provider::Google, TokenKind::Access, call.bearer(), call.now) {
        Ok(visitor) if ledger.suffers(Provider::Google, Some(&visitor.login), None, &Fault::Suspended) => {
            errors::account_gone(&call.host)
        }
        Ok(visitor) => work(&visitor, ledger),
        Err(refused) => errors::bad_token(&call.host, refused),
    }
}

/// The accounts of one kind that a person may see and still has a role in.
fn visible(visitor: &Visitor, kind: Kind, ledger: &Ledger) -> Vec<&'static Account> {
    let mut accounts = world().seen_by(Provider::Google, &visitor.login, kind);
    accounts
        .retain(|account| !ledger.suffers(Provider::Google, Some(&visitor.login), Some(account.id), &Fault::RoleLost));
    accounts
}

/// `customers/123/googleAds:search` and `properties/456:runReport` name an account.
fn account_in(call: &Call) -> Option<String> {
    let route = call.route();
    let (collection, id) = (route.first()?, route.get(1)?);
    let id = id.split(':').next().unwrap_or(id);
    matches!(*collection, "customers" | "properties").then(|| id.to_owned())
}
