//! What must hold of every descriptor, request and row, whatever the provider.

use serde_json::Value;

use crate::{Descriptor, Found, Operation, Request, SyncMode};

/// Contradictions within a descriptor, and between it and `plugin.toml`.
pub(super) fn mistakes(descriptor: &Descriptor, manifest: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if descriptor.hosts.is_empty() {
        wrong.push("the descriptor names no host".to_owned());
    }
    for method in &descriptor.auth {
        for placement in method.uses.iter().flat_map(|credential| &credential.placements) {
            let mut slots = method.app_secrets.iter().chain(&method.user_secrets);
            let known = placement.secret == "access_token" || slots.any(|slot| slot.name == placement.secret);
            if !known {
                wrong.push(format!("{}: there is no secret {:?}", method.id, placement.secret));
            }
        }
    }
    for dataset in &descriptor.datasets {
        let schema: Value = serde_json::from_str(&dataset.row_schema).unwrap_or_default();
        let day_field = match &dataset.mode {
            SyncMode::Daily(daily) => Some(&daily.day_field),
            SyncMode::Full => None,
        };
        let missing = |field: &&String| schema.pointer(&format!("/properties/{field}")).is_none();
        for field in dataset.primary_key.iter().chain(day_field).filter(missing) {
            wrong.push(format!("dataset {}: there is no column {field:?}", dataset.name));
        }
        if dataset.primary_key.is_empty() {
            wrong.push(format!("dataset {}: it has no primary key", dataset.name));
        }
    }
    wrong.extend(disagreements(descriptor, manifest));
    wrong
}

fn disagreements(descriptor: &Descriptor, manifest: &str) -> Vec<String> {
    let manifest: toml::Table = match manifest.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("plugin.toml: {error}")],
    };
    let text = |name: &str| manifest.get(name).and_then(toml::Value::as_str).unwrap_or_default();
    let mut hosts: Vec<&str> = manifest
        .get("hosts")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect();
    let mut described: Vec<&str> = descriptor.hosts.iter().map(String::as_str).collect();
    hosts.sort_unstable();
    described.sort_unstable();
    let mut wrong = Vec::new();
    if text("id") != descriptor.id {
        wrong.push(format!("plugin.toml: id is {:?}, not {:?}", text("id"), descriptor.id));
    }
    if text("version") != descriptor.version {
        let (found, expected) = (text("version"), &descriptor.version);
        wrong.push(format!("plugin.toml: version is {found:?}, not {expected:?}"));
    }
    if hosts != described {
        wrong.push(format!("plugin.toml: hosts are {hosts:?}, not {described:?}"));
    }
    wrong
}

/// Why the host would not send this request.
pub(super) fn wrong_request(descriptor: &Descriptor, request: &Request) -> Vec<String> {
    let mut wrong = Vec::new();
    let host =
        request.url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', ':']).next()).unwrap_or_default();
    if !descriptor.hosts.iter().any(|allowed| allows(allowed, host)) {
        wrong.push(format!("the descriptor does not allow {}", request.url));
    }
    if let Some(name) = &request.credential {
        let mut uses = descriptor.auth.iter().flat_map(|method| &method.uses);
        if !uses.any(|credential| credential.name == *name) {
            wrong.push(format!("there is no credential use {name:?}"));
        }
    }
    wrong
}

fn allows(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix("*.") {
        None => allowed.eq_ignore_ascii_case(host),
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
    }
}

/// Rows that the host would refuse: without a key, or of a day that was not asked for.
pub(super) fn wrong_rows(descriptor: &Descriptor, operation: &Operation, found: &[Found]) -> Vec<String> {
    let Operation::Sync(slice) = operation else {
        return Vec::new();
    };
    let Some(dataset) = descriptor.datasets.iter().find(|dataset| dataset.name == slice.dataset) else {
        return vec![format!("the descriptor has no dataset {:?}", slice.dataset)];
    };
    let mut wrong = Vec::new();
    let rows = found.iter().filter_map(|found| match found {
        Found::Rows(rows) => Some(&rows.rows),
        Found::Identity(_) | Found::Account(_) => None,
    });
    for line in rows.flat_map(|rows| rows.lines()) {
        let row: Value = serde_json::from_str(line).unwrap_or_default();
        if dataset.primary_key.iter().any(|field| row.get(field).is_none_or(Value::is_null)) {
            wrong.push(format!("a row has no key: {line}"));
        }
        let (since, until) = slice.days();
        if let SyncMode::Daily(daily) = &dataset.mode {
            let day = row.get(&daily.day_field).and_then(Value::as_str).unwrap_or_default();
            if !(since..=until).contains(&day) {
                wrong.push(format!("a row is not of {since} to {until}: {line}"));
            }
        }
    }
    wrong
}
