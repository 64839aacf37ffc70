//! Turns compiled code into a component again: the only unsafe lines of the crate.
//!
//! Code that was kept is mapped from a file, so that it takes memory only where it runs, and memory that the
//! kernel can take back: it is 35 MB for each plugin in JavaScript or Python.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::AsRawFd;

use wasmtime::Engine;
use wasmtime::component::Component;

/// The component of compiled code in a file that has no name.
///
/// Where no code may be run from files (a folder mounted with `noexec`), it is copied.
#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and cannot check it")]
pub(super) fn from_file(engine: &Engine, mut code: File) -> wasmtime::Result<Component> {
    let path = format!("/proc/self/fd/{}", code.as_raw_fd());
    // SAFETY: as below. Besides, the file must stay as it is while it is mapped: it has no name by which anybody
    // could write to it.
    let mapped = unsafe { Component::deserialize_file(engine, path) };
    mapped.or_else(|error| {
        tracing::debug!(error = format!("{error:#}"), "code is copied, as it cannot be mapped");
        let mut compiled = Vec::new();
        code.rewind()?;
        code.read_to_end(&mut compiled)?;
        from_bytes(engine, &compiled)
    })
}

/// The component of compiled code, which is copied.
#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and cannot check it")]
pub(super) fn from_bytes(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `compiled` was made by this process, or by an earlier one of the same user: it comes
    // straight from `Engine::precompile_component`, or from the cache folder, which only that user can
    // write, with the checksum under which it was written. wasmtime itself refuses code that another
    // version or other settings produced.
    unsafe { Component::deserialize(engine, compiled) }
}
