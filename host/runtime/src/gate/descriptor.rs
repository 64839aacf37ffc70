//! Whether a plugin's description of itself makes sense, before anybody relies on it.

use std::collections::HashSet;

use relink_core::plugin::{Budget, Dataset, Descriptor, SyncMode};
use semver::Version;
use serde_json::Value;

use super::{auth, hosts, inbound};
use crate::refusal::{Gate, Refusal};
use crate::text;

const NAME_CHARS: usize = 100;
const LIST_ENTRIES: usize = 200;

/// Checks a descriptor; `supported` are the features that this host has beyond the contract's core.
pub(crate) fn check_descriptor(descriptor: &Descriptor, supported: &[String]) -> Result<(), Refusal> {
    check_identity(descriptor)?;
    check_requires(&descriptor.requires, supported)?;
    check_hosts(&descriptor.hosts)?;
    auth::check(descriptor, supported)?;
    inbound::check(descriptor)?;
    distinct("datasets", descriptor.datasets.iter().map(|dataset| dataset.name.as_str()))?;
    descriptor.datasets.iter().try_for_each(check_dataset)?;
    distinct("budgets", descriptor.budgets.iter().map(|budget| budget.name.as_str()))?;
    descriptor.budgets.iter().try_for_each(|budget| check_budget(budget, &descriptor.hosts))?;
    check_schema("config-schema", &descriptor.config_schema).map(|_| ())
}

fn check_identity(descriptor: &Descriptor) -> Result<(), Refusal> {
    if !is_plugin_id(&descriptor.id) {
        return Err(refuse(
            format!("`id` is {}", quoted(&descriptor.id)),
            "1 to 64 lower case letters, digits, `-` and `.`, starting and ending with a letter or digit",
            "choose an id such as \"acme\" or \"com.example.crm\"",
        ));
    }
    if let Err(error) = Version::parse(&descriptor.version) {
        return Err(refuse(
            format!("`version` is {}: {error}", quoted(&descriptor.version)),
            "a semantic version of at most 100 characters",
            "write it like \"1.2.0\"",
        ));
    }
    if descriptor.display_name.is_empty() {
        return Err(refuse("`display-name` is empty", "the provider's name as people know it", "set `display-name`"));
    }
    distinct("aliases", descriptor.aliases.iter().map(String::as_str))?;
    check_help_url("help-url", descriptor.help_url.as_deref())
}

fn check_requires(requires: &[String], supported: &[String]) -> Result<(), Refusal> {
    match requires.iter().find(|feature| !supported.contains(feature)) {
        None => Ok(()),
        Some(unknown) => Err(refuse(
            format!("`requires` names {}, which this host does not have", quoted(unknown)),
            features_in_words(supported),
            "update the host, or build the plugin without this feature",
        )),
    }
}

fn check_hosts(names: &[String]) -> Result<(), Refusal> {
    if names.is_empty() {
        return Err(refuse("`hosts` is empty", "every host that the plugin's requests go to", "list them in `hosts`"));
    }
    distinct("hosts", names.iter().map(String::as_str))?;
    names.iter().try_for_each(|name| {
        hosts::check_host(name).map_err(|wrong| {
            refuse(
                format!("`hosts` has {}: {wrong}", quoted(name)),
                "exact host names such as \"api.example.com\", or one leading \"*.\" label",
                "name the provider's own hosts, as narrowly as its API allows",
            )
        })
    })
}

fn check_dataset(dataset: &Dataset) -> Result<(), Refusal> {
    let at = format!("datasets[{}]", dataset.name);
    let schema = check_schema(&format!("{at}.row-schema"), &dataset.row_schema)?;
    let is_field = |field: &str| match schema.get("properties") {
        Some(properties) => properties.get(field).is_some(),
        None => true,
    };
    if dataset.primary_key.is_empty() {
        return Err(refuse(
            format!("`{at}.primary-key` is empty"),
            "the fields that together identify a row",
            "name them: without a key a repeated run would store every row again",
        ));
    }
    let day_field = match &dataset.mode {
        SyncMode::Full => None,
        SyncMode::Daily(daily) if daily.max_window_days == Some(0) => {
            let expected = "at least one day, or none for no limit";
            return Err(refuse(format!("`{at}.max-window-days` is 0"), expected, "leave it out if there is no limit"));
        }
        SyncMode::Daily(daily) => Some(&daily.day_field),
    };
    match dataset.primary_key.iter().chain(day_field).find(|field| !is_field(field)) {
        None => Ok(()),
        Some(missing) => Err(refuse(
            format!("`{at}` names the field {}, which its row schema does not have", quoted(missing)),
            "primary key and day field among the `properties` of `row-schema`",
            "add the field to the schema, or correct its name",
        )),
    }
}

