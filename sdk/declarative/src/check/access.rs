//! Whether the ways to authorize name what there is.

use relink_sdk::SecretSlot;

use crate::access::{ApiKey, Basic};
use crate::oauth2::Oauth2;
use crate::plugin::Plugin;
use crate::values::{SecretText, Template};

use super::addresses::{check_host, literal_host};
use super::requests::{NOTHING, check_template};
use super::{Mistake, Place, listed};

pub(super) fn check(plugin: &Plugin, found: &mut Vec<Mistake>) {
    let place = Place::of("auth");
    let (oauth2, api_key) = (&plugin.auth.oauth2, &plugin.auth.api_key);
    if oauth2.is_none() && api_key.is_none() {
        found.push(place.mistake(
            "there is no way to authorize",
            "add [auth.api-key] for a key that a person types, or [auth.oauth2]",
        ));
    }
    if let Some(oauth2) = oauth2 {
        check_oauth2(plugin, oauth2, &place.key("oauth2"), found);
    }
    if let Some(api_key) = api_key {
        check_api_key(api_key, &place.key("api-key"), found);
    }
}

fn check_oauth2(plugin: &Plugin, oauth2: &Oauth2, place: &Place, found: &mut Vec<Mistake>) {
    let urls = [
        ("authorize-url", Some(&oauth2.authorize_url)),
        ("token-url", Some(&oauth2.token_url)),
        ("revoke-url", oauth2.revoke_url.as_ref()),
    ];
    for (name, url) in urls {
        let Some(url) = url else { continue };
        if url.contains("{settings.") {
            // Where it can lead is seen by the host, which knows what the settings can be.
            check_settings(plugin, url, &place.key(name), found);
            continue;
        }
        match literal_host(url).filter(|_| url.starts_with("https://")) {
            Some(host) => check_host(&plugin.hosts, Some(host), &place.key(name), found),
            None => found.push(place.key(name).mistake(
                format!("`{url}` is no https address"),
                "write it as in \"https://login.acme.example/token\"",
            )),
        }
    }
    for (index, kept) in oauth2.keep.iter().enumerate() {
        if !plugin.settings.contains_key(&kept.into) {
            let place = place.key("keep").index(index).key("into");
            found.push(place.mistake(
                format!("there is no setting `{}`", kept.into),
                format!("add [settings.{}], so that it has a name for people", kept.into),
            ));
        }
    }
    let known: Vec<String> = ["access_token", "client_id", "client_secret"]
        .map(str::to_owned)
        .into_iter()
        .chain(oauth2.app_slots().map(|slot| slot.name))
        .collect();
    let headers = oauth2.headers.iter().flatten().map(|(name, text)| (place.key("headers").key(name), text));
    let query = oauth2.query.iter().map(|(name, text)| (place.key("query").key(name), text));
    check_secrets(&known, headers.chain(query), found);
}

fn check_settings(plugin: &Plugin, url: &str, place: &Place, found: &mut Vec<Mistake>) {
    match url.parse::<Template>() {
        Ok(template) => check_template(plugin, &template, NOTHING, place, found),
        Err(problem) => found.push(place.mistake(problem, "write a setting as in {settings.NAME}")),
    }
}

fn check_api_key(api_key: &ApiKey, place: &Place, found: &mut Vec<Mistake>) {
    let ApiKey { headers, query, basic, .. } = api_key;
    if headers.is_empty() && query.is_empty() && basic.is_none() {
        found.push(place.mistake(
            "nothing says where the key goes",
            "add `headers = { authorization = \"Bearer {api_key}\" }`, or `query` or `basic`",
        ));
    }
    let known: Vec<String> = api_key.slots().into_iter().map(|SecretSlot { name, .. }| name).collect();
    let headers = headers.iter().map(|(name, text)| (place.key("headers").key(name), text));
    let query = query.iter().map(|(name, text)| (place.key("query").key(name), text));
    check_secrets(&known, headers.chain(query).chain(basic_secrets(basic.as_ref(), place)), found);
}

fn basic_secrets<'a>(
    basic: Option<&'a Basic>,
    place: &Place,
) -> impl Iterator<Item = (Place, &'a SecretText)> + use<'a> {
    let place = place.key("basic");
    let parts = basic.map(|basic| [("user", &basic.user), ("password", &basic.password)]);
    parts.into_iter().flatten().filter_map(move |(name, text)| Some((place.key(name), text.as_ref()?)))
}

fn check_secrets<'a>(known: &[String], texts: impl Iterator<Item = (Place, &'a SecretText)>, found: &mut Vec<Mistake>) {
    for (place, text) in texts.filter(|(_, text)| !known.contains(&text.secret)) {
        let names = listed(known.iter().map(String::as_str));
        found.push(place.mistake(format!("there is no secret `{}`; {names}", text.secret), "name one of them"));
    }
}
