//! `relink plugin new`: a project that builds and passes its tests at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use relink_authoring::{Language, Name};

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The plugin's id, such as "beacon": lower-case letters, digits and "-"
    name: Name,
    /// rust, js, ts, python or toml
    #[arg(long, value_name = "LANGUAGE")]
    lang: Language,
    /// The project's folder; without it one of the plugin's name, here
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { name, lang, dir } = arguments;
    let folder = dir.as_deref().unwrap_or(Path::new(name.as_str()));
    relink_authoring::start(name, *lang, folder)?;
    let folder = folder.display();
    println!("{folder} holds a plugin in {lang} that works, for a provider that does not exist.");
    println!("Make it yours in {folder}/{}; {folder}/README.md names the guide.", lang.main_file());
    println!();
    println!("  relink plugin build {folder}");
    println!("  relink plugin test {folder}");
    Ok(ExitCode::SUCCESS)
}
