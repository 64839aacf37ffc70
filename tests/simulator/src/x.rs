//! X: OAuth 2 with PKCE and single-use refresh tokens, and the posts of API v2.

pub(crate) mod errors;
mod oauth;
mod posts;

use axum::response::Response;
use serde_json::json;

use crate::{
    Provider, answer,
    call::Call,
    dispatch::Visit,
    fault::Fault,
    ledger::{Ledger, TokenKind, Visitor},
    oauth::authorize,
    rows,
    traffic::Endpoint,
    world::world,
};

const PROVIDER: Provider = Provider::X;
const LIMIT_PER_WINDOW: u64 = 900;
const WINDOW_S: i64 = 900;

pub(crate) fn visit(call: &Call, ledger: &Ledger) -> Visit {
    let route = call.route();
    let endpoint = match (call.host.as_str(), route.as_slice()) {
        ("x.com" | "twitter.com", _) => Endpoint::Consent,
        (_, ["oauth2", "token"]) if call.form.get("grant_type") == Some("refresh_token") => Endpoint::Refresh,
        (_, ["oauth2", "token"]) => Endpoint::Exchange,
        (_, ["oauth2", ..]) => Endpoint::Other,
        _ => Endpoint::Api,
    };
    let credential = call
        .bearer()
        .or_else(|| call.form.get("refresh_token"))
        .or_else(|| call.form.get("code"))
        .or_else(|| call.form.get("token"));
    let account = match route.as_slice() {
        ["users", id, "tweets"] => Some((*id).to_owned()),
        _ => None,
    };
    Visit { endpoint, who: credential.and_then(|text| ledger.login_behind(text)).map(str::to_owned), account }
}

pub(crate) fn answer(call: &Call, visit: &Visit, ledger: &mut Ledger) -> Response {
    match (visit.endpoint, call.route().as_slice()) {
        (Endpoint::Consent, _) => authorize::authorize(PROVIDER, call, ledger),
        (Endpoint::Exchange | Endpoint::Refresh, _) => oauth::token(call, ledger),
        (_, ["oauth2", "revoke"]) => oauth::revoke(call, ledger),
        (_, route) => match ledger.check(PROVIDER, TokenKind::Access, call.bearer(), call.now) {
            Err(_) => errors::problem(401, "Unauthorized", "Unauthorized"),
            Ok(visitor) => {
                let response = condition(&visitor, ledger).unwrap_or_else(|| api(call, route, &visitor));
                with_window(response, call.now)
            }
        },
    }
}

/// What stands between a good token and the API.
fn condition(visitor: &Visitor, ledger: &Ledger) -> Option<Response> {
    let suffers = |fault: &Fault| ledger.suffers(PROVIDER, Some(&visitor.login), None, fault);
    if suffers(&Fault::Suspended) {
        let message = "Your account is suspended and is not permitted to access this feature.";
        return Some(errors::numbered(403, 64, message));
    }
    if suffers(&Fault::MfaRequired) {
        return Some(errors::numbered(403, 231, "User must verify login"));
    }
    suffers(&Fault::SubscriptionLapsed).then(errors::credits_depleted)
}

fn api(call: &Call, route: &[&str], visitor: &Visitor) -> Response {
    match route {
        ["users", "me"] if visitor.may_any(&["users.read"]) => me(call, visitor),
        ["users", id, "tweets"] if visitor.may_any(&["tweet.read"]) => posts::answer(call, id),
        ["users", "me"] | ["users", _, "tweets"] => errors::problem(403, "Forbidden", "Forbidden"),
        _ => errors::problem(404, "Not Found", "Not Found"),
    }
}

fn me(call: &Call, visitor: &Visitor) -> Response {
    let world = world();
    let id = world.subject(PROVIDER, &visitor.login);
    let username = world.login(PROVIDER, &visitor.login).map_or("somebody", |login| login.username);
    let mut user = json!({"id": id, "name": world.name(PROVIDER, &visitor.login), "username": username});
    let fields = call.query.get("user.fields").unwrap_or_default();
    if fields.split(',').any(|field| field == "public_metrics") {
        user["public_metrics"] = json!({
            "followers_count": 1000 + rows::fixed(&format!("{id} followers"), 20_000),
            "following_count": rows::fixed(&format!("{id} following"), 900),
            "tweet_count": 802,
            "listed_count": rows::fixed(&format!("{id} listed"), 90),
        });
    }
    answer::json(200, &json!({"data": user}))
}

/// Every answer tells about the window of fifteen minutes.
fn with_window(response: Response, now: i64) -> Response {
    let reset = (now / 1000 / WINDOW_S + 1) * WINDOW_S;
    let response = answer::header(response, "x-rate-limit-limit", &LIMIT_PER_WINDOW.to_string());
    let response = answer::header(response, "x-rate-limit-remaining", &(LIMIT_PER_WINDOW - 1).to_string());
    answer::header(response, "x-rate-limit-reset", &reset.to_string())
}
