//! `cargo xtask hostile`: runs everything hostile against a host, and writes down what came of it.

use std::fs;

use anyhow::{Context, Result};

use crate::awake::Awake;
use crate::run;
use crate::smith;
use crate::workspace::Workspace;

/// The document that is written.
const MATRIX: &str = "host/runtime/HOSTILE.md";

/// Run hostile plugins against a host, and write the matrix into host/runtime/HOSTILE.md
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many components are made by machines
    #[arg(long, default_value_t = 100_000)]
    mutations: u64,
    /// How often the calls of another plugin are measured without and with each input
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

/// Runs the tests of the sandbox one after another with the limits of a host, and measures.
pub(crate) fn hostile(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let matrix = workspace.root.join(MATRIX);
    let smith = smith::build(workspace)?;
    let tests = ["test", "--release", "--quiet", "--workspace", "--test", "it"];
    run::run(run::cargo("cargo").current_dir(&workspace.root).args(tests).arg("--no-run"))?;
    let _awake = Awake::start();
    let unfinished = workspace.target.join("hostile.md");
    for test in ["hostile::matrix::", "hostile::mutations::"] {
        // Not nextest: it ends tests that run for minutes, and would run these beside each other.
        let mut cargo = run::cargo("cargo");
        cargo
            .current_dir(&workspace.root)
            .args(tests)
            .args(["--", test])
            .env("RELINK_HOSTILE_REPORT", &unfinished)
            .env(smith::VARIABLE, &smith)
            .env("RELINK_HOSTILE_ROUNDS", arguments.rounds.to_string())
            .env("RELINK_MUTATIONS", arguments.mutations.to_string());
        run::run(&mut cargo)?;
    }
    fs::copy(&unfinished, &matrix).with_context(|| format!("{} cannot be written", matrix.display()))?;
    run::note(format_args!("{}", matrix.display()));
    Ok(())
}
