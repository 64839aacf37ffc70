//! Builds what the benchmarks compare with. A peer that does not build here takes no part: the
//! benchmark says so and goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::guests;
use crate::run;
use crate::test::suites;
use crate::workspace::Workspace;

const HOST: &str = "extism-host";
const GUEST: &str = "extism_guest.wasm";

/// Builds the peers, and says where they lie.
pub(super) fn build(workspace: &Workspace) -> PathBuf {
    run::announce("building the peers that the benchmarks compare with");
    let peers = workspace.target.join("peers");
    if let Err(error) = build_extism(workspace, &peers) {
        run::note(format_args!("extism takes no part: {error:#}"));
    }
    if let Err(error) = build_languages(workspace, &peers.join("languages")) {
        run::note(format_args!("JavaScript and Python take no part: {error:#}"));
    }
    peers
}

/// The Ahrefs plugin once more, with the SDKs for JavaScript and Python.
fn build_languages(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let js = workspace.root.join("sdk/js");
    suites::install_node_packages(&js)?;
    let mut build = Command::new("npm");
    build.args(["exec", "--no", "--", "relink-build", "--out"]).arg(folder.join("js.wasm"));
    run::run(build.current_dir(js.join("examples/ahrefs")))?;

    suites::install_python_packages(workspace)?;
    let mut build = suites::python_with_sdk(workspace);
    build.args(["-m", "relink_sdk", "build", "--output"]).arg(folder.join("python.wasm"));
    run::run(build.current_dir(workspace.root.join("sdk/python/examples/ahrefs")))
}

/// A program that brings another wasmtime, and its plugin, from a workspace of their own.
fn build_extism(workspace: &Workspace, peers: &Path) -> Result<()> {
    let manifest = workspace.root.join("tests/bench/peers/extism/Cargo.toml");
    let (programs, guests) = (peers.join("programs"), peers.join("guests"));
    let mut host = run::cargo("cargo");
    host.args(["build", "--quiet", "--release", "-p", HOST, "--target-dir"]).arg(&programs);
    run::run(host.arg("--manifest-path").arg(&manifest))?;

    let toolchain = guests::find_toolchain(workspace).context("no toolchain builds WebAssembly here")?;
    let mut guest = toolchain.cargo(&guests);
    guest.arg("--quiet");
    run::run(guest.args(["-p", "extism-guest", "--manifest-path"]).arg(&manifest))?;

    let folder = peers.join("extism");
    fs::create_dir_all(&folder)?;
    fs::copy(programs.join("release").join(HOST), folder.join(HOST))?;
    fs::copy(guests.join("wasm32-unknown-unknown/release").join(GUEST), folder.join(GUEST))?;
    Ok(())
}
