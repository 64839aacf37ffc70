//! Runs commands that somebody watches: while they run, or until Ctrl-C. How other commands run is shared
//! with `relink plugin`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result};
use relink_authoring::command::{cannot_start, expect_success};

pub(crate) use relink_authoring::command::{
    announce, capture, cargo, find_program, is_executable, note, run, succeeds_within, wait_until,
};

/// Runs a command, passes its output through, and shows each line to `observe` on the way.
pub(crate) fn run_observed(command: &mut Command, observe: impl Fn(&str) + Sync) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| cannot_start(command))?;
    let stdout = child.stdout.take().expect("stdout was set to a pipe");
    let stderr = child.stderr.take().expect("stderr was set to a pipe");
    thread::scope(|scope| {
        scope.spawn(|| copy_lines(stdout, terminal(std::io::stdout()), &observe));
        copy_lines(stderr, terminal(std::io::stderr()), &observe);
    });
    let status = child.wait().with_context(|| cannot_start(command))?;
    expect_success(command, status)
}

/// Where passed lines go. What the tests of xtask itself pass is kept from an outer run, which would count it.
fn terminal(stream: impl Write + 'static) -> Box<dyn Write> {
    if cfg!(test) { Box::new(std::io::sink()) } else { Box::new(stream) }
}

/// Lets xtask outlive Ctrl-C so that it can clean up; the terminal sends the signal to its children as well.
pub(crate) fn survive_interrupts() -> Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted))
        .context("Ctrl-C cannot be handled")?;
    Ok(interrupted)
}

/// Whether Ctrl-C was pressed since [`survive_interrupts`].
pub(crate) fn is_interrupted(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}

fn copy_lines(from: impl Read, mut to: impl Write, observe: impl Fn(&str)) {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while let Ok(1..) = reader.read_until(b'\n', &mut line) {
        // A closed terminal is no reason to stop reading: the child would block on a full pipe.
        let _ = to.write_all(&line);
        observe(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn observed_run_sees_the_lines_of_both_streams() {
        let seen = Mutex::new(Vec::new());
        let mut script = Command::new("sh");
        script.args(["-c", "echo out; echo err >&2"]);
        run_observed(&mut script, |line| {
            seen.lock().unwrap().push(line.to_owned());
        })
        .unwrap();
        let mut seen = seen.into_inner().unwrap();
        seen.sort();
        assert_eq!(seen, ["err", "out"]);
    }
}
