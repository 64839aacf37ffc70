//! What the child does that compiles: binds itself, reads a component, writes its code, ends.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, Signal, nice, set_parent_process_death_signal, setrlimit};

use super::child::Bounds;
use super::{CompileError, compile_here};
use crate::engine;

/// The exit code that says that the component is at fault, in words on the standard error.
pub(super) const UNFIT: u8 = 3;

/// Seconds on a processor between the signal that can be told from others and the one that ends it.
const GRACE_S: u64 = 2;

const LOWER_PRIORITY: i32 = 10;

/// Compiles the component on the standard input to the standard output, and does nothing else ever.
///
/// Whatever program a [`Workshop`](crate::Workshop) names calls this with the arguments that it was given.
pub fn compile_as_child(arguments: &[String]) -> ExitCode {
    let Some(bounds) = Bounds::from_arguments(arguments) else {
        eprintln!("the host starts this by itself, to compile plugins");
        return ExitCode::from(2);
    };
    match bind(bounds).and_then(|()| compile()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CompileError::Unfit(why)) => {
            eprintln!("{why}");
            ExitCode::from(UNFIT)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Gives up what compiling does not need, before anything of the component is read.
fn bind(Bounds { seconds, memory_bytes }: Bounds) -> Result<(), CompileError> {
    // The host may be killed in a way that leaves it no time to end its children.
    #[cfg(target_os = "linux")]
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?;
    // That a priority cannot be lowered is no reason not to work.
    let _ = nice(LOWER_PRIORITY);
    let bounds = [
        (Resource::Cpu, seconds, seconds + GRACE_S),
        (Resource::As, memory_bytes, memory_bytes),
        // The pipes that are open stay open; no file can be opened, written or left behind.
        (Resource::Nofile, 0, 0),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, current, maximum) in bounds {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) }).map_err(io::Error::from)?;
    }
    Ok(())
}

fn compile() -> Result<(), CompileError> {
    let engine = engine::for_compiling().map_err(|error| CompileError::BrokeDown(format!("{error:#}")))?;
    let mut component = Vec::new();
    io::stdin().lock().read_to_end(&mut component)?;
    let compiled = compile_here(&engine, &component)?;
    let mut out = io::stdout().lock();
    out.write_all(&compiled)?;
    Ok(out.flush()?)
}
