//! What is logged and how: to the standard error, as text or JSON, never a secret.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Only what is wrong; but a command that is about one plugin does not tell of the others in the folder.
const QUIETLY: &str = "warn,relink_runtime::registry::event=error";

/// Starts logging for a command that says itself what it does.
pub(crate) fn start_quietly(log: &Log) -> Result<()> {
    start(&Log { filter: QUIETLY.to_owned(), ..log.clone() })
}

/// Starts logging for the whole process.
pub(crate) fn start(log: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&log.filter)
        .with_context(|| format!("log.filter {:?} is not a level or a list of levels by module", log.filter))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    // In a test another server of the same process has started it.
    if let Err(error) = started {
        tracing::debug!(%error, "logging is already started");
    }
    Ok(())
}
