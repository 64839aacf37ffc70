//! Many cases from a file: one JSON object in, one JSON line out, whatever the line holds.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use relink_core::plugin::{Facts, Failure, Field};
use relink_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::app::system_time;
use crate::cli::diagnose::verdict::Verdict;
use crate::cli::diagnose::{explain, first_method, parse_phase, read_input};
use crate::cli::offline::Plugins;

#[derive(Deserialize)]
struct Case {
    id: Value,
    provider: String,
    phase: String,
    http_status: Option<u16>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    redirect_query: Option<String>,
    #[serde(default)]
    context: Option<Map<String, Value>>,
}

#[derive(Serialize)]
struct Line {
    id: Value,
    #[serde(flatten)]
    verdict: Verdict,
}

pub(super) fn run(plugins: &Plugins, path: &PathBuf) -> Result<ExitCode> {
    let input = String::from_utf8(read_input(path)?).with_context(|| format!("{} is not UTF-8", path.display()))?;
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in input.lines().filter(|line| !line.trim().is_empty()) {
        writeln!(output, "{}", answer(plugins, line))?;
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A case that cannot be explained gives a line that says why, so that the others are not lost.
fn answer(plugins: &Plugins, line: &str) -> Value {
    let value: Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return json!({ "id": null, "error": format!("the line is not JSON: {error}") }),
    };
    let id = value.get("id").cloned().unwrap_or_default();
    let explained = serde_json::from_value(value)
        .context("the line is not a case")
        .and_then(|case| explain_case(plugins, case))
        .and_then(|line| Ok(serde_json::to_value(line)?));
    explained.unwrap_or_else(|error| json!({ "id": id, "error": format!("{error:#}") }))
}

fn explain_case(plugins: &Plugins, case: Case) -> Result<Line> {
    let plugin = plugins.find(&case.provider).ok_or_else(|| {
        anyhow!("no plugin in {} answers to provider {:?}", plugins.folder().display(), case.provider)
    })?;
    let context = case.context.unwrap_or_default();
    let text = |name: &str| context.get(name).and_then(Value::as_str).map(str::to_owned);
    let failure = Failure {
        now: context.get("now").and_then(read_time).unwrap_or_else(system_time),
        phase: parse_phase(&case.phase).map_err(|problem| anyhow!("phase {:?}: {problem}", case.phase))?,
        auth_method: text("auth_method").unwrap_or_else(|| first_method(&plugin)),
        status: case.http_status,
        headers: headers_of(case.headers.unwrap_or_default()),
        body: body_of(case.body),
        transport: None,
        redirect_query: case.redirect_query,
        dataset: text("dataset"),
        account: text("account"),
        facts: facts_of(&context)?,
    };
    Ok(Line { id: case.id, verdict: explain(&plugin, &failure)? })
}

fn headers_of(headers: BTreeMap<String, Value>) -> Vec<Field> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    headers.into_iter().map(|(name, value)| Field::new(name.to_ascii_lowercase(), text(value))).collect()
}

fn body_of(body: Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) => text.into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

/// The facts by the host's own names; what else a context holds is not for plugins.
fn facts_of(context: &Map<String, Value>) -> Result<Facts> {
    let mut known = context.clone();
    known.retain(|_, value| !value.is_null());
    if let Some(days) = context.get("token_age_days").and_then(Value::as_u64) {
        known.entry("token_age_s").or_insert_with(|| json!(days.saturating_mul(86_400)));
    }
    serde_json::from_value(Value::Object(known)).context("the context does not fit")
}

/// A moment as Unix milliseconds or as RFC 3339.
fn read_time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_i64().map(Timestamp::from_ms),
        Value::String(text) => {
            text.parse::<jiff::Timestamp>().ok().map(|moment| Timestamp::from_ms(moment.as_millisecond()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_becomes_facts() {
        let context = json!({ "has_refresh_token": true, "token_age_days": 7, "publishing_status": "testing", "consecutive": null });
        let facts = facts_of(context.as_object().unwrap()).unwrap();
        assert_eq!((facts.has_refresh_token, facts.token_age_s, facts.consecutive), (Some(true), Some(604_800), 0));
        assert!(facts_of(json!({ "token_age_s": "old" }).as_object().unwrap()).is_err());
    }

    #[test]
    fn moments_are_read_in_both_spellings() {
        assert_eq!(read_time(&json!(5)), Some(Timestamp::from_ms(5)));
        assert_eq!(read_time(&json!("1970-01-01T00:00:01Z")), Some(Timestamp::from_ms(1_000)));
        assert_eq!(read_time(&json!("yesterday")), None);
    }
}
