//! Lifts tokens out of a token answer and makes the rest safe to show.

use std::collections::BTreeSet;

use relink_core::plugin::{Field, KeptFrom, OAuth2, Response};
use relink_core::secret::Secret;
use serde_json::Value;
use url::form_urlencoded;

use super::params::Text;
use super::{TokenAnswer, TokenRefusal, Tokens, unique_json};
use crate::answer::MAX_ERROR_BODY;
use crate::redact::Redactor;

const LONGEST_TOKEN: usize = 16 * 1024;

/// A longer lifetime means "for ever", and must not overflow when it is added to a moment.
const LONGEST_LIFETIME_S: u64 = 10 * 365 * 24 * 60 * 60;

/// No honest answer has more secrets, and to look for so many would keep others waiting.
const MOST_SECRETS: usize = 64;
const MOST_SECRET_BYTES: usize = 2 * LONGEST_TOKEN;

/// `sent` are the secrets of the request, which the provider may echo.
pub(super) fn read(head: Response, body: &[u8], oauth2: &OAuth2, sent: &[Text]) -> TokenAnswer {
    let parsed = parse(body, &head);
    let redactor = redactor(&parsed, oauth2, sent);
    let is_success = (200..300).contains(&head.status);
    let lifted = is_success.then(|| lift(parsed.as_ref().map_err(Clone::clone)?, oauth2, redactor.as_ref()));
    let (tokens, refusal) = match lifted {
        Some(Ok(tokens)) => (Some(tokens), None),
        Some(Err(refusal)) => (None, Some(refusal)),
        None => (None, None),
    };
    let response = match redactor {
        Some(redactor) => shown(head, body, refusal.as_ref(), &redactor),
        None => Response { headers: Vec::new(), ..head },
    };
    TokenAnswer { response, tokens, refusal }
}

/// Knows everything that must not be seen of an answer; none if that is too much to look for.
fn redactor(parsed: &Result<Value, TokenRefusal>, oauth2: &OAuth2, sent: &[Text]) -> Option<Redactor> {
    let secrets: BTreeSet<&str> = match parsed {
        Ok(document) => secret_texts(document).into_iter().chain(declared_tokens(document, oauth2)).collect(),
        Err(_) => BTreeSet::new(),
    };
    let bytes: usize = secrets.iter().map(|secret| secret.len()).sum();
    let is_honest = secrets.len() <= MOST_SECRETS && bytes <= MOST_SECRET_BYTES;
    is_honest.then(|| Redactor::new(sent.iter().map(|secret| secret.as_str()).chain(secrets)))
}

fn shown(mut head: Response, body: &[u8], refusal: Option<&TokenRefusal>, redactor: &Redactor) -> Response {
    if !refusal.is_some_and(|refusal| may_hide_tokens(refusal, body)) {
        head.body = redactor.bytes(body);
        head.body.truncate(MAX_ERROR_BODY);
    }
    for header in &mut head.headers {
        header.value = redactor.text(&header.value);
    }
    head
}

/// Tokens that cannot be found cannot be taken out either, so such a body is not shown at all.
fn may_hide_tokens(refusal: &TokenRefusal, body: &[u8]) -> bool {
    let mentions = |word: &str| body.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    match refusal {
        TokenRefusal::Ambiguous => true,
        TokenRefusal::Unreadable => mentions("token") || mentions("secret"),
        TokenRefusal::NoAccessToken | TokenRefusal::MalformedToken | TokenRefusal::NotBearer => false,
    }
}

/// Some providers answer with a form, as drafts of OAuth 2 had it.
fn parse(body: &[u8], head: &Response) -> Result<Value, TokenRefusal> {
    let is_form = head
        .headers
        .iter()
        .any(|header| header.name == "content-type" && header.value.starts_with("application/x-www-form-urlencoded"));
    let parsed = if is_form { parse_form(body) } else { unique_json::parse(body) };
    match parsed {
        Err(TokenRefusal::Unreadable) if looks_like_form(body) => parse_form(body),
        parsed => parsed,
    }
}

fn looks_like_form(body: &[u8]) -> bool {
    form_urlencoded::parse(body).any(|(name, _)| name == "access_token" || name == "error")
}

fn parse_form(body: &[u8]) -> Result<Value, TokenRefusal> {
    let mut object = serde_json::Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        if object.insert(name.into_owned(), Value::from(value)).is_some() {
            return Err(TokenRefusal::Ambiguous);
        }
    }
    Ok(Value::Object(object))
}

