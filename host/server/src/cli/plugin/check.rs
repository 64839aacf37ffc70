//! `relink plugin check`: every gate that a host has, without a host.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use relink_core::plugin::{AuthMethod, Descriptor, SecretSlot, SyncMode};
use relink_runtime::fixtures::convert;
use relink_runtime::{Plugin, Proof, Reach};

use super::settings;
use super::target::{Named, Target};
use crate::config::Config;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    named: Named,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<ExitCode> {
    let (target, plugin) = arguments.named.load(config, Proof::Fixtures)?;
    refuse_problems(&target, &plugin)?;
    println!("{} {} is a valid plugin (sha-256 {}).", plugin.id(), plugin.version(), plugin.digest());
    describe(plugin.descriptor());
    if plugin.carries_fixtures() {
        println!("  carries its fixtures, and they hold");
    }
    warn_unproven(&plugin);
    Ok(ExitCode::SUCCESS)
}

/// Refuses a plugin that every host would take, and that would not work or is another one than its author thinks.
pub(super) fn refuse_problems(target: &Target, plugin: &Plugin) -> Result<()> {
    let problems = problems(target, plugin)?;
    if problems.is_empty() {
        return Ok(());
    }
    let whose = if target.home.join("Cargo.toml").is_file() {
        " (`env!(\"CARGO_PKG_VERSION\")` is the version of Cargo.toml)"
    } else {
        ""
    };
    bail!(
        "{} {} would not work:\n  {}\n  fix: correct the descriptor in the plugin's code{whose} or plugin.toml, then build \
         again",
        plugin.id(),
        plugin.version(),
        problems.join("\n  ")
    )
}

/// What would go wrong after the gates of the sandbox: requests that are refused, and a manifest that says
/// otherwise than the plugin.
fn problems(target: &Target, plugin: &Plugin) -> Result<Vec<String>> {
    let refused = relink_egress::check_descriptor(plugin.descriptor()).err().unwrap_or_default();
    let mut problems: Vec<String> = refused.iter().map(ToString::to_string).collect();
    problems.extend(settings::problem(plugin.descriptor()));
    if let Some(manifest) = target.manifest()? {
        problems.extend(relink_fixtures::disagreements(&convert::described(plugin.descriptor()), &manifest));
    }
    Ok(problems)
}

pub(super) fn warn_unproven(plugin: &Plugin) {
    if !plugin.carries_fixtures() {
        eprintln!(
            "warning: it carries no fixtures, so a host cannot try it before it takes service\n  fix: write some into the \
             folder `fixtures` of its project, and build it with `relink plugin build`, which puts them in"
        );
    }
}

/// What an operator approves and sets up.
pub(super) fn describe(descriptor: &Descriptor) {
    if !descriptor.aliases.is_empty() {
        println!("  answers to {}", descriptor.aliases.join(", "));
    }
    for line in Reach::asked_by(descriptor).lines() {
        println!("  {line}");
    }
    for dataset in &descriptor.datasets {
        let daily = if matches!(dataset.mode, SyncMode::Daily(_)) { ", by day" } else { "" };
        println!("  brings {}: {}{daily}", dataset.name, dataset.label);
    }
    for method in &descriptor.auth {
        println!("  [plugins.{}.{}]  {}", descriptor.id, method.id, app_secrets(method));
    }
}

fn app_secrets(method: &AuthMethod) -> String {
    let name = |slot: &SecretSlot| slot.name.clone() + if slot.optional { " (optional)" } else { "" };
    let names: Vec<String> = method.app_secrets.iter().map(name).collect();
    if names.is_empty() { "needs no secret of your app".to_owned() } else { format!("needs {}", names.join(", ")) }
}
