//! `relink serve`: runs until it is told to stop.

use std::sync::Arc;

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{self, Manner, system_time, welcome_link};
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let manner = Manner { compile: config.plugin_compile.apart(), demo: None };
    let running = app::start_in(config, Arc::new(system_time), manner).await?;
    println!("Relink is ready on {}", running.base_url());
    if let Some(link) = welcome_link(running.app()).await? {
        println!(
            "Nobody can sign in yet. Open this link to make the owner's account; it works once, for a day:\n{link}"
        );
    }
    stop.wait().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Ctrl-C, or SIGTERM from whoever supervises the process.
pub(crate) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// From now on the signals no longer end the process by themselves.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
