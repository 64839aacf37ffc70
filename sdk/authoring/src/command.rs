//! Runs the tools of others: finds them, says what is being done, and turns a failure into one sentence.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Prints the title of a step that is about to start.
pub fn announce(title: impl Display) {
    eprintln!("==> {title}");
}

/// Prints a remark about the step that is running.
pub fn note(text: impl Display) {
    eprintln!("    {text}");
}

/// Runs a command with the terminal as its own.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    expect_success(command, status)
}

/// Runs a command whose output matters only when it fails, and returns what it wrote to stdout.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("{} failed: {}", describe(command), words_of(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command silently and says whether it succeeded within the limit.
pub fn succeeds_within(limit: Duration, command: &mut Command) -> bool {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return false };
    let finished = wait_until(limit, || child.try_wait().ok().flatten());
    if finished.is_none() {
        // It may have ended in this instant; then there is nothing left to kill.
        let _ = child.kill();
        let _ = child.wait();
    }
    finished.is_some_and(|status| status.success())
}

/// Asks again and again until there is an answer or the limit has passed.
pub fn wait_until<T>(limit: Duration, mut answer: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = answer() {
            return Some(value);
        }
        if started.elapsed() >= limit {
            return None;
        }
        #[expect(clippy::disallowed_methods, reason = "a tool is awaited, and there is nothing else to do meanwhile")]
        thread::sleep(Duration::from_millis(25));
    }
}

/// A `cargo` command without the variables that an outer cargo started this program with.
///
/// Left in place they would make the inner cargo believe that crates changed, and build them again.
pub fn cargo(program: impl Into<PathBuf>) -> Command {
    let mut command = Command::new(program.into());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_set_by_cargo_run) {
            command.env_remove(name);
        }
    }
    command
}

fn is_set_by_cargo_run(name: &str) -> bool {
    const PREFIXES: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    const NAMES: [&str; 3] = ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Finds a program on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_executable(candidate))
}

/// Whether there is a program at this path.
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Turns an exit code into one sentence.
pub fn expect_success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// What to say when a program is not there.
pub fn cannot_start(command: &Command) -> String {
    format!("{} cannot be started", describe(command))
}

/// The program and its first two arguments: enough to recognize the command, short enough for one sentence.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut words = vec![name.to_string_lossy()];
    words.extend(command.get_args().take(2).map(|word| word.to_string_lossy()));
    format!("`{}`", words.join(" "))
}

/// The lines from where an error is named, else the last ones: a backtrace comes after what it is of.
fn words_of(output: &Output) -> String {
    const SHOWN: usize = 5;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.len().saturating_sub(SHOWN);
    let first = lines.iter().position(|line| line.trim_start().starts_with("error")).unwrap_or(last);
    lines[first..lines.len().min(first + SHOWN)].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_outer_cargo_are_told_from_those_of_the_person() {
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"] {
            assert!(is_set_by_cargo_run(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_TERM_COLOR", "RUSTFLAGS"] {
            assert!(!is_set_by_cargo_run(name), "{name}");
        }
    }

    #[test]
    fn command_that_fails_is_named_with_its_last_words() {
        let mut script = Command::new("sh");
        script.args(["-c", "echo no such thing >&2; exit 3"]);
        let error = capture(&mut script).unwrap_err().to_string();
        assert!(error.starts_with("`sh -c "), "{error}");
        assert!(error.ends_with("failed: no such thing"), "{error}");
    }

    #[test]
    fn the_error_is_shown_and_not_the_end_of_its_backtrace() {
        let mut script = Command::new("sh");
        script.args(["-c", "echo looking >&2; echo \"error: not installed\" >&2; seq 10 >&2; exit 1"]);
        let error = capture(&mut script).unwrap_err().to_string();
        assert!(error.ends_with("failed: error: not installed\n1\n2\n3\n4"), "{error}");
    }

    #[test]
    fn command_that_hangs_does_not_succeed() {
        let mut sleeper = Command::new("sleep");
        sleeper.arg("30");
        assert!(!succeeds_within(Duration::from_millis(50), &mut sleeper));
        assert!(succeeds_within(Duration::from_secs(10), &mut Command::new("true")));
    }
}
