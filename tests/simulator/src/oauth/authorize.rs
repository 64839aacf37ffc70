//! The authorization endpoint: checks the app's request, shows the consent page, and sends the person
//! back with a code or with the provider's way of saying no.

use axum::{http::Method, response::Response};
use url::Url;

use super::{Rules, identifies, page, rules};
use crate::{
    Provider, answer,
    call::{Call, Params},
    fault::Fault,
    ledger::{Code, Consent, Ledger},
};

/// What the app asks the person for.
pub(super) struct Ask {
    pub(super) provider: Provider,
    pub(super) client_id: String,
    redirect_uri: Url,
    pub(super) scopes: Vec<String>,
    pub(super) login_hint: Option<String>,
    state: Option<String>,
    challenge: Option<String>,
    offline: bool,
    /// Google sends no second refresh token unless the consent is forced.
    forced: bool,
    skips_declined: bool,
}

pub(crate) fn authorize(provider: Provider, call: &Call, ledger: &mut Ledger) -> Response {
    let rules = rules(provider).expect("only providers with logins have a consent page");
    let ask = match read(provider, rules, call) {
        Ok(ask) => ask,
        Err(problem) => return answer::html(400, page::refusal(provider, &problem)),
    };
    if call.method == Method::POST {
        decide(rules, &ask, call, ledger)
    } else {
        answer::html(200, page::consent(rules, &ask, ledger))
    }
}

fn read(provider: Provider, rules: &Rules, call: &Call) -> Result<Ask, String> {
    let query = &call.query;
    let client_id = required(query, "client_id")?;
    let redirect_uri = required(query, "redirect_uri")?;
    let redirect_uri = Url::parse(&redirect_uri)
        .ok()
        .filter(|uri| matches!(uri.scheme(), "http" | "https") && uri.fragment().is_none())
        .ok_or("redirect_uri_mismatch: redirect_uri is no absolute http address")?;
    match query.get("response_type") {
        Some("code") => {}
        None if rules.code_is_default => {}
        Some(other) => return Err(format!("unsupported_response_type: {other}")),
        None => {
            return Err("invalid_request: Required parameter is missing: response_type".to_owned());
        }
    }
    let challenge = query.get("code_challenge").map(str::to_owned);
    if challenge.is_some() && query.get("code_challenge_method") != Some("S256") {
        return Err("invalid_request: code_challenge_method must be S256".to_owned());
    }
    if rules.pkce_required && challenge.is_none() {
        return Err("invalid_request: code_challenge is required".to_owned());
    }
    let mut scopes = split_scopes(provider, query.get("scope").unwrap_or_default());
    if scopes.is_empty() && provider != Provider::Meta {
        return Err("invalid_request: Missing required parameter: scope".to_owned());
    }
    if provider == Provider::Meta && !scopes.iter().any(|scope| scope == "public_profile") {
        scopes.insert(0, "public_profile".to_owned());
    }
    let offline = match provider {
        Provider::Google => query.get("access_type") == Some("offline"),
        Provider::X => scopes.iter().any(|scope| scope == "offline.access"),
        _ => false,
    };
    let forced = query.get("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent"));
    Ok(Ask {
        provider,
        client_id,
        redirect_uri,
        scopes,
        login_hint: query.get("login_hint").map(str::to_owned),
        state: query.get("state").map(str::to_owned),
        challenge,
        offline,
        forced,
        skips_declined: provider == Provider::Meta && query.get("auth_type") != Some("rerequest"),
    })
}

fn decide(rules: &Rules, ask: &Ask, call: &Call, ledger: &mut Ledger) -> Response {
    if call.form.get("decision") != Some("allow") {
        return redirect(ask, rules.cancelled.iter().copied());
    }
    let Some(login) = chosen_login(&call.form) else {
        return answer::html(400, page::refusal(ask.provider, "Choose an account first."));
    };
    if ledger.suffers(ask.provider, Some(&login), None, &Fault::Suspended) {
        return answer::html(403, page::suspended(ask.provider, &login));
    }
    let (scopes, declined) = ask
        .scopes
        .iter()
        .cloned()
        .partition(|scope| is_allowed(rules, scope, &call.form) && !is_skipped(ask, &login, scope, ledger));
    let scopes: Vec<String> = scopes;
    let told_scopes = scopes.join(" ");
    let consent =
        Consent { provider: ask.provider, login: login.clone(), client_id: ask.client_id.clone(), scopes, declined };
    let lifetime_ms = i64::from(rules.code_lifetime_s) * 1000;
    let mut code = Code::new(consent, ask.redirect_uri.to_string(), call.now + lifetime_ms);
    code.challenge.clone_from(&ask.challenge);
    code.offline = ask.offline && (ask.forced || !has_refresh_token(ask, &login, ledger));
    let code = ledger.add_code(rules.code_prefix, code, call.now);
    let mut answers = vec![("code", code.as_str())];
    if ask.provider == Provider::Google {
        answers.extend([("scope", told_scopes.as_str()), ("authuser", "0"), ("prompt", "consent")]);
    }
    redirect(ask, answers)
}

/// Only Google holds back the second refresh token.
fn has_refresh_token(ask: &Ask, login: &str, ledger: &Ledger) -> bool {
    ask.provider == Provider::Google
        && ledger.live_grants(ask.provider, login).any(|(_, grant)| grant.client_id == ask.client_id)
}

fn is_allowed(rules: &Rules, scope: &str, form: &Params) -> bool {
    !rules.granular || identifies(scope) || form.all("scope").any(|ticked| ticked == scope)
}

/// Facebook does not ask again for what the person declined, unless `auth_type=rerequest` says so.
pub(super) fn is_skipped(ask: &Ask, login: &str, scope: &str, ledger: &Ledger) -> bool {
    let newest = ledger.live_grants(ask.provider, login).filter(|(_, grant)| grant.client_id == ask.client_id).last();
    ask.skips_declined && newest.is_some_and(|(_, grant)| grant.declined.iter().any(|declined| declined == scope))
}

fn chosen_login(form: &Params) -> Option<String> {
    match form.get("login")? {
        "other" => form.get("other_email").map(|email| email.trim().to_lowercase()),
        login => Some(login.to_owned()),
    }
    .filter(|login| login.contains('@'))
}

fn redirect<'a>(ask: &Ask, answers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Response {
    let mut target = ask.redirect_uri.clone();
    let state = ask.state.iter().map(|state| ("state", state.as_str()));
    target.query_pairs_mut().extend_pairs(state).extend_pairs(answers);
    answer::see_other(target.as_str())
}

fn required(query: &Params, name: &str) -> Result<String, String> {
    query.get(name).map(str::to_owned).ok_or_else(|| format!("invalid_request: Missing required parameter: {name}"))
}

fn split_scopes(provider: Provider, text: &str) -> Vec<String> {
    let with_commas = matches!(provider, Provider::Meta | Provider::LinkedIn);
    text.split(|letter: char| letter.is_whitespace() || (with_commas && letter == ','))
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}
