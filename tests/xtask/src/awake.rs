//! Keeps processors awake while something is measured.
//!
//! A virtual processor that has nothing to do takes up to milliseconds to wake up, which is more than what is
//! measured takes. Each is given something to do that gives way to everything else (`SCHED_IDLE`, sched(7)).

use std::process::{Child, Command};
use std::thread;

use crate::run;

const NOTHING_FOR_EVER: &str = "while :; do :; done";

/// As long as it lives, no processor sleeps.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    pub(crate) fn start() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let busy = |_| Command::new("chrt").args(["--idle", "0", "sh", "-c", NOTHING_FOR_EVER]).spawn();
        let awake: Result<Vec<_>, _> = (0..processors).map(busy).collect();
        Self(awake.unwrap_or_else(|error| {
            run::note(format_args!("processors may sleep, which measures as chance: chrt cannot be run: {error}"));
            Vec::new()
        }))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for busy in &mut self.0 {
            // That one has ended is no reason to leave the others.
            let _ = busy.kill().and_then(|()| busy.wait());
        }
    }
}
