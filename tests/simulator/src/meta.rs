//! Meta: Facebook Login, the Marketing API and Business Manager.

pub(crate) mod errors;
mod graph;
mod insights;
pub(crate) mod oauth;
mod paging;

use axum::response::Response;

use crate::{
    Provider,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, TokenKind, Visitor},
    oauth::authorize,
    traffic::Endpoint,
};

const PROVIDER: Provider = Provider::Meta;

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let endpoint = if call.host == "www.facebook.com" {
        Endpoint::Consent
    } else if !is_token_endpoint(call) {
        Endpoint::Api
    } else if call.param("grant_type") == Some("fb_exchange_token") {
        Endpoint::Refresh
    } else {
        Endpoint::Exchange
    };
    let credential = access_token(call).or_else(|| call.param("fb_exchange_token")).or_else(|| call.param("code"));
    let account = call.route().first().and_then(|first| first.strip_prefix("act_")).map(str::to_owned);
    Visit { endpoint, who: credential.and_then(|text| ledger.login_behind(text)).map(str::to_owned), account }
}

pub(crate) fn answer(call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    match visit.endpoint {
        Endpoint::Consent => authorize::authorize(PROVIDER, call, ledger),
        Endpoint::Exchange | Endpoint::Refresh => oauth::token(call, ledger),
        _ if call.route() == ["debug_token"] => oauth::debug_token(call, ledger),
        _ => match ledger.check(PROVIDER, TokenKind::Access, access_token(call), call.now) {
            Err(refused) => errors::bad_token(refused),
            Ok(visitor) if suffers(ledger, &visitor, None, &Fault::Suspended) => errors::checkpoint(),
            Ok(visitor) => graph::answer(call, &visitor, ledger),
        },
    }
}

fn is_token_endpoint(call: &Call) -> bool {
    call.route() == ["oauth", "access_token"]
}

fn access_token(call: &Call) -> Option<&str> {
    call.bearer().or_else(|| call.param("access_token"))
}

fn suffers(ledger: &Ledger, visitor: &Visitor, account: Option<&str>, fault: &Fault) -> bool {
    ledger.suffers(PROVIDER, Some(&visitor.login), account, fault)
}
