//! The child that compiles: how it is started, what it may use, and how it ends.
//!
//! It is this program again, so there is nothing to install and no version to confuse. It inherits no
//! environment and gives itself its limits before it reads the first byte of the component.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::CompileError;
use super::inside::UNFIT;
use crate::text;

/// The child counts its own time, and is ended by the kernel. This ends one that waits or starves; with its
/// low priority it may get little of a busy machine, which is not the plugin's fault.
const WALL_TIMES: u64 = 6;

/// How soon the end of the host ends the child.
const GLANCE: Duration = Duration::from_millis(50);

/// Compiled code of the largest component that is accepted has about half of it.
const CODE_BYTES: u64 = 256 << 20;

/// What is read of the child's complaints.
const SAID_BYTES: u64 = 4 << 10;

/// What one compilation may use of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Time on a processor for each MiB of the component, and for one more: honest ones take a second or
    /// two, and what is small but costly to compile was made for that.
    pub time_per_mib: Duration,
    /// Address space of the child, the program itself included.
    pub memory_bytes: u64,
}

/// How the child is started that compiles.
#[derive(Clone, Debug)]
pub struct Workshop {
    program: PathBuf,
    arguments: Vec<OsString>,
    limits: CompileLimits,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self { time_per_mib: Duration::from_secs(4), memory_bytes: 1 << 30 }
    }
}

impl CompileLimits {
    fn bounds_for(self, component: &[u8]) -> Bounds {
        let mib = u32::try_from(component.len() >> 20).unwrap_or(u32::MAX);
        let time = self.time_per_mib.saturating_mul(mib.saturating_add(1));
        Bounds { seconds: time.as_secs().max(1), memory_bytes: self.memory_bytes }
    }
}

/// What the compilation of one component may use, as the child is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) seconds: u64,
    pub(super) memory_bytes: u64,
}

impl Bounds {
    fn to_arguments(self) -> [String; 2] {
        [self.seconds.to_string(), self.memory_bytes.to_string()]
    }

    pub(super) fn from_arguments(arguments: &[String]) -> Option<Self> {
        let [seconds, bytes] = arguments else { return None };
        Some(Self { seconds: seconds.parse().ok()?, memory_bytes: bytes.parse().ok()? })
    }

    /// When even a child that gets little of the processors must have ended.
    fn patience(self) -> Duration {
        Duration::from_secs(self.seconds.saturating_mul(WALL_TIMES))
    }
}

impl Workshop {
    /// A child that is started as `program arguments…`, with the limits behind, and calls
    /// [`compile_as_child`](crate::compile_as_child).
    pub fn new<A: Into<OsString>>(
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        limits: CompileLimits,
    ) -> Self {
        Self { program: program.to_owned(), arguments: arguments.into_iter().map(Into::into).collect(), limits }
    }

    pub(super) fn limits(&self) -> CompileLimits {
        self.limits
    }

    /// Compiles a component, unless the child takes too much or `is_stopped` becomes true.
    pub(super) fn compile(&self, component: &[u8], is_stopped: &AtomicBool) -> Result<Vec<u8>, CompileError> {
        let bounds = self.limits.bounds_for(component);
        let mut child = self.start(bounds)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(io::Error::other("it has no pipes").into());
        };
        // Each of these threads ends with the child at the latest, which closes its ends of the pipes.
        thread::scope(|scope| {
            // What keeps the child from reading is told by how it ends.
            scope.spawn(move || stdin.write_all(component));
            let said = scope.spawn(move || read_up_to(SAID_BYTES, stderr));
            let (sender, answer) = mpsc::channel();
            scope.spawn(move || sender.send(read_up_to(CODE_BYTES, stdout)));
            let compiled = wait(&answer, bounds, is_stopped);
            let status = end(&mut child, compiled.is_ok())?;
            let compiled = compiled??;
            if status.success() {
                return Ok(compiled);
            }
            let said = said.join().ok().and_then(Result::ok).unwrap_or_default();
            Err(complaint(status, &String::from_utf8_lossy(&said), bounds))
        })
    }

    fn start(&self, bounds: Bounds) -> io::Result<Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .args(bounds.to_arguments())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

fn wait(
    answer: &Receiver<io::Result<Vec<u8>>>,
    bounds: Bounds,
    is_stopped: &AtomicBool,
) -> Result<io::Result<Vec<u8>>, CompileError> {
    let began = Instant::now();
    loop {
        match answer.recv_timeout(GLANCE) {
            Ok(compiled) => return Ok(compiled),
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(io::Error::other("its answer is lost"))),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if is_stopped.load(Ordering::Relaxed) {
            return Err(CompileError::Stopped);
        }
        if began.elapsed() >= bounds.patience() {
            let waited_s = bounds.patience().as_secs();
            return Err(CompileError::Starved { seconds: bounds.seconds, waited_s });
        }
    }
}

/// Why the child ended without an answer.
fn complaint(status: ExitStatus, said: &str, bounds: Bounds) -> CompileError {
    let last = said.trim_end().rsplit('\n').next().unwrap_or_default();
    if status.signal() == Some(Signal::XCPU.as_raw()) {
        CompileError::Slow { seconds: bounds.seconds }
    } else if said.contains("memory allocation of") {
        CompileError::Large { limit_bytes: bounds.memory_bytes }
    } else if status.code() == Some(UNFIT.into()) {
        CompileError::Unfit(text::line(said, 600))
    } else {
        CompileError::BrokeDown(text::line(&format!("{status}; {last}"), 300))
    }
}

/// Waits for a child that gave its answer, and kills one that did not.
fn end(child: &mut Child, has_answered: bool) -> io::Result<ExitStatus> {
    if !has_answered {
        child.kill()?;
    }
    child.wait()
}

fn read_up_to(limit: u64, from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
