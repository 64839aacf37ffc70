//! A registry as the server runs it: it follows its folder, remembers what was in service, and compiles in
//! a child process.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use relink_core::plugin::Failure;
use relink_core::time::Timestamp;
use relink_runtime::{Calls, Keeping, Limits, Plugin, Registry, RegistryConfig, RegistryEvent, Trust, TrustMode};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

use super::ORIGINAL;
use super::compile::Diary;

const PATIENCE: Duration = Duration::from_secs(30);

/// How a file comes into the folder.
#[derive(Clone, Copy)]
pub(super) enum Drop {
    /// Written where it stays, as `cp` does.
    Copy,
    /// Written under a hidden name and renamed, as careful programs do.
    Move,
}

pub(super) struct Host {
    pub(super) runtime: Runtime,
    pub(super) calls: Calls,
    pub(super) registry: Arc<Registry>,
    folder: TempDir,
    diary: Diary,
}

/// What the time from a file to the first answer was made of.
pub(super) struct Loaded {
    pub(super) compiling: Duration,
    pub(super) beyond: Duration,
}

impl Host {
    pub(super) fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let diary = Diary::new(at("diary"))?;
        let registry = Registry::open(RegistryConfig {
            folder: at("plugins"),
            cache_dir: at("compiled"),
            compile: diary.workshop(),
            limits: Limits::default(),
            supported_features: Vec::new(),
            keeping: Some(Keeping::new(Trust::new([], TrustMode::Unsigned)?, at("versions"))),
            clock: Arc::new(|| Timestamp::from_ms(0)),
        })?;
        let runtime = Runtime::new().context("the async runtime cannot be started")?;
        runtime.spawn(Arc::clone(&registry).watch());
        Ok(Self { runtime, calls: Calls::new(Arc::clone(&registry)), registry, folder, diary })
    }

    /// Puts a version of the original plugin in service, and returns when it is.
    pub(super) fn install(&self, component: &[u8]) -> Result<()> {
        let mut events = self.registry.subscribe();
        self.drop_file(ORIGINAL, component, Drop::Move)?;
        self.wait_for(ORIGINAL, &mut events).map(drop)
    }

    /// The time from the file to the first answer. The plugin is removed again.
    pub(super) fn time_load(&self, id: &str, component: &[u8], how: Drop, failure: Failure) -> Result<Loaded> {
        self.diary.take()?;
        let mut events = self.registry.subscribe();
        let began = self.drop_file(id, component, how)?;
        let plugin = self.wait_for(id, &mut events)?;
        let diagnosis = self.runtime.block_on(self.calls.classify(&plugin, failure))?;
        let took = began.elapsed();
        ensure!(diagnosis.code == format!("{id}.subscription-lapsed"), "another answer: {}", diagnosis.code);
        self.registry.remove(id)?;
        let compiling = self.diary.take()?;
        Ok(Loaded { compiling, beyond: took.saturating_sub(compiling) })
    }

    /// Says when it began: what is written under another name does not count.
    fn drop_file(&self, id: &str, component: &[u8], how: Drop) -> Result<Instant> {
        let file = self.plugins().join(format!("{id}.wasm"));
        let began = match how {
            Drop::Copy => {
                let began = Instant::now();
                fs::write(file, component)?;
                began
            }
            Drop::Move => {
                let hidden = self.plugins().join(format!(".{id}"));
                fs::write(&hidden, component)?;
                let began = Instant::now();
                fs::rename(hidden, file)?;
                began
            }
        };
        Ok(began)
    }

    fn wait_for(&self, wanted: &str, events: &mut Receiver<RegistryEvent>) -> Result<Arc<Plugin>> {
        let loaded = async {
            loop {
                match events.recv().await? {
                    RegistryEvent::Loaded { id, .. } if id == wanted => return Ok(()),
                    RegistryEvent::Refused { file, problem } => bail!("{} was refused: {problem}", file.display()),
                    _ => {}
                }
            }
        };
        let in_time = self.runtime.block_on(async { timeout(PATIENCE, loaded).await });
        in_time.context("the plugin does not take service")??;
        self.registry.get(wanted).context("the plugin is in service")
    }

    fn plugins(&self) -> PathBuf {
        self.folder.path().join("plugins")
    }
}
