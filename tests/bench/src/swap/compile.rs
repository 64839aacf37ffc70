//! Compiling as the host does it, in a child process that says how long it took.

use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use relink_runtime::{Compile, CompileLimits, Workshop};

/// Makes this program the child; the path of the diary and what the host says follow.
pub(crate) const COMMAND: &str = "compile-plugin";

const PROGRAM: &str = "/proc/self/exe";

/// Where children say how long they compiled.
pub(super) struct Diary {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Diary {
    pub(super) fn new(path: PathBuf) -> Result<Self> {
        let socket = UnixDatagram::bind(&path).context("no socket can be made")?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, path })
    }

    /// How the host is told to compile.
    pub(super) fn workshop(&self) -> Compile {
        let arguments = [COMMAND.as_ref(), self.path.as_os_str()];
        Compile::Apart(Workshop::new(Path::new(PROGRAM), arguments, CompileLimits::default()))
    }

    /// How long children have compiled since this was last asked.
    pub(super) fn take(&self) -> Result<Duration> {
        let mut sum = Duration::ZERO;
        let mut nanos = [0; 8];
        loop {
            match self.socket.recv(&mut nanos) {
                Ok(_) => sum += Duration::from_nanos(u64::from_le_bytes(nanos)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(sum),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The child. It may open nothing once it compiles, so the socket comes first.
pub(crate) fn as_child(arguments: &[String]) -> Result<ExitCode> {
    let began = Instant::now();
    let (path, bounds) = arguments.split_first().context("the path of the diary is missing")?;
    let socket = UnixDatagram::unbound()?;
    socket.connect(path)?;
    let outcome = relink_runtime::compile_as_child(bounds);
    let nanos = u64::try_from(began.elapsed().as_nanos())?;
    socket.send(&nanos.to_le_bytes())?;
    Ok(outcome)
}
