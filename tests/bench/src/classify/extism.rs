//! The peer: Extism in a process of its own, since it brings another wasmtime.

use std::cell::RefCell;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::error::{CODE, RealError};
use crate::latency::{P50, P99};
use crate::rounds::Sample;

pub(super) struct Extism {
    talk: RefCell<Talk>,
    child: Child,
}

struct Talk {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Extism {
    /// Starts what `cargo xtask bench` built.
    pub(super) fn start(error: &RealError) -> Result<Self> {
        let folder = env::var_os("RELINK_BENCH_PEERS").context("only `cargo xtask bench` builds it")?;
        let folder = PathBuf::from(folder).join("extism");
        let mut child = Command::new(folder.join("extism-host"))
            .arg(folder.join("extism_guest.wasm"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("it is not there")?;
        let to = child.stdin.take().context("stdin was set to a pipe")?;
        let from = BufReader::new(child.stdout.take().context("stdout was set to a pipe")?);
        let mut talk = Talk { to, from };
        let ready = talk.ask(&error.for_extism())?;
        if ready != CODE {
            bail!("it came to another answer: {ready}");
        }
        Ok(Self { talk: RefCell::new(talk), child })
    }

    /// Has it make `calls` calls, each in a fresh instance or all in one.
    pub(super) fn time(&self, how: &str, calls: usize) -> Result<Sample> {
        let answer = self.talk.borrow_mut().ask(&format!("{how} {calls}"))?;
        let figures: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [p50_ns, p99_ns] = figures[..] else { bail!("it answered: {answer}") };
        Ok(vec![(P50, p50_ns / 1e3), (P99, p99_ns / 1e3)])
    }
}

impl Talk {
    fn ask(&mut self, line: &str) -> Result<String> {
        writeln!(self.to, "{line}")?;
        self.to.flush()?;
        let mut answer = String::new();
        self.from.read_line(&mut answer)?;
        Ok(answer.trim_end().to_owned())
    }
}

impl Drop for Extism {
    fn drop(&mut self) {
        // It ends by itself with its input; nothing is lost if it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
