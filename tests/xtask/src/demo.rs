//! `cargo xtask demo`: from a fresh clone to a running Relink in one command.

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::guests::{self, Selection};
use crate::run;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Build everything and start Relink with the bundled plugins and simulated providers.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Port of the web pages on this machine
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
    /// Keep the data here instead of in a temporary folder
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// Open the browser as soon as something listens on the port.
#[derive(clap::Args)]
pub(crate) struct OpenBrowser {
    port: u16,
}

/// Builds, then becomes `relink demo`, so that Ctrl-C and signals reach the server itself.
pub(crate) fn demo(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    setup::ensure(workspace, &[Need::CCompiler, Need::GuestToolchain])?;
    guests::build(workspace, Selection::Bundled)?;
    run::announce("building the server and the simulated providers");
    let mut build = run::cargo("cargo");
    build.current_dir(&workspace.root);
    run::run(build.args(["build", "--workspace", "--bins"]))?;

    let binaries = workspace.binaries();
    let mut relink = run::cargo(binaries.join("relink"));
    relink
        .args(["demo", "--listen", &address(arguments.port).to_string(), "--plugins"])
        .arg(workspace.plugins())
        .arg("--simulator-bin")
        .arg(binaries.join("relink-simulator"));
    if let Some(folder) = &arguments.data_dir {
        relink.arg("--data-dir").arg(folder);
    }
    if !arguments.no_open && has_desktop() {
        open_later(arguments.port)?;
    }
    run::announce("relink demo");
    Err(relink.exec()).context("the server cannot be started")
}

/// The hidden chore behind [`open_later`].
pub(crate) fn open_browser(arguments: &OpenBrowser) -> Result<()> {
    let address = address(arguments.port);
    let connect = || TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok();
    run::wait_until(Duration::from_mins(1), connect).context("the server did not start")?;
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    run::capture(Command::new(opener).arg(format!("http://{address}/")))?;
    Ok(())
}

/// Waits for the server in a process of its own, since this one is about to become the server.
fn open_later(port: u16) -> Result<()> {
    Command::new(env::current_exe().context("xtask does not find itself")?)
        .args(["open-browser", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the browser cannot be opened")?;
    Ok(())
}

fn has_desktop() -> bool {
    cfg!(target_os = "macos") || env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
