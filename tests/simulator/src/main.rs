//! `relink-simulator`: the simulated providers as a process of their own.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Parser;
use relink_simulator::{Options, Provider, Simulator};

/// Simulates Google, Meta, LinkedIn, X, Ahrefs and Copper for the demo and for tests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9100")]
    bind: SocketAddr,
    /// Keep tokens and troubles over restarts in this file.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Lifetime of a provider's access tokens in seconds, such as google=60.
    #[arg(long = "access-lifetime", value_name = "PROVIDER=SECONDS", value_parser = parse_lifetime)]
    access_lifetimes: Vec<(Provider, u64)>,
    /// End when standard input ends, as it does when the parent is killed.
    #[arg(long)]
    with_parent: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let options = Options { bind: arguments.bind, state_file: arguments.state };
    let simulator = Simulator::start_with(options)
        .await
        .with_context(|| format!("the simulator could not start on {}", arguments.bind))?;
    for (provider, seconds) in arguments.access_lifetimes {
        simulator.set_access_lifetime(provider, Some(seconds));
    }
    println!("relink-simulator ready on {}", simulator.base_url());
    wait_for_stop(arguments.with_parent).await?;
    simulator.stop().await;
    Ok(())
}

async fn wait_for_stop(with_parent: bool) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())), if with_parent => {
            ended??;
            Ok(())
        }
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

fn parse_lifetime(text: &str) -> Result<(Provider, u64), String> {
    let (provider, seconds) = text.split_once('=').ok_or_else(|| format!("{text:?} is not PROVIDER=SECONDS"))?;
    let seconds = seconds.parse().map_err(|error| format!("{seconds:?}: {error}"))?;
    Ok((provider.parse()?, seconds))
}
