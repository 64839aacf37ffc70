//! Makes WebAssembly out of a number, always the same for the same number.
//!
//! `relink-smith module NUMBER` reads a module, and writes one with the same exports that does anything.
//! `relink-smith component NUMBER` writes a component of anything.

use std::env;
use std::io::{self, Read, Write};

use anyhow::{Context, Result, bail};
use arbitrary::Unstructured;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

use wasm_smith::{Component, Config, Module};

/// What is made of more is not larger: other limits end it.
const MOST_CHOICES: usize = 64 << 10;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [kind, number] = arguments.as_slice() else { bail!("usage: relink-smith module|component NUMBER") };
    let choices = choices(number.parse().context("the number is none")?);
    let mut choices = Unstructured::new(&choices);
    let made = match kind.as_str() {
        "module" => {
            let mut exports = Vec::new();
            io::stdin().lock().read_to_end(&mut exports)?;
            Module::new(like(exports), &mut choices)?.to_bytes()
        }
        "component" => Component::new(what_is_taken(), &mut choices)?.to_bytes(),
        other => bail!("`{other}` is neither a module nor a component"),
    };
    Ok(io::stdout().lock().write_all(&made)?)
}

/// The random bytes by which everything is decided.
fn choices(number: u64) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(number);
    let mut choices = vec![0; random.random_range(256..MOST_CHOICES)];
    random.fill_bytes(&mut choices);
    choices
}

fn like(exports: Vec<u8>) -> Config {
    Config { exports: Some(exports), max_imports: 0, max_memories: 0, max_instructions: 500, ..what_is_taken() }
}

/// Without what the sandbox switches off: that alone would be the reason for every refusal.
fn what_is_taken() -> Config {
    Config {
        custom_page_sizes_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        // With it come references to values of the host, which are switched off as well.
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        max_memories: 1,
        max_memory32_bytes: 16 << 20,
        ..Config::default()
    }
}
