//! The component that interprets tables, as it was packed into the program; empty if it was not built before.

/// Plugins in TOML are this component with their table in it.
pub(super) static INTERPRETER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/interpreter.wasm"));
