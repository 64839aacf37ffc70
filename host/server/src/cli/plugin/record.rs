//! `relink plugin record`: asks a provider as `run` does, and writes a fixture of what went to and fro.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use relink_core::plugin::Operation;
use relink_fixtures::{Diagnosed, Ends, Finds, Fixture, Operated, Surroundings};
use relink_runtime::fixtures::{Sandboxed, convert};
use serde_json::{Map, Value};

use super::asked::{Asked, Prepared};
use super::conversation::Ending;
use super::counted;
use crate::app::system_time;
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// The fact that the fixture shows, in words
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
    /// The file to write; without it one beside the plugin's other fixtures
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    // The seed of every replay, so that a request made of it is the same then.
    let prepared = arguments.asked.prepare(config, system_time(), Surroundings::seed())?;
    let out = arguments.out.clone().unwrap_or_else(|| prepared.target.fixtures().join(file_name(&prepared)));
    if out.exists() {
        bail!("{} exists already: name another file with --out", out.display());
    }
    let mut conversation = prepared.converse();
    let ending = conversation.hold(&prepared.operation, |_| Ok(())).await?;
    if matches!(ending, Ending::Done) {
        conversation.warn();
    }
    let exchange = conversation.recording.into_exchange();
    let about = arguments.about.clone().unwrap_or_else(|| format!("recorded: {}", in_words(&prepared.operation)));
    let fixture = Fixture {
        about,
        failure: None,
        operation: Some(operated(&prepared.operation)),
        context: surroundings(&prepared)?,
        exchange,
        found: Finds::default(),
        ends: if matches!(ending, Ending::Done) { Ends::Done } else { Ends::Failed },
        message: None,
        signals: Vec::new(),
        diagnosis: None,
    };
    let fixture = completed(scrubbed(&fixture, &prepared)?, &prepared, &ending)?;
    write(&out, &fixture)?;
    let exchanges = counted(fixture.exchange.len(), "exchange");
    println!("{}: {exchanges}, {}.", out.display(), counted(fixture.found.rows.len(), "row"));
    if let Some(diagnosis) = &fixture.diagnosis {
        println!("It ended as a failure: {}.", diagnosis.code.as_deref().unwrap_or(&diagnosis.reason));
    }
    println!("Secrets are taken out; names and other personal data are not: look through it before you share it.");
    Ok(ExitCode::SUCCESS)
}

/// Takes the secrets out of every text of the fixture.
fn scrubbed(fixture: &Fixture, prepared: &Prepared) -> Result<Fixture> {
    let document = serde_json::to_value(fixture).context("the recording cannot be written")?;
    serde_json::from_value(scrub(document, prepared)).context("a secret is part of the recording's own words")
}

fn scrub(value: Value, prepared: &Prepared) -> Value {
    let text = |text: &str| prepared.credentials.scrub(text);
    match value {
        Value::String(string) => Value::String(text(&string)),
        Value::Number(number) if text(&number.to_string()) != number.to_string() => {
            Value::String("[redacted]".to_owned())
        }
        Value::Array(items) => items.into_iter().map(|item| scrub(item, prepared)).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (text(&name), scrub(value, prepared)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// Adds what comes out when the scrubbed answers are replayed, and makes sure that the replay holds.
fn completed(mut fixture: Fixture, prepared: &Prepared, ending: &Ending) -> Result<Fixture> {
    let mut subject = Sandboxed::new(Arc::clone(&prepared.plugin));
    fixture.found = Finds::of(&relink_fixtures::found_by(&mut subject, &fixture));
    if let Ending::Failed(refused) = ending {
        fixture.diagnosis = refused.diagnosis.clone().map(|diagnosis| Diagnosed::of(&convert::diagnosis(diagnosis)));
    }
    let differences = relink_fixtures::run(&mut subject, &fixture);
    if !differences.is_empty() {
        bail!(
            "the recording cannot be replayed without its secrets, so it is not written:\n  {}\n  fix: write this fixture \
             by hand; plugins/README.md of the SDK says how",
            differences.join("\n  ")
        );
    }
    Ok(fixture)
}

fn surroundings(prepared: &Prepared) -> Result<Surroundings> {
    let context = &prepared.context;
    let config: Value = serde_json::from_str(&context.config).context("the settings are no JSON")?;
    Ok(Surroundings {
        account: context.account.clone(),
        config: config.as_object().is_some_and(|settings| !settings.is_empty()).then_some(config),
        auth_method: context.auth_method.clone(),
        now: Some(context.now.to_string()),
    })
}

fn operated(operation: &Operation) -> Operated {
    match operation {
        Operation::Probe => Operated::Probe,
        Operation::Identify => Operated::Identify,
        Operation::Accounts => Operated::Accounts,
        Operation::Sync(slice) => Operated::Sync {
            dataset: slice.dataset.clone(),
            since: slice.window.map(|window| window.since.to_string()),
            until: slice.window.map(|window| window.until.to_string()),
        },
    }
}

fn in_words(operation: &Operation) -> String {
    match operation {
        Operation::Probe => "the login works".to_owned(),
        Operation::Identify => "whose login it is".to_owned(),
        Operation::Accounts => "what the login can see".to_owned(),
        Operation::Sync(slice) => match slice.window {
            Some(window) => format!("{} of {} to {}", slice.dataset, window.since, window.until),
            None => slice.dataset.clone(),
        },
    }
}

/// The methods of a plugin are asked in different ways, so each has a recording of its own.
fn file_name(prepared: &Prepared) -> String {
    let name = match &prepared.operation {
        Operation::Probe => "probe",
        Operation::Identify => "identify",
        Operation::Accounts => "accounts",
        Operation::Sync(slice) => &slice.dataset,
    };
    let is_first = prepared.plugin.descriptor().auth.first().is_none_or(|first| first.id == prepared.method.id);
    if is_first { format!("recorded-{name}.json") } else { format!("recorded-{name}-{}.json", prepared.method.id) }
}

fn write(path: &Path, fixture: &Fixture) -> Result<()> {
    let text = serde_json::to_string_pretty(fixture).context("the recording cannot be written")? + "\n";
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("{} cannot be written", path.display()))
}
