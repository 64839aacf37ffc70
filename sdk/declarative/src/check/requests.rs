//! Whether requests have an address within the hosts, and whether what they name is there.

use serde_json::Value;

use crate::pages::Pages;
use crate::plugin::Plugin;
use crate::requests::{Request, is_absolute};
use crate::values::{Source, Template};

use super::addresses::{check_host, host_of};
use super::{Mistake, Place, listed};

/// The member with which the reader of TOML marks a date.
const TOML_DATE: &str = "$__toml_private_datetime";

/// What placeholders stand for at one place, besides what they stand for everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The days of a window: only a daily dataset has them.
    pub(super) days: bool,
    /// An item of a list: only the request that is sent for each has one.
    pub(super) item: bool,
}

pub(super) const NOTHING: Scope = Scope { days: false, item: false };

/// Checks `base`, and the requests that are no dataset's.
pub(super) fn check(plugin: &Plugin, found: &mut Vec<Mistake>) {
    if let Some(base) = &plugin.base {
        let place = Place::of("base");
        check_template(plugin, base, NOTHING, &place, found);
        check_host(&plugin.hosts, host_of(base), &place, found);
        if !is_absolute(base) || base.as_str().ends_with('/') {
            found.push(place.mistake(
                format!("`{}` is no address that paths can hang below", base.as_str()),
                "write it as in \"https://api.acme.example/v1\", without a slash at its end",
            ));
        }
    }
    for (name, text) in &plugin.headers {
        check_template(plugin, text, NOTHING, &Place::of("headers").key(name), found);
    }
    check_request(plugin, &plugin.probe, NOTHING, &Place::of("probe"), found);
    let identify = Place::of("identify");
    if let Some(request) = &plugin.identify.request {
        check_request(plugin, request, NOTHING, &identify.key("request"), found);
    }
    if plugin.identify.label.is_empty() {
        found.push(identify.key("label").mistake("nothing names the login", "write where its name lies: \"/email\""));
    }
    if let Some(accounts) = &plugin.accounts {
        let place = Place::of("accounts");
        if let Some(request) = &accounts.request {
            check_request(plugin, request, NOTHING, &place.key("request"), found);
        }
        check_pages(accounts.pages.as_ref(), &place.key("pages"), found);
    }
    check_pages(plugin.defaults.pages.as_ref(), &Place::of("defaults").key("pages"), found);
}

/// Checks one request.
pub(super) fn check_request(plugin: &Plugin, request: &Request, scope: Scope, place: &Place, found: &mut Vec<Mistake>) {
    match (&request.get, &request.post) {
        (Some(target), None) => check_target(plugin, target, scope, &place.key("get"), found),
        (None, Some(target)) => check_target(plugin, target, scope, &place.key("post"), found),
        _ => found.push(place.mistake(
            "a request has either `get` or `post`",
            "write one of them with the path, such as `get = \"/users/me\"`",
        )),
    }
    if request.get.is_some() && (request.json.is_some() || !request.form.is_empty()) {
        found.push(place.mistake("a GET request has no body", "write `post`, or move the values to `query`"));
    } else if request.json.is_some() && !request.form.is_empty() {
        found.push(place.mistake("a request has one body", "leave out either `json` or `form`"));
    }
    for (name, texts) in [("query", &request.query), ("headers", &request.headers), ("form", &request.form)] {
        for (key, text) in texts {
            check_template(plugin, text, scope, &place.key(name).key(key), found);
        }
    }
    if let Some(document) = &request.json {
        check_document(plugin, document, scope, &place.key("json"), found);
    }
}

pub(super) fn check_pages(pages: Option<&Pages>, place: &Place, found: &mut Vec<Mistake>) {
    let ways = pages.map_or(1, Pages::ways);
    if ways != 1 {
        found.push(place.mistake(
            format!("{ways} ways of paging are named"),
            "name one of token, next-url, number, offset, link-header, last-item, complete",
        ));
    }
}

/// Checks that placeholders stand for something here.
pub(super) fn check_template(
    plugin: &Plugin,
    template: &Template,
    scope: Scope,
    place: &Place,
    found: &mut Vec<Mistake>,
) {
    for source in template.sources() {
        match source {
            Source::Setting(name) if !plugin.settings.contains_key(name) => {
                let names = listed(plugin.settings.keys().map(String::as_str));
                found.push(place.mistake(
                    format!("there is no setting `{name}`; {names}"),
                    format!("add [settings.{name}], or name another"),
                ));
            }
            Source::Each if !scope.item => found.push(place.mistake(
                format!("`{}` asks for an item of a list, but there is none here", template.as_str()),
                "give the dataset `each = { request = { get = \"/PATH\" }, id = \"/id\" }`",
            )),
            source if source.is_day_of_window() && !scope.days => found.push(place.mistake(
                format!("`{}` asks for days, but nothing here has any", template.as_str()),
                "give the dataset `daily = { day = \"COLUMN\" }`, or use {today}",
            )),
            _ => {}
        }
    }
}

fn check_target(plugin: &Plugin, target: &Template, scope: Scope, place: &Place, found: &mut Vec<Mistake>) {
    check_template(plugin, target, scope, place, found);
    let text = target.as_str();
    if is_absolute(target) {
        check_host(&plugin.hosts, host_of(target), place, found);
    } else if !text.starts_with('/') {
        found.push(place.mistake(
            format!("`{text}` is neither a path nor an https address"),
            format!("write it below `base`, as in \"/{text}\", or in full"),
        ));
    } else if plugin.base.is_none() {
        found.push(place.mistake(
            format!("`{text}` hangs below nothing"),
            "add `base = \"https://api.acme.example\"` at the top, or write the address in full",
        ));
    }
}

fn check_document(plugin: &Plugin, document: &Value, scope: Scope, place: &Place, found: &mut Vec<Mistake>) {
    match document {
        Value::String(text) => match text.parse::<Template>() {
            Ok(template) => check_template(plugin, &template, scope, place, found),
            Err(error) => found.push(place.mistake(error, "correct the placeholder, or double braces that are meant")),
        },
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_document(plugin, item, scope, &place.index(index), found);
            }
        }
        Value::Object(members) if members.contains_key(TOML_DATE) => found.push(
            place.mistake("a date without quotes is no value of JSON", "write it in quotes, as it is to be sent"),
        ),
        Value::Object(members) => {
            for (name, value) in members {
                check_document(plugin, value, scope, &place.key(name), found);
            }
        }
        _ => {}
    }
}
