//! Turns compiled code into a component again: the only unsafe lines of the crate.
//!
//! Code in a file of the cache is mapped, so that it takes memory only where it runs, and memory that
//! the kernel can take back. Whatever else a host would have to read into memory: 35 MB for each plugin in
//! JavaScript or Python.

use std::fs;
use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

/// The component of a cache entry that is intact.
///
/// Where no code may be run from files (a folder mounted with `noexec`), it is copied.
#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and cannot check it")]
pub(super) fn from_file(engine: &Engine, entry: &Path) -> wasmtime::Result<Component> {
    // SAFETY: as below. Besides, the file must stay as it is while it is mapped: the cache removes entries
    // and puts others in their place, which leaves to whoever mapped one what they mapped, but it never writes
    // to one.
    let mapped = unsafe { Component::deserialize_file(engine, entry) };
    mapped.or_else(|error| {
        tracing::debug!(path = %entry.display(), error = format!("{error:#}"), "code is copied, as it cannot be mapped");
        from_bytes(engine, &fs::read(entry)?)
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
