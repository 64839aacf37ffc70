//! Whether rules ask for something, and have codes that programs can rely on.

use crate::errors::Conditions;
use crate::plugin::Plugin;

use super::{Mistake, Place};

pub(super) fn check(plugin: &Plugin, found: &mut Vec<Mistake>) {
    for (index, rule) in plugin.errors.iter().enumerate() {
        let place = Place::of("errors").index(index);
        if !is_code(&rule.code) {
            found.push(place.key("code").mistake(
                format!("`{}` is no code", rule.code),
                "write lower-case words with hyphens, such as \"plan-too-small\"; the id is put before it",
            ));
        }
        let asks_nothing = rule.when.is_empty() || rule.when.iter().any(Conditions::is_empty);
        if asks_nothing {
            found.push(place.key("when").mistake(
                "the rule has no condition, so it would explain every failure",
                "say when it applies, such as `when = { status = 403, json = { \"/code\" = \"PLAN_LIMIT\" } }`",
            ));
        }
    }
    for (index, refusal) in plugin.refusals.iter().enumerate() {
        if refusal.is_empty() {
            found.push(Place::of("refusals").index(index).mistake(
                "it has no condition, so every answer would be refused",
                "say what shows the error, such as `json = { \"/success\" = false }`",
            ));
        }
    }
}

fn is_code(code: &str) -> bool {
    let is_inner = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    code.starts_with(|first: char| first.is_ascii_lowercase()) && code.bytes().all(is_inner) && !code.ends_with('-')
}
