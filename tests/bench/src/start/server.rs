//! A server as an operator starts it: its own process, spoken to over HTTP.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// The first start compiles a hundred plugins.
const PATIENCE: Duration = Duration::from_mins(30);
const GLANCE: Duration = Duration::from_micros(500);
/// Until what the start left behind is done.
const SETTLE: Duration = Duration::from_millis(1_500);

pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    pub(super) ready_after: Duration,
}

/// Megabytes of one process, as the kernel counts them.
pub(super) struct Memory {
    /// All pages in memory, also those that are shared with the file they come from.
    pub(super) resident_mb: f64,
    /// Pages that exist only for this process.
    pub(super) private_mb: f64,
}

impl Server {
    /// Starts the program with the data and plugins of `folder`, and returns when it is ready.
    pub(super) fn start(program: &Path, folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let began = Instant::now();
        let child = Command::new(program)
            .arg("serve")
            .env("RELINK_LISTEN", address.to_string())
            .env("RELINK_DATA_DIR", folder)
            .env("RELINK_PLUGIN_TRUST__MODE", "unsigned")
            .env("RELINK_LOG__FILTER", "error")
            .stdout(Stdio::null())
            .spawn()
            .context("`relink serve` cannot be started")?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while !server.get("/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            ensure!(server.child.try_wait()?.is_none(), "`relink serve` ended by itself");
            ensure!(began.elapsed() < PATIENCE, "`relink serve` is not ready after {PATIENCE:?}");
            pause(GLANCE);
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    /// How many plugins are in this state.
    pub(super) fn plugins(&self, state: &str) -> Result<usize> {
        let gauge = format!("relink_plugins{{state=\"{state}\"}} ");
        let metrics = self.get("/metrics")?;
        let line = metrics.lines().find_map(|line| line.strip_prefix(&gauge)).context("the gauge is gone")?;
        Ok(line.trim().parse()?)
    }

    /// What it holds once it has nothing to do.
    pub(super) fn idle_memory(&self) -> Result<Memory> {
        pause(SETTLE);
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let megabytes = |name: &str| -> Result<f64> {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name)).context("the kernel does not say")?;
            let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
            Ok(kib / 1024.0)
        };
        Ok(Memory { resident_mb: megabytes("Rss:")?, private_mb: megabytes("Private_Dirty:")? })
    }

    pub(super) fn stop(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if answer.is_empty() {
            bail!("no answer");
        }
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

#[expect(clippy::disallowed_methods, reason = "the benchmark has nothing to do while the server works")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
