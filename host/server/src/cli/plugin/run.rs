//! `relink plugin run`: asks a provider once, for one account, and prints what comes.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use relink_core::plugin::Found;
use serde_json::json;

use super::asked::Asked;
use super::conversation::Ending;
use super::counted;
use crate::app::system_time;
use crate::cli::diagnose::verdict::Verdict;
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    asked: Asked,
}

/// Rows go to the standard output as JSON Lines, everything else to the standard error.
pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let mut seed = vec![0; 32];
    getrandom::fill(&mut seed).context("there is no randomness")?;
    let prepared = arguments.asked.prepare(config, system_time(), seed)?;
    let mut conversation = prepared.converse();
    let mut count = 0;
    let ending = conversation
        .hold(&prepared.operation, |found| {
            count += print(&found)?;
            Ok(())
        })
        .await?;
    let (lines, requests) = (counted(count, "line"), counted(conversation.requests as usize, "request"));
    eprintln!("{lines} found with {requests}.");
    Ok(match ending {
        Ending::Done => {
            conversation.warn();
            ExitCode::SUCCESS
        }
        Ending::Failed(refused) => {
            let verdict = Verdict::of(refused.for_people());
            eprintln!("\nIt failed: {}\nPeople would be told:\n{verdict}", refused.note);
            ExitCode::FAILURE
        }
    })
}

/// Prints what was found, one JSON object a line, and says how many lines it were.
fn print(found: &[Found]) -> io::Result<usize> {
    let mut output = io::stdout().lock();
    let mut count = 0;
    for found in found {
        match found {
            Found::Rows { rows, .. } => {
                for row in rows.lines() {
                    writeln!(output, "{row}")?;
                    count += 1;
                }
                continue;
            }
            Found::Identity(identity) => writeln!(output, "{}", json!(identity))?,
            Found::Account(account) => writeln!(output, "{}", json!(account))?,
        }
        count += 1;
    }
    output.flush()?;
    Ok(count)
}