fn check_budget(budget: &Budget, allowed: &[String]) -> Result<(), Refusal> {
    let at = format!("budgets[{}]", budget.name);
    if budget.calls == 0 || budget.per_ms == 0 {
        let found = format!("`{at}` allows {} calls per {} ms", budget.calls, budget.per_ms);
        return Err(refuse(found, "at least one call in at least one millisecond", "correct the figures"));
    }
    check_subset(&format!("{at}.hosts"), &budget.hosts, allowed)
}

/// Checks that hosts named deep in a descriptor are among those that the operator sees and grants.
pub(super) fn check_subset(at: &str, names: &[String], allowed: &[String]) -> Result<(), Refusal> {
    match names.iter().find(|name| !allowed.iter().any(|pattern| hosts::covers(pattern, name))) {
        None => Ok(()),
        Some(other) => Err(refuse(
            format!("`{at}` has {}", quoted(other)),
            "only hosts that the descriptor's `hosts` covers",
            "add the host to `hosts`, or remove it here",
        )),
    }
}

/// Checks a list of names: short, visible, none twice.
pub(super) fn distinct<'a>(at: &str, names: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for name in names {
        let problem = if name.is_empty() {
            "an empty name".to_owned()
        } else if !text::is_clean(name, NAME_CHARS) {
            format!("{}, which is too long or has invisible characters", quoted(name))
        } else if !seen.insert(name) {
            format!("{} twice", quoted(name))
        } else if seen.len() > LIST_ENTRIES {
            format!("more than {LIST_ENTRIES} entries")
        } else {
            continue;
        };
        let expected = format!("at most {LIST_ENTRIES} distinct names of 1 to {NAME_CHARS} visible characters");
        return Err(refuse(format!("`{at}` has {problem}"), expected, "correct the list"));
    }
    Ok(())
}

pub(super) fn check_help_url(at: &str, url: Option<&str>) -> Result<(), Refusal> {
    match url {
        Some(url) if !hosts::is_help_url(url) => {
            Err(refuse(format!("`{at}` is {}", quoted(url)), "an https URL", "link to the provider's own help"))
        }
        _ => Ok(()),
    }
}

pub(super) fn features_in_words(supported: &[String]) -> String {
    if supported.is_empty() { "no feature beyond the contract".to_owned() } else { supported.join(", ") }
}

pub(super) fn refuse(found: impl Into<String>, expected: impl Into<String>, fix: impl Into<String>) -> Refusal {
    Refusal::new(Gate::Descriptor, found, expected, fix)
}

pub(super) fn quoted(raw: &str) -> String {
    format!("\"{}\"", text::line(raw, NAME_CHARS))
}

fn check_schema(at: &str, schema: &str) -> Result<Value, Refusal> {
    let found = match serde_json::from_str(schema) {
        Ok(schema @ Value::Object(_)) => return Ok(schema),
        Ok(_) => format!("`{at}` is not an object"),
        Err(error) => format!("`{at}` is not JSON: {error}"),
    };
    Err(refuse(found, "a JSON Schema, such as {\"type\":\"object\",\"properties\":{}}", "correct the schema"))
}

pub(crate) fn is_plugin_id(id: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_well = |byte: Option<u8>| byte.is_some_and(is_inner);
    id.len() <= 64
        && id.bytes().all(|byte| is_inner(byte) || matches!(byte, b'-' | b'.'))
        && ends_well(id.bytes().next())
        && ends_well(id.bytes().last())
        && !id.contains("..")
}
