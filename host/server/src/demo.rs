//! `relink demo`: the server with simulated providers beside it, and data to play with.

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use relink_runtime::TrustMode;

use crate::app::{self, Manner, Running, system_time};
use crate::cli::serve::StopSignals;
use crate::config::{Config, Database, PluginTrust, Span};

pub(crate) mod people;
mod seed;
mod simulator;

use people::DemoMode;
use simulator::Simulator;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder with the plugins
    #[arg(long, value_name = "DIR")]
    plugins: PathBuf,
    /// The program that stands in for the providers
    #[arg(long, value_name = "FILE")]
    simulator_bin: PathBuf,
    /// The address of the pages
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep the data here instead of in a temporary folder
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let folder = Folder::of(arguments.data_dir.as_deref())?;
    // Dropped half way, the simulator ends with it.
    let (running, simulator) = tokio::select! {
        () = stop.wait() => return Ok(()),
        started = start(config, &arguments, folder.path()) => started?,
    };
    println!("Relink:            {}", running.base_url());
    println!("Break a provider:  {}/", simulator.base_url());
    println!("Try: break Google there, watch the bell in Relink, then click “Reconnect”. Ctrl-C ends the demo.");
    stop.wait().await;
    running.stop().await;
    simulator.stop().await;
    Ok(())
}

async fn start(config: Config, arguments: &Arguments, data_dir: &Path) -> Result<(Running, Simulator)> {
    let port = arguments.listen.port().checked_add(1).unwrap_or_default();
    let simulator = Simulator::start(&arguments.simulator_bin, &data_dir.join("simulator.json"), port).await?;
    let config = settings(config, arguments, data_dir, &simulator);
    let manner = Manner { compile: config.plugin_compile.apart(), demo: Some(DemoMode) };
    let running = app::start_in(&config, Arc::new(system_time), manner).await?;
    seed::seed(running.app(), &config, &simulator).await?;
    Ok((running, simulator))
}

/// Everything goes fast, so that what is broken shows within seconds.
fn settings(config: Config, arguments: &Arguments, data_dir: &Path, simulator: &Simulator) -> Config {
    let mut config = Config {
        listen: arguments.listen,
        base_url: None,
        data_dir: data_dir.to_owned(),
        plugins_dir: Some(arguments.plugins.clone()),
        plugin_trust: PluginTrust { mode: TrustMode::Development, ..config.plugin_trust },
        database: Database::default(),
        ..config
    };
    config.egress.routes = [("*".to_owned(), format!("{}/{{host}}", simulator.base_url()))].into();
    config.scheduler.tick = Span::ms(250);
    config.scheduler.interval = Span::ms(2_000);
    config.policy.confirm_after = Span::ms(1_000);
    config.policy.doubtful_span = Span::ms(6_000);
    config.policy.retry_first = Span::ms(1_000);
    config.policy.retry_most = Span::ms(10_000);
    config.policy.heal_probe = Span::ms(4_000);
    config
}

/// Where the demo keeps its data.
enum Folder {
    /// Named by the person, and kept.
    Kept(PathBuf),
    /// Gone when the demo ends.
    Temporary(PathBuf),
}

impl Folder {
    fn of(named: Option<&Path>) -> Result<Self> {
        let temporary = || std::env::temp_dir().join(format!("relink-demo-{}", std::process::id()));
        let folder = named.map_or_else(|| Self::Temporary(temporary()), |path| Self::Kept(path.to_owned()));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder.path());
        made.with_context(|| format!("the folder {} cannot be made", folder.path().display()))?;
        Ok(folder)
    }

    fn path(&self) -> &Path {
        let (Self::Kept(path) | Self::Temporary(path)) = self;
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self
            && let Err(error) = std::fs::remove_dir_all(path)
        {
            tracing::warn!(%error, "the folder of the demo could not be removed");
        }
    }
}
