//! Compiling alone: the child that the host would start, with the same limits and pipes, and nothing else.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use relink_runtime::{Compile, CompileLimits, Workshop};

/// Makes this program the child.
pub(crate) const COMMAND: &str = "compile-plugin";

const PROGRAM: &str = "/proc/self/exe";

/// How the host is told to compile.
pub(super) fn apart() -> Compile {
    Compile::Apart(Workshop::new(Path::new(PROGRAM), [COMMAND], CompileLimits::default()))
}

/// Compiles a component and forgets its code.
pub(super) fn time(component: &[u8]) -> Result<Duration> {
    let CompileLimits { time_per_mib, memory_bytes } = CompileLimits::default();
    let began = Instant::now();
    let mut child = Command::new(PROGRAM)
        .arg(COMMAND)
        .args([time_per_mib.as_secs().to_string(), memory_bytes.to_string()])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the child cannot be started")?;
    let mut stdin = child.stdin.take().context("the child has no input")?;
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(component));
        child.wait_with_output()
    })?;
    let took = began.elapsed();
    ensure!(output.status.success() && !output.stdout.is_empty(), "the child could not compile: {}", output.status);
    Ok(took)
}
