//! Rules as the cases write them.

use serde_json::{Map, Value};

use super::read::{forever, text, texts};
use crate::{Actor, Blast, Grant, Phase, Reason, Remedy, Rule, Unit, rule};

pub(super) fn grant_of(name: &str) -> Grant {
    match name {
        "secret" => Grant::Secret,
        "refreshable" => Grant::Refreshable,
        "not-refreshable" => Grant::NotRefreshable,
        other => panic!("there is no grant {other}"),
    }
}

fn unit_of(name: &str) -> Unit {
    match name {
        "seconds" => Unit::Seconds,
        "milliseconds" => Unit::Milliseconds,
        "minutes" => Unit::Minutes,
        other => panic!("there is no unit {other}"),
    }
}

pub(super) fn rule_of(case: &Value) -> Rule {
    let reason = Reason::from_name(case["reason"].as_str().unwrap()).unwrap();
    let start = rule(case["code"].as_str().unwrap(), reason);
    case.as_object().unwrap().iter().fold(start, |made, (name, value)| match name.as_str() {
        "code" | "reason" => made,
        _ => with_condition(made, name, value, case),
    })
}

fn with_condition(made: Rule, name: &str, value: &Value, case: &Value) -> Rule {
    let number = || value.as_u64().unwrap();
    let status = |place: &Value| u16::try_from(place.as_u64().unwrap()).unwrap();
    let members = || value.as_object().unwrap();
    match name {
        "phases" => made.phase(texts(case, name).into_iter().map(|phase| Phase::from_name(phase).unwrap())),
        "api" => made.api(),
        "token_endpoint" => made.token_endpoint(),
        "status" => made.status(status(value)),
        "statuses" => made.statuses(status(&value[0]), status(&value[1])),
        "json" => for_each(made, members(), |made, pointer, _| made.json(pointer, texts(value, pointer))),
        "json_contains" => {
            for_each(made, members(), |made, pointer, part| made.json_contains(pointer, part.as_str().unwrap()))
        }
        "json_present" => texts(case, name).into_iter().fold(made, Rule::json_present),
        "contains" => made.contains(texts(case, name)),
        "header" => for_each(made, members(), |made, header, part| made.header(header, part.as_str().unwrap())),
        "redirect" => for_each(made, members(), |made, parameter, _| made.redirect(parameter, texts(value, parameter))),
        "grant" => made.grant(grant_of(value.as_str().unwrap())),
        "token_younger_than_s" => made.token_younger_than_s(number()),
        "token_older_than_days" => made.token_older_than_days(number()),
        "empty_body" => made.empty_body(),
        "on_web_pages" => made.on_web_pages(),
        _ => with_meaning(made, name, value),
    }
}

fn with_meaning(made: Rule, name: &str, value: &Value) -> Rule {
    let shown = value.as_str().map(forever).unwrap_or_default();
    let unit = || unit_of(value["unit"].as_str().unwrap());
    match name {
        "cause" => made.cause(shown),
        "doubtful" => made.doubtful(),
        "blast" => made.blast(Blast::from_name(shown).unwrap()),
        "remedy" => made.remedy(Remedy::from_name(shown).unwrap()),
        "actor" => made.actor(Actor::from_name(shown).unwrap()),
        "message" => made.message(shown),
        "quoting" => made.quoting(shown),
        "help" => made.help(shown),
        "retry_after_s" => made.retry_after_s(value.as_u64().unwrap()),
        "retry_after_header" => made.retry_after_header(text(value, "name").unwrap(), unit()),
        "retry_after_json" => made.retry_after_json(text(value, "pointer").unwrap(), unit()),
        "retry_at_utc_midnight" => made.retry_at_utc_midnight(),
        other => panic!("the runner does not know {other}"),
    }
}

fn for_each(made: Rule, members: &Map<String, Value>, add: impl Fn(Rule, &str, &Value) -> Rule) -> Rule {
    members.iter().fold(made, |made, (key, value)| add(made, key, value))
}
