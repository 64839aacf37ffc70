//! What a hundred plugins cost a server at its start and while it waits: time until it is ready, and memory.
//!
//! The reference is the same program with an empty plugin folder. The plugins are a real one under a
//! hundred names, and were compiled by a first start that does not count.

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::report::Report;
use crate::rounds::{Contender, Sample, interleave};
use server::Server;

const ROUNDS: usize = 9;
const PLUGINS: usize = 100;

const EMPTY: &str = "relink serve, 0 plugins";
const FULL: &str = "relink serve, 100 plugins, cached";

const READY: &str = "ready ms";
const RESIDENT: &str = "resident MB";
const PRIVATE: &str = "private MB";

const ABOUT: &str = "spawn `relink serve` until /readyz answers, and its memory while it is idle";

pub(crate) fn run() -> Result<Report> {
    let program = build_server()?;
    let component = crate::guests::component(ORIGINAL)?;
    let empty = Installation::new(0, &component)?;
    let full = Installation::new(PLUGINS, &component)?;
    full.compile_all(&program)?;
    let compiled_kib = full.compiled_bytes()? as f64 / 1024.0 / PLUGINS as f64;
    let mut contenders =
        [Contender::new(EMPTY, || empty.time_start(&program)), Contender::new(FULL, || full.time_start(&program))];
    let all = interleave(ROUNDS, &mut contenders)?;
    Ok(Report::new("start", ABOUT, all)
        .difference("ms added by 100 plugins", READY, (FULL, EMPTY), 1.0, 100.0)
        .limit(RESIDENT, FULL, 100.0)
        .difference("KiB of private memory per plugin", PRIVATE, (FULL, EMPTY), PLUGINS as f64 / 1024.0, 64.0)
        .note(format!(
            "compiled code of one plugin: {compiled_kib:.0} KiB; a component: {} KiB",
            component.len() / 1024
        )))
}

/// The program that operators run, in release mode.
fn build_server() -> Result<PathBuf> {
    let built = Command::new("cargo").args(["build", "--quiet", "--release", "-p", "relink"]).status()?;
    ensure!(built.success(), "`relink` cannot be built");
    let own = std::env::current_exe()?;
    Ok(own.parent().context("a program lies in a folder")?.join("relink"))
}

/// The plugin that lends its code.
const ORIGINAL: &str = "ahrefs";

/// A data folder and a plugin folder.
struct Installation {
    folder: TempDir,
    plugins: usize,
}

impl Installation {
    fn new(plugins: usize, component: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("plugins"))?;
        for number in 0..plugins {
            // As long as the original, so that every offset in the component stays right.
            let id = format!("bch{number:03}");
            let renamed = replace_all(component, ORIGINAL.as_bytes(), id.as_bytes());
            fs::write(folder.path().join("plugins").join(format!("{id}.wasm")), renamed)?;
        }
        Ok(Self { folder, plugins })
    }

    /// The first start, which compiles.
    fn compile_all(&self, program: &Path) -> Result<()> {
        let server = Server::start(program, self.folder.path())?;
        let loaded = server.loaded_plugins()?;
        ensure!(loaded == self.plugins, "{loaded} of {} plugins are in service", self.plugins);
        server.stop()
    }

    fn time_start(&self, program: &Path) -> Result<Sample> {
        let server = Server::start(program, self.folder.path())?;
        let ready_ms = server.ready_after.as_secs_f64() * 1e3;
        let memory = server.idle_memory()?;
        server.stop()?;
        Ok(vec![(READY, ready_ms), (RESIDENT, memory.resident_mb), (PRIVATE, memory.private_mb)])
    }

    fn compiled_bytes(&self) -> Result<u64> {
        let files = fs::read_dir(self.folder.path().join("plugin-cache"))?;
        files.map(|file| Ok(file?.metadata()?.len())).sum()
    }
}

fn replace_all(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = replaced[at..].windows(from.len()).position(|window| window == from) {
        at += found;
        replaced[at..at + from.len()].copy_from_slice(to);
        at += to.len();
    }
    replaced
}
