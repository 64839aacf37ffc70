//! Extism behind a protocol of lines, so that its rounds can alternate with those of others.
//!
//! The first line is the input of the plugin, and is answered with its output. Each further line is
//! `fresh N` or `reused N`, and is answered with the 50th and 99th percentile of N calls in nanoseconds.

use std::env;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, UserData, ValType, Wasm};

const FUNCTION: &str = "explain";

fn main() -> Result<()> {
    let guest = env::args().nth(1).context("name the guest")?;
    let manifest = Manifest::new([Wasm::file(guest)]);
    // The SDK's log function, which the guest imports but does not call.
    let log = |_: &mut extism::CurrentPlugin, _: &[extism::Val], _: &mut [extism::Val], _: UserData<()>| Ok(());
    let compiled = PluginBuilder::new(manifest)
        .with_wasi(false)
        .with_function_in_namespace(
            "relink:plugin/diag@0.2.0",
            "log",
            [ValType::I32, ValType::I32, ValType::I32],
            [],
            UserData::new(()),
            log,
        )
        .compile()?;
    let mut reused = Plugin::new_from_compiled(&compiled)?;
    let mut input = None;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match &input {
            None => {
                let answer: String = reused.call(FUNCTION, &line)?;
                input = Some(line);
                answer
            }
            Some(input) => time(&compiled, &mut reused, input, &line)?,
        };
        println!("{answer}");
        io::stdout().flush()?;
    }
    Ok(())
}

fn time(compiled: &CompiledPlugin, reused: &mut Plugin, input: &str, command: &str) -> Result<String> {
    let (how, calls) = command.split_once(' ').context("a command has two words")?;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..calls.parse()? {
        let began = Instant::now();
        match how {
            "fresh" => drop(Plugin::new_from_compiled(compiled)?.call::<_, String>(FUNCTION, input)?),
            "reused" => drop(reused.call::<_, String>(FUNCTION, input)?),
            _ => bail!("unknown command {how}"),
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0, Duration::as_nanos);
    Ok(format!("{} {}", at(50), at(99)))
}
