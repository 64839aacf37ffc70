//! Packs the interpreter of tables into the program, if it was built.
//!
//! It is WebAssembly, which takes another compiler than this program does. `cargo xtask guests` builds it and
//! leaves it in the target folder; without it everything builds and runs, but for plugins in TOML.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // Cargo looks for changes in a folder that is there; for one that is not it would build again each time.
    let folder = target(&out).join("interpreter");
    fs::create_dir_all(&folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let interpreter = fs::read(folder.join("declarative.wasm")).unwrap_or_default();
    fs::write(out.join("interpreter.wasm"), interpreter)
}

/// The folder in which cargo puts everything: the one that it marks as such.
fn target(out: &Path) -> &Path {
    let is_marked = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    out.ancestors().find(is_marked).unwrap_or(out)
}
