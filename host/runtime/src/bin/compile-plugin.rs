//! Compiles one plugin for the tests of this crate, as the hidden subcommand of `relink` does for the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    relink_runtime::compile_as_child(&arguments)
}
