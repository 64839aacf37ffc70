//! What a hundred plugins cost a server at its start and while it waits: time until it is ready, and memory.
//!
//! The reference is the same program with an empty plugin folder. The plugins are a real one under a
//! hundred names, and were compiled by a first start that does not count.

mod server;

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

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
    let program = server()?;
    let component = crate::guests::component(ORIGINAL)?;
    let kept = crate::guests::target_folder()?.join("bench/start");
    let empty = Installation::make(&kept.join("empty"), 0, &component)?;
    let full = Installation::make(&kept.join("full"), PLUGINS, &component)?;
    full.compile_all(&program)?;
    let compiled_kib = full.compiled_bytes()? / 1024;
    let mut contenders =
        [Contender::new(EMPTY, || empty.time_start(&program)), Contender::new(FULL, || full.time_start(&program))];
    let all = interleave(ROUNDS, &mut contenders)?;
    Ok(Report::new("start", ABOUT, all)
        .difference("ms added by 100 plugins", READY, (FULL, EMPTY), 1.0, 100.0)
        .limit(RESIDENT, FULL, 100.0)
        .difference("KiB of private memory per plugin", PRIVATE, (FULL, EMPTY), PLUGINS as f64 / 1024.0, 64.0)
        .note(format!("compiled code of one plugin: {compiled_kib} KiB; a component: {} KiB", component.len() / 1024)))
}

/// What is remembered of a plugin that was made anew: its bytes are others under the same version, which a host
/// refuses.
fn forget(versions: &Path) -> Result<()> {
    if versions.exists() { Ok(fs::remove_dir_all(versions)?) } else { Ok(()) }
}

/// The program that operators run, built together with this one.
fn server() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("relink");
    ensure!(program.exists(), "`relink` is missing: run `cargo build --release --workspace --bins`");
    Ok(program)
}

/// The plugin that lends its code.
const ORIGINAL: &str = "ahrefs";

/// A data folder and a plugin folder. They stay for the next time, since compiling takes minutes.
struct Installation {
    folder: PathBuf,
    plugins: usize,
}

impl Installation {
    fn make(folder: &Path, plugins: usize, component: &[u8]) -> Result<Self> {
        fs::create_dir_all(folder.join("plugins"))?;
        for number in 0..plugins {
            let id = format!("bch{number:03}");
            let file = folder.join("plugins").join(format!("{id}.wasm"));
            let renamed = crate::guests::replaced(component, ORIGINAL, &id);
            if fs::read(&file).is_ok_and(|present| present == renamed) {
                continue;
            }
            fs::write(&file, renamed)?;
            forget(&folder.join("plugin-versions").join(&id))?;
        }
        Ok(Self { folder: folder.to_owned(), plugins })
    }

    /// The first start, which compiles.
    fn compile_all(&self, program: &Path) -> Result<()> {
        let server = Server::start(program, &self.folder)?;
        let (loaded, refused) = (server.plugins("in-service")?, server.plugins("refused")?);
        ensure!(loaded == self.plugins, "{loaded} of {} plugins are in service", self.plugins);
        ensure!(refused == 0, "{refused} plugins are refused");
        server.stop()
    }

    fn time_start(&self, program: &Path) -> Result<Sample> {
        let server = Server::start(program, &self.folder)?;
        let ready_ms = server.ready_after.as_secs_f64() * 1e3;
        let memory = server.idle_memory()?;
        server.stop()?;
        Ok(vec![(READY, ready_ms), (RESIDENT, memory.resident_mb), (PRIVATE, memory.private_mb)])
    }

    /// The size of the compiled code of one plugin: they differ in nothing but their names.
    fn compiled_bytes(&self) -> Result<u64> {
        let mut files = fs::read_dir(self.folder.join("plugin-cache"))?;
        let is_code = |file: &DirEntry| file.path().extension().is_some_and(|kind| kind == "cwasm");
        let code = files.find_map(|file| file.ok().filter(is_code)).context("nothing was compiled")?;
        Ok(code.metadata()?.len())
    }
}