/// Texts that their names, or those of what they are in, give away as secrets, wherever they are: a
/// descriptor that looks for the tokens in the wrong place, by mistake or on purpose, does not make
/// them visible.
fn secret_texts(document: &Value) -> Vec<&str> {
    match document {
        Value::Object(object) => object
            .iter()
            .flat_map(|(name, value)| if names_a_secret(name) { opaque_texts(value) } else { secret_texts(value) })
            .collect(),
        Value::Array(items) => items.iter().flat_map(secret_texts).collect(),
        _ => Vec::new(),
    }
}

fn opaque_texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(object) => object.values().flat_map(opaque_texts).collect(),
        Value::Array(items) => items.iter().flat_map(opaque_texts).collect(),
        Value::String(text) if is_opaque(text) => vec![text],
        _ => Vec::new(),
    }
}

/// Not a word such as "expired", which would then vanish from the whole answer.
fn is_opaque(text: &str) -> bool {
    text.len() >= 12 && !text.contains(char::is_whitespace)
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_about_tokens = name.contains("token") && !name.contains("type") && !name.contains("expires");
    is_about_tokens || ["secret", "password", "assertion", "jwt"].iter().any(|word| name.contains(word))
}

/// The values where the descriptor says that the tokens are.
fn declared_tokens<'a>(document: &'a Value, oauth2: &OAuth2) -> Vec<&'a str> {
    let names = ["access_token", "refresh_token", "id_token"];
    names.iter().filter_map(|name| document.pointer(&oauth2.token_pointer(name))?.as_str()).collect()
}

fn lift(document: &Value, oauth2: &OAuth2, redactor: Option<&Redactor>) -> Result<Tokens, TokenRefusal> {
    let find = |name: &str| document.pointer(&oauth2.token_pointer(name));
    let Some(access_token) = token(find("access_token"))? else {
        return Err(TokenRefusal::NoAccessToken);
    };
    if !oauth2.token_pointer("token_type").is_empty() && !is_bearer(find("token_type")) {
        return Err(TokenRefusal::NotBearer);
    }
    Ok(Tokens {
        access_token,
        refresh_token: token(find("refresh_token"))?,
        expires_in_s: find("expires_in").and_then(lifetime),
        refresh_token_expires_in_s: find("refresh_token_expires_in").and_then(lifetime),
        scopes: find("scope").and_then(|scope| scopes(scope, &oauth2.scope_separator)),
        kept: redactor.map(|redactor| kept(document, oauth2, redactor)).unwrap_or_default(),
    })
}

/// RFC 6749 appendix A: visible ASCII and the space. Anything else could end a header.
fn token(value: Option<&Value>) -> Result<Option<Secret>, TokenRefusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text))
            if text.len() <= LONGEST_TOKEN && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) =>
        {
            Ok(Some(Secret::new(text.clone())))
        }
        Some(_) => Err(TokenRefusal::MalformedToken),
    }
}

fn is_bearer(token_type: Option<&Value>) -> bool {
    match token_type {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty() || text.eq_ignore_ascii_case("bearer"),
        Some(_) => false,
    }
}

/// Seconds as a number or a text. What is not positive says nothing: providers mean "for ever" by
/// it, or have a bug; in both cases the descriptor's assumed lifetime is the better guess.
fn lifetime(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (seconds >= 1.0).then(|| (seconds as u64).min(LONGEST_LIFETIME_S))
}

fn scopes(value: &Value, separator: &str) -> Option<Vec<String>> {
    let split = |text: &str| {
        let words = text.split([' ', ',']).flat_map(|word| match separator {
            "" => vec![word],
            separator => word.split(separator).collect(),
        });
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    match value {
        Value::String(text) => Some(split(text)),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

/// A plugin must not reach a token by calling it a setting, so what holds a secret is left out.
fn kept(document: &Value, oauth2: &OAuth2, redactor: &Redactor) -> Vec<Field> {
    let wanted = oauth2.keep.iter().filter(|kept| kept.source == KeptFrom::TokenAnswer);
    let found = wanted.filter_map(|kept| {
        let value = match document.pointer(&kept.name).filter(|_| kept.name.starts_with('/')) {
            Some(value) => value,
            None => document.get(&kept.name)?,
        };
        let text = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(Field::new(kept.into_config.clone(), text))
    });
    found.filter(|field| !redactor.finds_any(&field.value)).collect()
}
